"""What can't be the place of a file is said before anything is made."""

from pathlib import Path

import pytest

from bot.stats import place
from bot.stats.snapshot import StatsError


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
