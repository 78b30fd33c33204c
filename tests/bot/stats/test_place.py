"""What can't be the place of a file is said before anything is made; it is written wholly or not at all."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.stats import place
from bot.stats.snapshot import StatsError
from tests.bot.disks import FULL, READ_ONLY, may_mount, room_for, said

PICTURE = b"<svg>" + b"x" * 5000 + b"</svg>"


def test_a_name_in_a_folder_there_is_will_do(tmp_path: Path) -> None:
    place.folder(tmp_path / "new.html", "report.html")
    place.free(tmp_path / "new.html", "report.html", force=False)


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_is_no_file_and_one_that_is_not_there_has_no_room(tmp_path: Path, force: bool) -> None:
    with pytest.raises(StatsError) as folder:
        place.free(tmp_path, "report.html", force=force)
    assert str(folder.value) == f"{tmp_path} is a folder: name a file in it, for example {tmp_path / 'report.html'}"
    with pytest.raises(StatsError) as nowhere:
        place.free(tmp_path / "no" / "new.html", "report.html", force=force)
    assert str(nowhere.value) == f"there is no folder {tmp_path / 'no'}: make it first"


def test_a_file_that_is_there_stays_unless_it_is_to_be_overwritten(tmp_path: Path) -> None:
    (tmp_path / "old.html").write_text("old")
    with pytest.raises(StatsError, match=r"old.html is there already: name another file, or overwrite it with --force"):
        place.free(tmp_path / "old.html", "report.html", force=False)
    place.free(tmp_path / "old.html", "report.html", force=True)
    assert (tmp_path / "old.html").read_text() == "old"


# Putting it there


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("force", [False, True])
def test_a_file_is_written_and_nothing_else(tmp_path: Path, force: bool) -> None:
    place.put(tmp_path / "map.svg", PICTURE, "map.svg", force=force)
    assert (tmp_path / "map.svg").read_bytes() == PICTURE
    assert left(tmp_path) == {"map.svg"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=200), st.sampled_from(("a.svg", ".hidden", "图.svg", "a b#?.svg", "-x", "no-ending")))
def test_whatever_is_written_is_what_is_there(tmp_path: Path, content: bytes, name: str) -> None:
    place.put(tmp_path / name, content, "map.svg", force=True)
    assert (tmp_path / name).read_bytes() == content
    assert not [other for other in left(tmp_path) if other.endswith(".part")]


def test_a_file_may_be_named_from_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    place.put(Path("map.svg"), PICTURE, "map.svg", force=False)
    assert left(tmp_path) == {"map.svg"}


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "map.svg"
    path.write_bytes(b"mine")
    with pytest.raises(StatsError) as caught:
        place.put(path, PICTURE, "map.svg", force=False)
    assert str(caught.value) == f"{path} is there already: name another file, or overwrite it with --force"
    assert path.read_bytes() == b"mine"
    assert left(tmp_path) == {"map.svg"}


def test_with_force_it_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "map.svg"
    path.write_bytes(b"mine" * 10_000)
    place.put(path, PICTURE, "map.svg", force=True)
    assert path.read_bytes() == PICTURE
    assert left(tmp_path) == {"map.svg"}


def test_who_has_the_old_one_open_reads_it_to_its_end(tmp_path: Path) -> None:
    """It is put in its place at one moment, and not written into."""
    path = tmp_path / "map.svg"
    path.write_bytes(b"mine")
    with path.open("rb") as file:
        place.put(path, PICTURE, "map.svg", force=True)
        assert file.read() == b"mine"


def unwritable(path: Path, why: str) -> str:
    """What is said then."""
    return f"{path} can't be written ({why}): free some space, or name another file"


def refused(path: Path, *, force: bool = False) -> str:
    """What is said when it can't be written."""
    with pytest.raises(StatsError) as caught:
        place.put(path, PICTURE, "map.svg", force=force)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("force", [False, True])
def test_where_there_is_no_folder_none_is_made(tmp_path: Path, force: bool) -> None:
    path = tmp_path / "no" / "map.svg"
    assert refused(path, force=force) == f"there is no folder {path.parent}: make it first"
    assert left(tmp_path) == set()


@pytest.mark.parametrize("force", [False, True])
def test_a_file_is_no_folder(tmp_path: Path, force: bool) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    path = tmp_path / "file" / "map.svg"
    assert refused(path, force=force) == f"there is no folder {path.parent}: make it first"
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_a_folder_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "map.svg"
    path.mkdir()
    for force in (False, True):
        assert refused(path, force=force) == f"{path} is a folder: name a file in it, for example {path / 'map.svg'}"
    assert left(tmp_path) == {"map.svg"}
    assert left(path) == set()


@pytest.mark.parametrize("letters", [252, 255, 300])
def test_a_name_that_is_too_long_is_told(tmp_path: Path, letters: int) -> None:
    path = tmp_path / ("x" * letters)
    assert refused(path) == unwritable(path, "File name too long")
    assert left(tmp_path) == set()


@pytest.mark.parametrize("there", [False, True])
def test_a_file_that_can_not_grow_is_not_half_there(tmp_path: Path, there: bool) -> None:
    path = tmp_path / "map.svg"
    if there:
        path.write_bytes(b"mine")
    with room_for(100):
        told = refused(path, force=there)
    assert told == unwritable(path, "File too large")
    assert left(tmp_path) == ({"map.svg"} if there else set())
    if there:
        assert path.read_bytes() == b"mine"


PLACE = """
import sys
from pathlib import Path
from bot.stats import place
from bot.stats.snapshot import StatsError
try:
    place.put(Path(sys.argv[1]), b"x" * 10_000, "map.svg", force=len(sys.argv) > 2)
except StatsError as error:
    print(error)
print(*sorted(path.name for path in Path(sys.argv[1]).parent.iterdir()))
"""


@may_mount
def test_a_folder_nobody_can_write_to_is_told(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    (disk / "there.svg").write_bytes(b"mine")
    for path, force in ((disk / "map.svg", ()), (disk / "there.svg", ("force",))):
        told = said(READ_ONLY, disk, PLACE, path, *force)
        assert told.splitlines() == [
            unwritable(path, "Read-only file system"),
            "there.svg",
        ]
    assert left(disk) == {"there.svg"}
    assert (disk / "there.svg").read_bytes() == b"mine"


@may_mount
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    path = disk / "map.svg"
    assert said(FULL, disk, PLACE, path) == unwritable(path, "No space left on device"), "and nothing is left"
