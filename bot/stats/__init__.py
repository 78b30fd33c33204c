"""Figures, charts, reports, exports: what operators learn from the trail. Nothing here changes the bot's file."""
