"""What a server needs holds together: image, composition, units, example of settings, and the document about them."""

import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from bot import settings

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATING = (ROOT / "docs" / "OPERATING.md").read_text(encoding="utf-8")
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
EXAMPLE = (DEPLOY / "certguide.env.example").read_text(encoding="utf-8")
UNITS = sorted(path for path in DEPLOY.iterdir() if path.suffix in (".service", ".timer"))
SERVICES = [path for path in UNITS if path.suffix == ".service"]
PROGRAM = "/opt/certguide/.venv/bin/certguide"
EXPOSURE = 2.5
SYSTEMD = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(not SYSTEMD, reason="systemd is not here")


def instructions(name: str) -> list[str]:
    """What stands behind each such instruction of the Dockerfile, continued lines joined."""
    joined = DOCKERFILE.replace("\\\n", " ")
    return [" ".join(line.split()[1:]) for line in joined.splitlines() if line.startswith(f"{name} ")]


def value(unit: Path, key: str) -> list[str]:
    """Every value a unit gives for a key."""
    return re.findall(rf"^{key}=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)


# The image


def test_hadolint_has_nothing_to_say_about_the_image() -> None:
    tool = Path(sysconfig.get_path("scripts")) / "hadolint"
    done = subprocess.run([tool, DEPLOY / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_image_copies_only_what_is_there() -> None:
    copied = [source for line in instructions("COPY") if "--from" not in line for source in line.split()[:-1]]
    assert copied
    assert [source for source in copied if not (ROOT / source).exists()] == []


def test_the_image_gets_all_that_the_wheel_is_made_of() -> None:
    copied = {source for line in instructions("COPY") for source in line.split()[:-1]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], project["project"]["readme"]}
    needed |= {*project["project"]["license-files"], "pyproject.toml", "requirements/run.lock"}
    assert needed <= copied


def test_what_the_image_copies_is_let_through_and_secrets_are_not() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    assert lines[0] == "*"
    through = {line[1:] for line in lines if line.startswith("!")}
    copied = {source for line in instructions("COPY") if "--from" not in line for source in line.split()[:-1]}
    assert through == copied
    kept_out = [line.removeprefix("**/") for line in lines[1:] if not line.startswith("!")]
    for secret in (".env", "certguide.db", "certguide.db-wal"):
        assert any(fnmatch(secret, pattern) for pattern in kept_out)


def test_every_library_of_the_image_has_its_hash() -> None:
    installs = [line for line in instructions("RUN") if "pip install" in line]
    assert len(installs) == 2
    for line in installs:
        assert "--require-hashes -r requirements/run.lock" in line or "--no-deps --no-build-isolation ." in line


def test_the_image_runs_as_nobody_in_particular_and_keeps_its_data_apart() -> None:
    (user,) = instructions("USER")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    assert instructions("VOLUME") == ["/data"]
    assert "BOT_DATABASE=/data/certguide.db" in " ".join(instructions("ENV"))
    assert instructions("ENTRYPOINT") == ['["certguide"]']
    assert instructions("CMD") == ['["serve", "--deliver"]']
    assert DOCKERFILE.index("USER ") > DOCKERFILE.index("COPY --from=build")


def test_both_stages_stand_on_the_same_python() -> None:
    images = {line.split()[0] for line in instructions("FROM")}
    assert len(images) == 1
    (image,) = images
    name, _, tag = image.partition(":")
    assert (name, tag.startswith("3.11-slim-")) == ("python", True)


@pytest.mark.parametrize(
    "path",
    [*(path for path in DEPLOY.rglob("*") if path.is_file()), ROOT / ".dockerignore"],
    ids=lambda path: path.name,
)
def test_no_index_and_no_secret_is_written_down(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for word in ("index-url", "pypi.org", "pythonhosted", "AAE"):
        assert word not in text


# The composition


def outline(text: str) -> dict[str, str]:
    """The plain YAML of our file as `a.b.c: value`; raises ValueError at anything that is not so plain."""
    found: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if "\t" in line or (len(line) - len(line.lstrip())) % 2:
            raise ValueError(line)
        depth = (len(line) - len(line.lstrip())) // 2
        above = [each for each in above if each[0] < depth]
        key, colon, rest = line.strip().partition(":")
        item = line.strip().startswith("- ")
        if not item and not colon:
            raise ValueError(line)
        path = ".".join([*(name for _, name in above), *([] if item else [key])])
        if item:
            found[path] = f"{found.get(path, '')} {line.strip()[2:]}".strip()
        elif path in found:
            raise ValueError(f"twice: {path}")
        else:
            found[path] = rest.strip()
            above.append((depth, key))
    return found


@pytest.mark.parametrize("text", ["a: 1\na: 2", " a: 1", "\ta: 1", "word"])
def test_the_outline_is_strict(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        outline(text)


def test_the_composition_is_closed_up() -> None:
    service = {
        key.removeprefix("services.certguide."): value
        for key, value in outline(COMPOSE).items()
        if key.startswith("services.certguide.")
    }
    assert service["restart"] == "unless-stopped"
    assert service["read_only"] == "true"
    assert service["cap_drop"] == "ALL"
    assert service["security_opt"] == "no-new-privileges:true"
    assert service["tmpfs"] == "/tmp"
    assert service["volumes"] == "data:/data"
    assert {"logging.options.max-size", "logging.options.max-file", "mem_limit", "pids_limit"} <= service.keys()
    assert "ports" not in service
    assert "privileged" not in service


def test_the_composition_fits_the_image() -> None:
    plain = outline(COMPOSE)
    assert (DEPLOY / plain["services.certguide.build.context"]).resolve() == ROOT
    assert (ROOT / plain["services.certguide.build.dockerfile"]).is_file()
    assert plain["services.certguide.environment.BOT_DATABASE"] == "/data/certguide.db"
    assert "volumes.data" in plain
    (health,) = instructions("HEALTHCHECK")
    for key, option in (("interval", "interval"), ("timeout", "timeout"), ("start_period", "start-period")):
        assert f"--{option}={plain[f'services.certguide.healthcheck.{key}']}" in health
    assert plain["services.certguide.healthcheck.test"] == health.partition("CMD ")[2].replace("[", '["CMD", ')


def test_docker_itself_takes_the_composition(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker compose is not here")
    (tmp_path / "deploy").mkdir()
    shutil.copy(DEPLOY / "compose.yaml", tmp_path / "deploy")
    (tmp_path / ".env").touch()
    command = [docker, "compose", "-f", str(tmp_path / "deploy" / "compose.yaml"), "config", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# The units


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as they are, with a program that is there."""
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        (tmp_path / unit.name).write_text(text.replace(PROGRAM, "/bin/true"), encoding="utf-8")
    return tmp_path


@needs_systemd
def test_systemd_takes_the_units(units: Path) -> None:
    files = [str(units / unit.name) for unit in UNITS]
    done = subprocess.run([str(SYSTEMD), "verify", *files], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "certguide" in line]
    assert (done.returncode, ours) == (0, [])


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_the_units_are_closed_up(unit: Path, units: Path) -> None:
    command = [str(SYSTEMD), "security", "--offline=yes", f"--threshold={EXPOSURE * 10:.0f}", str(units / unit.name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd is too old")
    assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_the_bot_and_its_backup_are_the_same_user_with_the_same_data() -> None:
    for key in ("User", "DynamicUser", "EnvironmentFile", "Environment", "WorkingDirectory", "UMask"):
        first, second = (value(unit, key) for unit in SERVICES)
        assert first == second != [], key


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_unit_calls_a_command_there_is(unit: Path) -> None:
    (command,) = value(unit, "ExecStart")
    program, name, *_ = command.split()
    assert program == PROGRAM
    assert f"`certguide {name}" in README


def test_backups_are_made_each_night_and_kept_for_two_weeks() -> None:
    (command,) = value(DEPLOY / "certguide-backup.service", "ExecStart")
    assert re.search(r"backup --keep 14 \S+/certguide-\{date\}\.db$", command)
    timer = DEPLOY / "certguide-backup.timer"
    assert (value(timer, "Persistent"), len(value(timer, "RandomizedDelaySec"))) == (["yes"], 1)
    assert value(timer, "OnCalendar")[0].startswith("*-*-* ")


# Settings and documents


@pytest.mark.parametrize("name", settings.names())
def test_every_setting_is_in_the_example_with_a_word_about_it(name: str) -> None:
    assert re.search(rf"^# .+\n#?{name}=", EXAMPLE, re.MULTILINE)


def test_the_example_has_no_setting_that_nobody_reads() -> None:
    assert set(re.findall(r"^#?(BOT_\w+)=", EXAMPLE, re.MULTILINE)) == settings.names().keys()


def test_the_example_can_be_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in settings.names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(EXAMPLE, encoding="utf-8")
    assert settings.read() == settings.Settings(_env_file=None)  # type: ignore[call-arg]
    (tmp_path / ".env").write_text(re.sub(r"^#(BOT_)", r"\1", EXAMPLE, flags=re.MULTILINE), encoding="utf-8")
    assert settings.read().proxy == "socks5://127.0.0.1:1080"


@pytest.mark.parametrize("path", [*DEPLOY.iterdir()], ids=lambda path: path.name)
def test_every_file_for_a_server_is_explained(path: Path) -> None:
    assert path.name in OPERATING


@pytest.mark.parametrize("command", ["doctor", "backup", "restore", "check", "serve"])
def test_what_an_operator_needs_is_explained(command: str) -> None:
    assert f"certguide {command}" in OPERATING


def test_the_document_names_no_setting_that_nobody_reads() -> None:
    assert set(re.findall(r"BOT_[A-Z_]+", OPERATING)) <= settings.names().keys()


CHART = """
import asyncio, ctypes
from datetime import date
import dialogs
from bot.stats import drawing, sketches
from bot.stats.snapshot import StatsError
from bot.stats.table import Table
from bot.stats.words import Words

{forbid}
words = Words(dialogs.load(), "en")
days = ((date(2026, 1, 1), 2, 1, 1), (date(2026, 1, 2), 3, 1, 2))
daily = Table("daily", ("day", "active", "new", "returning"), days)
try:
    print(asyncio.run(drawing.png(sketches.drawing([sketches.sketch(daily, words)], words, 600)))[1:4])
except StatsError as error:
    print(error)
"""
FORBID = "assert ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) == 0"
"""PR_SET_MDWE: what systemd does for MemoryDenyWriteExecute."""


def drawn(forbid: str) -> str:
    """What comes of drawing a chart in a process of its own."""
    command = [sys.executable, "-c", CHART.format(forbid=forbid)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60).stdout.strip()


def test_the_bots_unit_forbids_nothing_that_charts_need() -> None:
    """What draws them compiles as it goes. Where that is forbidden there are none, so the unit must not forbid it."""
    assert drawn("") == "b'PNG'"
    forbidden = drawn(FORBID)
    if forbidden:  # a kernel before 6.3 knows nothing of it
        assert forbidden.startswith("charts can't be drawn (signal ")
    unit = (DEPLOY / "certguide.service").read_text(encoding="utf-8")
    assert "\nMemoryDenyWriteExecute" not in unit
