"""Who may import whom: the border between the rooms is the architecture, so it is read from the imports themselves."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "dialogs")


MAY_IMPORT: dict[str, set[str]] = {
    "dialogs": {"dialogs", "transitions", "babel", "markdown_it"},
    "bot/progress.py": {"rich"},
    "bot/store": {"bot.progress", "bot.store", "dialogs", "sqlite_utils", "orjson"},
    "bot/formatting.py": {"dialogs"},
    "bot/words.py": {"bot.store", "dialogs"},
    "bot/newsroom.py": {"bot.formatting", "bot.store", "dialogs"},
    "bot/courier": {
        *("bot.courier", "bot.formatting", "bot.newsroom", "bot.store", "bot.words"),
        *("dialogs", "telegram", "httpx", "structlog"),
    },
    "bot/delivering.py": {
        *("bot.courier", "bot.logs", "bot.serving", "bot.settings", "bot.simulator", "bot.store", "dialogs"),
        "uvloop",
    },
    "bot/broadcasting": {
        *("bot.broadcasting", "bot.formatting", "bot.newsroom", "bot.serving", "bot.settings", "bot.simulator"),
        *("bot.stats", "bot.store", "bot.words", "dialogs", "rich", "click"),
    },
    "bot/stats": {
        *("bot.progress", "bot.stats", "bot.store", "dialogs", "sqlite_utils", "orjson", "babel", "rich"),
        *("altair", "vl_convert", "fontTools", "xlsxwriter"),
    },
    "bot/stats/demo": {"bot.newsroom", "bot.stats", "bot.store", "bot.words", "dialogs", "rich"},
    "bot/chat": {
        "bot.chat",
        "bot.formatting",
        "bot.newsroom",
        "bot.stats",
        "bot.store",
        "bot.words",
        "bot.logs",
        "dialogs",
        "aiogram",
        "aiohttp",
        "aiohttp_socks",
        "magic_filter",
        "yarl",
        "structlog",
        "orjson",
    },
    "bot/simulator": {"bot.simulator", "aiohttp", "tdjson"},
    "bot/terminal.py": {"bot.store", "dialogs", "rich"},
    "bot/serving.py": {
        *("bot.chat", "bot.logs", "bot.settings", "bot.simulator", "bot.store", "dialogs"),
        *("click", "structlog", "uvloop"),
    },
    "bot/doctor": {"bot.doctor", "bot.settings", "bot.store", "dialogs", "aiohttp", "aiohttp_socks", "rich"},
    "bot/backup.py": {"bot.store", "rich"},
    "bot/restore.py": {"bot.backup", "bot.store", "rich"},
    "bot/overview.py": {"dialogs", "rich"},
    "bot/settings.py": {"pydantic", "pydantic_settings"},
    "bot/logs.py": {"structlog"},
    "bot/__main__.py": {
        *(
            "bot.backup",
            "bot.delivering",
            "bot.doctor",
            "bot.overview",
            "bot.restore",
            "bot.serving",
            "bot.shell",
            "bot.store",
            "bot.terminal",
        ),
        *("dialogs", "click", "rich"),
    },
    "bot/shell": {
        *("bot.broadcasting", "bot.serving", "bot.settings", "bot.shell", "bot.simulator", "bot.stats", "bot.store"),
        *("bot.progress", "dialogs", "click", "rich"),
    },
    "bot/__init__.py": set(),
}
"""Besides the standard library."""


def _files() -> list[Path]:
    return sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def _room(path: Path) -> str:
    name = path.relative_to(ROOT).as_posix()
    return max((room for room in MAY_IMPORT if name == room or name.startswith(f"{room}/")), key=len, default="")


def _imports(tree: ast.AST) -> Iterator[str]:
    """What is imported; of `from bot import settings` the module, not only the package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole way"
            module = str(node.module)
            yield from (f"{module}.{alias.name}" for alias in node.names) if module == "bot" else [module]
        elif isinstance(node, ast.Call):
            for said, name in pairwise([node.func, *node.args]):
                if ast.unparse(said) == "importlib.import_module":
                    assert isinstance(name, ast.Constant), "a border can't be guarded when names are made up"
                    yield str(name.value)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _allowed(name: str, allowed: set[str]) -> bool:
    if name.partition(".")[0] in sys.stdlib_module_names:
        return True
    return any(name == room or name.startswith(f"{room}.") for room in allowed)


def test_every_file_is_in_a_room() -> None:
    assert [path for path in _files() if not _room(path)] == []


def test_every_room_is_there() -> None:
    assert {_room(path) for path in _files()} == set(MAY_IMPORT)


@pytest.mark.parametrize("path", _files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_imports_only_what_its_room_may(path: Path) -> None:
    allowed = MAY_IMPORT[_room(path)]
    assert [name for name in _imports(_tree(path)) if not _allowed(name, allowed)] == []


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_that_may_import_something_does(room: str) -> None:
    """A permission nobody uses any more is a hole in the border."""
    imported = {name for path in _files() if _room(path) == room for name in _imports(_tree(path))}
    unused = {name for name in MAY_IMPORT[room] if not any(_allowed(found, {name}) for found in imported)}
    assert unused == set()


def test_the_mind_opens_no_database_and_no_connection() -> None:
    never = {"sqlite3", "socket", "ssl", "http", "urllib", "asyncio", "threading", "subprocess", "random", "time"}
    for path in _files():
        if _room(path) == "dialogs":
            assert not {name.partition(".")[0] for name in _imports(_tree(path))} & never, path


@pytest.mark.parametrize("path", ["__main__.py", "shell/__init__.py", "shell/broadcasts.py", "shell/figures.py"])
def test_the_command_line_imports_its_commands_inside_them(path: str) -> None:
    tree = _tree(ROOT / "bot" / path)
    later = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert len(later) <= 1
    imported = {name for node in top for name in _imports(node)}
    assert all(_allowed(name, {"click", "bot.shell"}) for name in imported)


@pytest.mark.parametrize(
    ("module", "never"),
    [
        ("dialogs", {"aiogram", "telegram", "sqlite3", "pydantic", "aiohttp", "asyncio", "bot"}),
        ("dialogs.check", {"aiogram", "telegram", "sqlite3", "pydantic", "aiohttp", "bot"}),
        ("bot.__main__", {"aiogram", "telegram", "sqlite3", "pydantic", "aiohttp", "dialogs", "rich", "transitions"}),
        ("bot.store", {"aiogram", "telegram", "pydantic", "aiohttp"}),
        ("bot.simulator", {"aiogram", "telegram", "dialogs", "sqlite3", "pydantic"}),
        ("bot.courier", {"aiogram", "pydantic"}),
        ("bot.newsroom", {"aiogram", "telegram", "pydantic", "aiohttp"}),
        ("bot.stats.figures", {"aiogram", "telegram", "pydantic", "aiohttp", "altair", "xlsxwriter", "rich"}),
        ("bot.stats.exports", {"aiogram", "telegram", "pydantic", "aiohttp", "altair", "xlsxwriter", "rich"}),
        (
            "bot.chat.figures",
            {"telegram", "pydantic_settings", "altair", "vl_convert", "fontTools", "xlsxwriter"},
        ),
    ],
)
def test_a_room_starts_without_what_it_must_not_know(module: str, never: set[str]) -> None:
    asked = f"import sys, {module}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & never == set()
