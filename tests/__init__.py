"""A package, so that a stray `tests` among the installed ones is never taken for it."""
