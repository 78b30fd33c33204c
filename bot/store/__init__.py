"""What is kept: one SQLite file with sellers, their answers, the trail and the pages still owed."""

from bot.store.database import Database, StoreError
from bot.store.schema import SchemaError
from bot.store.sellers import Guest

__all__ = ["Database", "Guest", "SchemaError", "StoreError"]
