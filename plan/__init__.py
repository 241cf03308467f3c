"""The core: what a strategic plan is and what follows from it on a given day. Pure; the day is always an argument."""
