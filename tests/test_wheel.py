"""What is installed from the wheel is whole: it runs anywhere, without the checkout, in every language."""

import os
import subprocess
import sysconfig
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.bot.shell import PYTHON, ROOT, SECONDS, environment


def pip(*arguments: str) -> None:
    """Runs pip, which is to fetch nothing."""
    command = [PYTHON, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, env=environment(PIP_NO_INDEX="1"), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def target(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where it is installed."""
    folder = tmp_path_factory.mktemp("target")
    pip("install", "--no-deps", "--target", str(folder), str(wheel))
    return folder


def run(target: Path, folder: Path, *arguments: str, typed: str = "") -> str:
    """What the installed program prints, with nothing but its libraries beside it: -S leaves the checkout out."""
    beside = os.pathsep.join([str(target), sysconfig.get_path("purelib")])
    done = subprocess.run(
        [PYTHON, "-S", *arguments],
        cwd=folder,
        env=environment(PYTHONPATH=beside),
        input=typed,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def everything(folder: str, *endings: str) -> set[str]:
    """The files under a folder of the checkout that have such an ending."""
    return {each.relative_to(ROOT).as_posix() for each in (ROOT / folder).rglob("*") if each.suffix in endings}


def test_the_wheel_holds_all_of_both_rooms(wheel: Path) -> None:
    kinds = (".py", ".toml", ".html", ".css", ".js", ".svg")
    expected = everything("bot", *kinds) | everything("dialogs", *kinds)
    expected |= {f"dialogs/{name}" for name in everything("locales", ".toml", ".po")}
    held = set(ZipFile(wheel).namelist())
    assert expected <= held
    for name in (
        "dialogs/topics/home.toml",
        "dialogs/tables/sources.toml",
        "dialogs/locales/languages.toml",
        "dialogs/locales/zh_Hans/LC_MESSAGES/messages.po",
        "bot/simulator/page/index.html",
    ):
        assert name in held


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    info = wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info"
    names = ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {"bot", "dialogs", info}
    assert not [name for name in names if name.endswith((".pyc", ".db", ".env"))]


def test_the_wheel_offers_the_command(wheel: Path) -> None:
    (name,) = (name for name in ZipFile(wheel).namelist() if name.endswith("entry_points.txt"))
    assert "certguide = bot.__main__:main" in ZipFile(wheel).read(name).decode()


def test_what_is_installed_does_not_lean_on_the_checkout(target: Path, tmp_path: Path) -> None:
    shown = run(target, tmp_path, "-c", "import bot, dialogs, sys; print(bot.__file__, dialogs.__file__, *sys.path)")
    assert shown.count(str(target)) == 3
    assert str(ROOT) not in shown.split()


def test_what_is_installed_has_a_dialogue_without_mistakes(target: Path, tmp_path: Path) -> None:
    assert run(target, tmp_path, "-m", "bot", "check").rstrip().endswith("languages: en 100%, zh_Hans 100%")


def test_what_is_installed_writes_the_gallery(target: Path, tmp_path: Path) -> None:
    assert run(target, tmp_path, "-m", "bot", "gallery", "pages") == "Open pages/index.html\n"
    assert (tmp_path / "pages" / "gallery.css").is_file()


def test_what_is_installed_speaks_chinese(target: Path, tmp_path: Path) -> None:
    shown = run(target, tmp_path, "-m", "bot", "chat", "--lang", "zh", typed="1\n")
    assert "你好" in shown
    assert shown.count("╭") == 2
    assert [each.name for each in tmp_path.iterdir()] == ["certguide-tryout.db"]


def test_what_is_installed_has_the_chat_page(target: Path, tmp_path: Path) -> None:
    program = "from bot.simulator.server import FILES, PAGE; print(*(PAGE / name for name, _ in FILES.values()))"
    files = [Path(name) for name in run(target, tmp_path, "-c", program).split()]
    assert files
    assert all(target in each.parents and each.is_file() for each in files)
