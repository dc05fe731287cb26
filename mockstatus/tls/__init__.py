"""TLS for clients that insist on `https`: certificates, and the handshake."""
