"""Exports: what the bot has kept, as a file for a spreadsheet, a notebook or a browser, under made-up names."""

from bot.stats.exports.export import FORMATS, Written, write
from bot.stats.exports.people import KEY_BYTES, authorize_raw
from bot.stats.exports.reading import Order
from bot.stats.exports.tables import ALL, WHAT

__all__ = ["ALL", "FORMATS", "KEY_BYTES", "WHAT", "Order", "Written", "authorize_raw", "write"]
