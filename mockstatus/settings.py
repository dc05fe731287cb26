"""How a server is set up: read once, from arguments and `MOCKSTATUS_*` variables; then a value."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from mockstatus.errors import ClockError
from mockstatus.runtime.clock import ClockMode
from mockstatus.web.aliases import Alias


class Settings(BaseSettings):
    """Each field is also an option of `mockstatus serve` and an environment variable."""

    model_config = SettingsConfigDict(
        env_prefix="MOCKSTATUS_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port; 0 takes a free one.")
    clock: str = Field(
        default="real", description="How time passes in a new sandbox: real, xN or manual."
    )
    seed: int | None = Field(
        default=None,
        ge=-(2**63),
        lt=2**63,
        description="Where draws and ids come from; a fresh one if not given.",
    )
    scenarios: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(), description="Folders with scenarios of one's own; later ones win."
    )
    watch: bool = Field(default=False, description="Read scenario files anew when they change.")
    public_url: str | None = Field(
        default=None, description="The address that answers name, where it is another one."
    )
    admin_token: SecretStr | None = Field(
        default=None, description="What /_mock wants as a bearer token; open if not given."
    )
    log_format: Literal["text", "json"] = Field(default="text", description="text or json.")
    aliases: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Further host names that this server is called by, with =/PATH for a path.",
    )
    tls_port: int | None = Field(
        default=None, ge=0, le=65535, description="A port for https; 0 takes a free one."
    )
    ca_out: Path | None = Field(
        default=None, description="Where to write the certificate that https clients are to trust."
    )
    max_sandboxes: int = Field(
        default=1000, ge=1, le=100_000, description="How many sandboxes there may be."
    )

    @field_validator("clock")
    @classmethod
    def _known_mode(cls, clock: str) -> str:
        try:
            return str(ClockMode.parse(clock))
        except ClockError as error:
            raise ValueError(str(error)) from None

    @field_validator("scenarios", mode="before")
    @classmethod
    def _split_paths(cls, value: object) -> object:
        return tuple(part for part in value.split(":") if part) if isinstance(value, str) else value

    @field_validator("aliases", mode="before")
    @classmethod
    def _split_names(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    @field_validator("aliases")
    @classmethod
    def _readable(cls, aliases: tuple[str, ...]) -> tuple[str, ...]:
        for alias in aliases:
            Alias.parse(alias)
        return aliases

    @field_validator("public_url")
    @classmethod
    def _no_slash_at_the_end(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("expected an address such as http://mock.example:8000")
        return url.rstrip("/") if url is not None else None
