"""Which face charts are written in: one that has all signs of their labels, since no renderer tells what it lacks."""

import os
import struct
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]

from bot.stats.snapshot import StatsError

FAMILIES: Mapping[str, str] = {
    "Noto Sans CJK SC": "notosanscjk",
    "Noto Sans SC": "notosanssc",
    "Source Han Sans SC": "sourcehansans",
    "Source Han Sans CN": "sourcehansans",
    "PingFang SC": "pingfang",
    "Hiragino Sans GB": "hiraginosansgb",
    "Microsoft YaHei": "msyh",
    "WenQuanYi Micro Hei": "wqymicrohei",
    "WenQuanYi Zen Hei": "wqyzenhei",
    "Noto Sans": "notosans",
    "Liberation Sans": "liberationsans",
    "DejaVu Sans": "dejavusans",
    "Arial": "arial",
}
"""Sans families, the best first, and how the names of their files begin; those with Chinese have Latin too."""

ELSEWHERE = ("PingFang SC", "Microsoft YaHei", "Arial")
"""Faces for whoever looks at an SVG on a machine that has not ours."""

PACKAGES = {"CJK": "fonts-noto-cjk", "HIRAGANA": "fonts-noto-cjk", "KATAKANA": "fonts-noto-cjk"}
"""What Debian calls the fonts for signs whose names begin so."""
PACKAGE = "fonts-noto-core"
"""What it calls those for all others."""

ENDS = frozenset((".ttf", ".otf", ".ttc", ".otc"))
SLANTED = ("bold", "italic", "oblique", "light", "thin", "mono", "condensed", "narrow")
"""What the names of files tell of fonts that are not the regular one."""

ALWAYS = "0123456789.,:%()-–…?"
"""Signs that stand in every chart."""

INSTEAD = "?"
"""What is drawn for signs that no face has."""
STAND_INS = {"↳": "→"}
"""Signs of ours that few faces have, and what is drawn in those that have not."""


def folders() -> list[Path]:
    """Where fonts are on Linux, macOS and Windows."""
    home = Path.home()
    found = [
        *(Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts", home / ".fonts"),
        *(Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"),
    ]
    for variable, inside in (("WINDIR", "Fonts"), ("LOCALAPPDATA", "Microsoft/Windows/Fonts")):
        if variable in os.environ:
            found.append(Path(os.environ[variable]) / inside)
    return found


@dataclass(frozen=True, slots=True)
class Face:
    """A font and the signs it has."""

    family: str
    file: Path
    signs: frozenset[str]

    @property
    def stack(self) -> str:
        """The family, and those that stand in for it elsewhere."""
        return ", ".join((self.family, *(name for name in ELSEWHERE if name != self.family), "sans-serif"))

    def lacks(self, text: str) -> list[str]:
        """The signs of a text that it has not, in order."""
        return sorted({sign for sign in text if sign not in self.signs and not sign.isspace()})

    def label(self, text: str, name: str = "") -> str:
        """The text as it can be drawn: with `?` for what is missing; or its name when little would be left."""
        text = "".join(STAND_INS.get(sign, sign) if sign not in self.signs else sign for sign in drawable(text))
        name = drawable(name)
        known = sum(sign in self.signs for sign in text)
        return name if name and known < len(text) / 2 and not self.lacks(name) else self._patched(text)

    def _patched(self, text: str) -> str:
        patched = ""
        for sign in text:
            known = sign in self.signs or sign.isspace()
            if known or not patched.endswith(INSTEAD):
                patched += sign if known else INSTEAD
        return patched


def drawable(text: str) -> str:
    """The text in one line, its accents joined to their letters, without signs that are not seen."""
    joined = unicodedata.normalize("NFC", text)
    seen = (" " if sign.isspace() else sign for sign in joined if sign.isspace() or _is_seen(sign))
    return " ".join("".join(seen).split())


def _is_seen(sign: str) -> bool:
    return not unicodedata.category(sign).startswith("C")


def choose(needed: str, wanted: str = "", among: Sequence[Path] | None = None) -> Face:
    """The best face here that has all signs of `needed`, and as many as can be of `wanted`.

    Raises StatsError when none has them all; it names one of the signs, and the package that brings it.
    """
    needed += ALWAYS
    best: Face | None = None
    nearest: Face | None = None
    for face in _faces(folders() if among is None else among):
        if face.lacks(needed):
            nearest = _better(nearest, face, needed)
            continue
        if not face.lacks(wanted):
            return face
        best = _better(best, face, wanted)
    if best is None:
        raise StatsError(_missing(nearest.lacks(needed) if nearest else sorted(set(needed))))
    return best


def _better(best: Face | None, face: Face, text: str) -> Face:
    """The one that lacks less; the earlier one when both lack as much."""
    return face if best is None or len(face.lacks(text)) < len(best.lacks(text)) else best


def _missing(signs: Sequence[str]) -> str:
    sign = next((sign for sign in signs if _package(sign) != PACKAGE), signs[0])
    more = f" (and {len(signs) - 1} more)" if len(signs) > 1 else ""
    return f"no font here has {sign}{more}: install one, on Debian `apt install {_package(sign)}`"


def _package(sign: str) -> str:
    return PACKAGES.get(unicodedata.name(sign, "").partition(" ")[0], PACKAGE)


def _faces(among: Iterable[Path]) -> Iterator[Face]:
    """The faces of the families we know, the best first; each is read only when it is its turn."""
    files = list(_files(among))
    for family, begins in FAMILIES.items():
        for file in files:
            if _plain(file).startswith(begins):
                signs = _signs(file, family)
                if signs:
                    yield Face(family, file, signs)
                    break


def _files(among: Iterable[Path]) -> Iterator[Path]:
    """Font files, the regular ones first."""
    found = (file for folder in among if folder.is_dir() for file in folder.rglob("*") if file.suffix.lower() in ENDS)
    return iter(sorted(found, key=lambda file: (any(word in _plain(file) for word in SLANTED), file)))


def _plain(file: Path) -> str:
    return file.stem.lower().translate({ord(sign): None for sign in "-_ "})


def _signs(file: Path, family: str) -> frozenset[str]:
    """The signs of a family in a file; none when it is not in it, or the file can't be read."""
    try:
        with file.open("rb") as opened:  # by us: a broken one would be left open
            for number in range(_count(opened)):
                font = TTFont(opened, fontNumber=number, lazy=True)
                if font["name"].getBestFamilyName() == family:
                    return frozenset(map(chr, font.getBestCmap() or ()))
    except (TTLibError, OSError, struct.error, ValueError, KeyError, AssertionError):
        pass  # a broken font is no font
    return frozenset()


def _count(opened: BinaryIO) -> int:
    """How many fonts are in a file."""
    head = opened.read(12)
    return int.from_bytes(head[8:12], "big") if head.startswith(b"ttcf") else 1
