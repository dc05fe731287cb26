# syntax=docker/dockerfile:1
# A mock server for clients of asynchronous job services: small, non-root, writes nothing.
FROM docker.io/library/python:3.11-slim-bookworm AS build
# pip stays here: what runs is a virtual environment without it.
RUN ["python3", "-m", "venv", "/opt/pip"]
WORKDIR /src
RUN ["python3", "-m", "venv", "--without-pip", "/opt/mockstatus"]
COPY requirements.lock ./
RUN ["/opt/pip/bin/pip", "--python", "/opt/mockstatus/bin/python3", "install", "--no-cache-dir", "--disable-pip-version-check", "--root-user-action=ignore", "-r", "requirements.lock"]
COPY pyproject.toml README.md LICENSE ./
COPY mockstatus ./mockstatus
COPY scenarios ./scenarios
# All that it needs, the extra `tls` too, is in the lock; pip compiles what it installs.
RUN ["/opt/pip/bin/pip", "--python", "/opt/mockstatus/bin/python3", "install", "--no-cache-dir", "--disable-pip-version-check", "--root-user-action=ignore", "--no-deps", "."]

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
# An engine asks first when one interval is over, so it is short; an answer takes 50 ms of a core.
HEALTHCHECK --interval=2s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/opt/mockstatus/bin/mockstatus", "healthcheck"]
ENTRYPOINT ["/opt/mockstatus/bin/mockstatus"]
CMD ["serve"]
