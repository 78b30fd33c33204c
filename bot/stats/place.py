"""Where a file can be put, said before anything is made that would have no place; and putting it there."""

import secrets
from contextlib import suppress
from pathlib import Path

from bot.stats.snapshot import StatsError


def folder(path: Path, example: str) -> None:
    """Raises StatsError when that is no name of a file in a folder there is. `example`: what one may be called."""
    try:
        is_folder, has_room = path.is_dir(), path.parent.is_dir()
    except OSError as error:  # a name that is too long, say
        raise _refused(path, error) from error
    if is_folder:
        raise StatsError(f"{path} is a folder: name a file in it, for example {path / example}")
    if not has_room:
        raise StatsError(f"there is no folder {path.parent}: make it first")


def free(path: Path, example: str, *, force: bool) -> None:
    """The same, and when there is a file already that is not to be overwritten."""
    folder(path, example)
    if path.exists() and not force:
        raise StatsError(f"{path} is there already: name another file, or overwrite it with --force")


def put(path: Path, content: bytes, example: str, *, force: bool) -> None:
    """Write a file wholly or not at all. Raises StatsError, and then nothing has changed."""
    free(path, example, force=force)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
        free(path, example, force=force)
        part.replace(path)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        with suppress(OSError):
            part.unlink()


def _refused(path: Path, error: OSError) -> StatsError:
    return StatsError(f"{path} can't be written ({error.strerror}): free some space, or name another file")
