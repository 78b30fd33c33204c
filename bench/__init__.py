"""Measurements that anybody can repeat: ratios and counts, with the commands in docs/ARCHITECTURE.md."""
