"""Where a file can be put: said before anything is made that would have no place."""

from pathlib import Path

from bot.stats.snapshot import StatsError


def folder(path: Path, example: str) -> None:
    """Raises StatsError when that is no name of a file in a folder there is. `example`: what one may be called."""
    if path.is_dir():
        raise StatsError(f"{path} is a folder: name a file in it, for example {path / example}")
    if not path.parent.is_dir():
        raise StatsError(f"there is no folder {path.parent}: make it first")


def free(path: Path, example: str, *, force: bool) -> None:
    """The same, and when there is a file already that is not to be overwritten."""
    folder(path, example)
    if path.exists() and not force:
        raise StatsError(f"{path} is there already: name another file, or overwrite it with --force")
