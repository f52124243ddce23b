"""How often a test repeats what takes long: a few times in `make test`, many times in `make test-long`."""

import os

LONG = bool(os.environ.get("LONG"))


def times(few: int, many: int) -> int:
	"""The number of rounds for this run."""
	return many if LONG else few
