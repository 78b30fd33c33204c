"""Everything from the environment, read once and frozen; the token shows nowhere."""

from pathlib import Path
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

LEVELS = ("debug", "info", "warning", "error")


class SettingsError(Exception):
    """A setting can't be used; the text says which and why, without its value when that is the token."""


class Settings(BaseSettings):
    """What an operator can set, in the environment or in a file `.env`. An empty value is as good as none."""

    model_config = SettingsConfigDict(
        env_prefix="BOT_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    token: SecretStr | None = Field(
        default=None, description="The bot's token from @BotFather; without one: try-out mode"
    )
    api_base: str = Field(
        default="https://api.telegram.org", description="The Bot API server, if it is one of your own"
    )
    database: Path = Field(default=Path("certguide.db"), description="The file in which everything is kept")
    owners: Annotated[frozenset[int], NoDecode] = Field(
        default=frozenset(), description="Telegram numbers of those who run the bot, separated by commas"
    )
    contact: str = Field(
        default="", description="Who runs this bot, shown in /privacy and /help: a name, @name or address"
    )
    proxy: str | None = Field(default=None, description="A proxy to reach Telegram through: http://… or socks5://…")
    pace: float = Field(
        default=20, gt=0, le=25, description="Messages of a broadcast a second, 25 at most: conversation comes first"
    )
    paid: bool = Field(
        default=False, description="Whether a broadcast may be sent for Telegram's Stars, far faster: true or false"
    )
    zone: str = Field(
        default="Asia/Shanghai", description="Time zone of sellers who have not said theirs: news never comes at night"
    )
    simulator_port: int = Field(
        default=8081, ge=0, le=65535, description="Where the try-out page listens; 0: any free port"
    )
    log: str = Field(default="info", description="How much is logged: debug, info, warning or error")

    @field_validator("token")
    @classmethod
    def _token(cls, value: SecretStr | None) -> SecretStr | None:
        if value:
            number, _, secret = value.get_secret_value().partition(":")
            if not (number.isdecimal() and len(secret) >= 10 and not set(secret) & set(" \t\n/")):
                raise ValueError("does not look like a token; it is like 123456789:AAE… and @BotFather gives it")
        return value

    @field_validator("api_base")
    @classmethod
    def _api_base(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("database")
    @classmethod
    def _database(cls, value: Path) -> Path:
        if not value.name:
            raise ValueError("must be a file, for example certguide.db")
        return value

    @field_validator("owners", mode="before")
    @classmethod
    def _owners(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        numbers = [part.strip() for part in value.split(",") if part.strip()]
        if not all(number.isdecimal() for number in numbers):
            raise ValueError("must be numbers separated by commas, for example 12345,67890")
        return frozenset(map(int, numbers))

    @field_validator("proxy")
    @classmethod
    def _proxy(cls, value: str | None) -> str | None:
        if value and not value.startswith(("http://", "socks4://", "socks5://")):
            raise ValueError("must begin with http://, socks4:// or socks5://")
        return value

    @field_validator("zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("must be a time zone by its name, for example Asia/Shanghai or Europe/Berlin")
        return value

    @field_validator("log")
    @classmethod
    def _log(cls, value: str) -> str:
        if value.lower() not in LEVELS:
            raise ValueError(f"must be one of: {', '.join(LEVELS)}")
        return value.lower()

    @property
    def tryout(self) -> bool:
        """Whether there is no token, so that the bot runs against its own simulator."""
        return self.token is None

    @property
    def tryout_database(self) -> Path:
        """The file of try-out mode: never the one of real sellers."""
        return self.database.with_name(f"{self.database.stem}-tryout{self.database.suffix or '.db'}")

    @property
    def tryout_chats(self) -> Path:
        """The file in which the simulator keeps its chats."""
        return self.tryout_database.with_suffix(".chats.json")


def read() -> Settings:
    """The settings. Raises SettingsError with one line that says what to change."""
    try:
        return Settings()
    except UnicodeDecodeError:
        raise SettingsError(".env is not UTF-8 text: save it again in that encoding") from None
    except PermissionError:
        raise SettingsError(".env belongs to another user: read it as that user, or with sudo") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        name = f"BOT_{first['loc'][0]}".upper() if first["loc"] else "settings"
        raise SettingsError(f"{name} {first['msg'].removeprefix('Value error, ')}") from None


def names() -> dict[str, str]:
    """Every setting by its name in the environment, with what it means."""
    return {f"BOT_{name}".upper(): field.description or "" for name, field in Settings.model_fields.items()}
