"""A mock server for clients of asynchronous job services."""

__version__ = "0.1.0"
