"""Texts as a spreadsheet bears them: no cell is a formula, no sign breaks a file."""

import re

FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
"""What a spreadsheet takes for the beginning of a formula, whatever blanks it overlooks before."""

PICTURES = {sign: 0x2400 + sign for sign in range(0x20) if chr(sign) not in "\t\r\n"}
"""Control signs no reader agrees about, as the pictures Unicode has of them: a null byte is shown as ␀."""

LONGEST = 32_767
"""Excel: what a cell holds, in units of UTF-16."""

CUT = "…"

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# What XML can't hold, and Excel's line ends.
_WORKBOOK = PICTURES | {0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD, 0x0D: 0x0A}
_RICH = ("<r>", "</r>")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might run it."""
    return FORMULA.match(text) is not None


def cell(text: str | None) -> str | None:
    """The text for a CSV file: what might be run has an apostrophe before it, which spreadsheets know and hide."""
    if text and _CONTROL.search(text):
        text = text.translate(PICTURES)
    return f"'{text}" if text and FORMULA.match(text) else text


def written(text: str) -> str:
    """The text for a workbook, in which it stays as it is: cells there have a type, and this one's is text."""
    text = text.replace("\r\n", "\n").translate(_WORKBOOK)
    if text.startswith(_RICH[0]) and text.endswith(_RICH[1]):
        return f"{text} "  # XlsxWriter would take it for marked-up text that is XML already
    return text


def cut(text: str) -> str:
    """The text, or as much of it as a cell of Excel holds."""
    if len(text) <= LONGEST // 2 or (units := text.encode("utf-16-le"))[2 * LONGEST :] == b"":
        return text
    return units[: 2 * (LONGEST - len(CUT))].decode("utf-16-le", "ignore") + CUT
