# syntax=docker/dockerfile:1
# A mock server for clients of asynchronous job services: small, non-root, writes nothing.
FROM docker.io/library/python:3.11-slim-bookworm AS build
WORKDIR /src
RUN ["python3", "-m", "venv", "/opt/mockstatus"]
COPY requirements.lock ./
RUN ["/opt/mockstatus/bin/pip", "install", "--no-cache-dir", "--disable-pip-version-check", "-r", "requirements.lock"]
COPY pyproject.toml README.md LICENSE ./
COPY mockstatus ./mockstatus
COPY scenarios ./scenarios
RUN ["/opt/mockstatus/bin/pip", "install", "--no-cache-dir", "--disable-pip-version-check", "--no-deps", "."]
# Nothing can be compiled at run time, for nothing can be written.
RUN ["/opt/mockstatus/bin/python3", "-m", "compileall", "-q", "-j", "0", "/opt/mockstatus/lib"]
RUN ["/opt/mockstatus/bin/pip", "uninstall", "--yes", "-q", "pip", "setuptools"]

FROM docker.io/library/python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="mockstatus" \
      org.opencontainers.image.description="A mock server for clients of asynchronous job services: Krixik, UKSSDC and VESTA." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="docker.io/library/python:3.11-slim-bookworm"
COPY --from=build /opt/mockstatus /opt/mockstatus
ENV PATH=/opt/mockstatus/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MOCKSTATUS_HOST=0.0.0.0 \
    MOCKSTATUS_PORT=8000 \
    MOCKSTATUS_SCENARIOS=/scenarios
# Empty, unless a folder of one's own is mounted over it.
WORKDIR /scenarios
WORKDIR /
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --start-interval=500ms --retries=3 \
    CMD ["/opt/mockstatus/bin/mockstatus", "healthcheck"]
ENTRYPOINT ["/opt/mockstatus/bin/mockstatus"]
CMD ["serve"]
