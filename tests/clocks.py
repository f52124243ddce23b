"""The clock of processes that tests start, where `make test CLOCK=…` moves it with libfaketime."""

import os


def real_clock() -> dict[str, str]:
	"""The environment of a process that keeps the real clock: Chromium takes minutes to start under libfaketime, Redis hangs."""
	return {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
