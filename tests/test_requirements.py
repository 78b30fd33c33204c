"""The lock files hold all that has to be fixed, so that what is installed tomorrow is what was tested today."""

from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCKS = ("run.lock", "test.lock")


def locked(name: str) -> dict[str, Requirement]:
    """What a lock file fixes, as far as it is for this machine, by its name."""
    lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    fixed = [Requirement(line.removesuffix("\\")) for line in lines if line and not line.startswith(" ")]
    return {canonicalize_name(it.name): it for it in fixed if it.marker is None or it.marker.evaluate()}


@pytest.mark.parametrize("name", LOCKS)
def test_everything_has_one_version(name: str) -> None:
    for requirement in locked(name).values():
        (fixed,) = requirement.specifier
        assert fixed.operator == "==", requirement


@pytest.mark.parametrize("name", LOCKS)
def test_extras_are_fixed_with_what_they_belong_to(name: str) -> None:
    """Otherwise pip takes the newest coverage there is for `coverage[toml]`, and refuses it for having no hash."""
    found, asked = locked(name), 0
    for fixed in found.values():
        for line in metadata.requires(fixed.name) or ():
            wanted = Requirement(line)
            extras = ("", *fixed.extras)
            if wanted.extras and (not wanted.marker or any(wanted.marker.evaluate({"extra": it}) for it in extras)):
                assert wanted.extras <= found[canonicalize_name(wanted.name)].extras, f"{fixed} asks for {wanted}"
                asked += 1
    assert asked
