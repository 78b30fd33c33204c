"""Everything an operator can set: where it is read, what is refused, and that the token stays hidden."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot import settings
from bot.settings import Settings, SettingsError
from tests.bot.shell import ROOT, alone

TOKEN = "123456789:AAE-secret_Part0fTheToken"
SECRET = TOKEN.partition(":")[2]

GIVEN: dict[str, tuple[str, object]] = {
    "BOT_API_BASE": ("http://localhost:8082/", "http://localhost:8082"),
    "BOT_DATABASE": ("/var/lib/certguide/sellers.db", Path("/var/lib/certguide/sellers.db")),
    "BOT_OWNERS": ("12345, 67890,", frozenset({12345, 67890})),
    "BOT_CONTACT": ("李雷 <li@example.org>", "李雷 <li@example.org>"),
    "BOT_PROXY": ("socks5://me:pass@localhost:1080", "socks5://me:pass@localhost:1080"),
    "BOT_PACE": ("12.5", 12.5),
    "BOT_PAID": ("true", True),
    "BOT_ZONE": ("Europe/Berlin", "Europe/Berlin"),
    "BOT_SIMULATOR_PORT": ("0", 0),
    "BOT_LOG": ("Warning", "warning"),
}
"""What may be written, and what it comes to; the token is apart."""

REFUSED = [
    ("BOT_TOKEN", "secret-without-number"),
    ("BOT_TOKEN", "123456789:short"),
    ("BOT_TOKEN", "bot123456789:secretsecretsecret"),
    ("BOT_TOKEN", "123456789:secret secret secret"),
    ("BOT_TOKEN", "123456789:secret/../secret"),
    ("BOT_API_BASE", "api.telegram.org"),
    ("BOT_API_BASE", "ftp://secret.example"),
    ("BOT_DATABASE", "."),
    ("BOT_DATABASE", "/"),
    ("BOT_OWNERS", "@secret"),
    ("BOT_OWNERS", "12345;67890"),
    ("BOT_OWNERS", "12345,-1"),
    ("BOT_PROXY", "secret@localhost:1080"),
    ("BOT_PACE", "secret"),
    ("BOT_PACE", "0"),
    ("BOT_PACE", "-1"),
    ("BOT_PACE", "25.1"),
    ("BOT_PAID", "secret"),
    ("BOT_ZONE", "secret"),
    ("BOT_ZONE", "UTC+8"),
    ("BOT_SIMULATOR_PORT", "secret"),
    ("BOT_SIMULATOR_PORT", "-1"),
    ("BOT_SIMULATOR_PORT", "65536"),
    ("BOT_LOG", "secret"),
]


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone(tmp_path, monkeypatch)


def value(name: str) -> object:
    return getattr(settings.read(), name.removeprefix("BOT_").lower())


def refusal() -> str:
    with pytest.raises(SettingsError) as caught:
        settings.read()
    return str(caught.value)


# Where it is read


def test_without_any_setting_it_can_be_tried_out() -> None:
    found = settings.read()
    assert found.tryout
    assert found.model_dump() == {
        "token": None,
        "api_base": "https://api.telegram.org",
        "database": Path("certguide.db"),
        "owners": frozenset(),
        "contact": "",
        "proxy": None,
        "pace": 20.0,
        "paid": False,
        "zone": "Asia/Shanghai",
        "simulator_port": 8081,
        "log": "info",
    }


def test_the_tests_know_every_setting() -> None:
    assert set(settings.names()) == {"BOT_TOKEN", *GIVEN}


@pytest.mark.parametrize("name", GIVEN)
def test_a_setting_is_read_from_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written, expected = GIVEN[name]
    monkeypatch.setenv(name, written)
    assert value(name) == expected


@pytest.mark.parametrize("name", GIVEN)
def test_a_setting_is_read_from_a_file(name: str) -> None:
    written, expected = GIVEN[name]
    Path(".env").write_text(f'# ours\n{name}="{written}"\n', encoding="utf-8")
    assert value(name) == expected


def test_the_token_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    found = settings.read()
    assert not found.tryout
    assert found.token
    assert found.token.get_secret_value() == TOKEN


@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf"], ids=["plain", "as Notepad writes it"])
def test_the_token_is_read_from_a_file(begin: bytes) -> None:
    Path(".env").write_bytes(begin + f"BOT_TOKEN={TOKEN}\r\nBOT_CONTACT=李雷\r\n".encode())
    found = settings.read()
    assert found.token
    assert found.token.get_secret_value() == TOKEN
    assert found.contact == "李雷"


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("BOT_LOG=debug\nBOT_CONTACT=Li\n", encoding="utf-8")
    monkeypatch.setenv("BOT_LOG", "error")
    assert (value("BOT_LOG"), value("BOT_CONTACT")) == ("error", "Li")


@pytest.mark.parametrize("name", ["BOT_TOKEN", *GIVEN])
@pytest.mark.parametrize("where", ["environment", "file"])
def test_an_empty_setting_is_as_good_as_none(name: str, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if where == "file":
        Path(".env").write_text(f"{name}=\n", encoding="utf-8")
    else:
        monkeypatch.setenv(name, "")
    assert settings.read() == Settings.model_construct()


def test_a_file_of_another_user_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    Path(".env").write_text("BOT_LOG=debug\n", encoding="utf-8")
    monkeypatch.setattr("pydantic_settings.sources.providers.dotenv.dotenv_values", refuse)
    with pytest.raises(SettingsError, match=r"\.env belongs to another user"):
        settings.read()


def test_what_else_is_in_the_file_is_no_concern_of_ours() -> None:
    Path(".env").write_text("POSTGRES_PASSWORD=x\nBOT_SOMETHING_NEW=y\n", encoding="utf-8")
    assert settings.read().tryout


@pytest.mark.parametrize(
    ("written", "owners"),
    [("5", {5}), ("5,6", {5, 6}), (" 5 , 6 ", {5, 6}), ("5,5,", {5}), (",", set())],
)
def test_owners_are_numbers_separated_by_commas(
    written: str, owners: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_OWNERS", written)
    assert settings.read().owners == owners


def test_a_program_may_give_owners_as_numbers() -> None:
    assert Settings(owners=frozenset({5})).owners == {5}


# What is refused


@pytest.mark.parametrize(("name", "written"), REFUSED)
def test_a_bad_setting_is_one_line_that_names_it_without_its_value(
    name: str, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, written)
    text = refusal()
    assert text.startswith(f"{name} ")
    assert "\n" not in text
    assert "secret" not in text


def test_a_file_in_another_encoding_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_bytes("BOT_CONTACT=李雷\n".encode("gbk"))
    assert refusal() == ".env is not UTF-8 text: save it again in that encoding"


def test_a_bad_token_is_not_in_the_traceback_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "secret")
    with pytest.raises(SettingsError) as caught:
        settings.read()
    assert caught.value.__suppress_context__
    assert "secret" not in str(caught.getrepr(style="short", chain=False))


def test_settings_stay_as_they_are() -> None:
    found = settings.read()
    with pytest.raises(ValidationError, match="frozen"):
        found.log = "debug"


# What is hidden


@pytest.mark.parametrize("written", [repr, str, lambda found: found.model_dump_json(), lambda found: f"{found.token}"])
def test_the_token_shows_nowhere(written: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    assert callable(written)
    assert SECRET not in written(settings.read())


# What follows from them


@pytest.mark.parametrize(
    ("database", "tryout", "chats"),
    [
        ("certguide.db", "certguide-tryout.db", "certguide-tryout.chats.json"),
        ("/data/sellers.sqlite", "/data/sellers-tryout.sqlite", "/data/sellers-tryout.chats.json"),
        ("/data/sellers", "/data/sellers-tryout.db", "/data/sellers-tryout.chats.json"),
        ("my.own.db", "my.own-tryout.db", "my.own-tryout.chats.json"),
    ],
)
def test_what_is_tried_out_is_kept_beside_the_real_file(database: str, tryout: str, chats: str) -> None:
    found = Settings(database=Path(database))
    assert (found.tryout_database, found.tryout_chats) == (Path(tryout), Path(chats))


# What an operator can read about them


def test_every_setting_says_what_it_means() -> None:
    assert all(settings.names().values())


@pytest.mark.parametrize("name", settings.names())
def test_every_setting_is_in_the_readme(name: str) -> None:
    assert name in (ROOT / "README.md").read_text(encoding="utf-8")
