"""Fair pairs: ours and the peer's operation take turns in one process on one site; medians and their ratio.

Each benchmark module defines `run() -> Result` (or a list of them); `python -m benchmarks [NAME]` prints one JSON line
per result. Absolute times say little on a shared machine; the ratio of the same run is the figure to quote.

QUICK=1 makes everything small, to see in minutes that all of them run to their end; its figures mean nothing and say so.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks import statements

QUICK = bool(os.environ.get("QUICK"))
QUICK_PAIRS = {"n": 3, "warmup": 1}


def size(name: str, full: int, quick: int) -> int:
	"""How much to measure with: as the environment says, else `full`."""
	return int(os.environ.get(name) or (quick if QUICK else full))


@dataclass
class Result:
	"""`ours` and `peer`: medians in `unit`; `ratio`: median of the pairs' ratios, below 1 means ours is faster."""

	name: str
	ours: float
	peer: float
	ratio: float
	unit: str
	n: int
	extra: dict[str, Any] = field(default_factory=dict)

	def line(self) -> str:
		data = asdict(self)
		if QUICK:
			data["extra"]["quick"] = True
		return json.dumps(
			{**{k: v for k, v in data.items() if k != "extra"}, **data["extra"]}, ensure_ascii=False
		)


def seconds(operation: Callable[[], Any]) -> float:
	start = time.perf_counter()
	operation()
	return time.perf_counter() - start


def pairs(
	name: str,
	ours: Callable[[], Callable[[], Any]],
	peer: Callable[[], Callable[[], Any]],
	*,
	n: int = 60,
	warmup: int = 8,
	after: Callable[[], Any] = lambda: None,
	statements_per: int | None = None,
) -> Result:
	"""Time `n` pairs. `ours()` and `peer()` prepare one operation each (untimed) and return it (timed).

	Which of the two goes first alternates, so that neither always profits from warm pages. `after` runs untimed after
	each operation (a rollback, say). statements_per: the statements are counted, too, in one more pass that is not timed,
	each operation doing so many at once.
	"""
	if QUICK:
		n, warmup = QUICK_PAIRS.values()
	mine, theirs = [], []
	gc.collect()
	gc.disable()
	try:
		for index in range(n + warmup):
			turns = [(mine, ours), (theirs, peer)]
			for times, prepare in turns if index % 2 else reversed(turns):
				operation = prepare()
				times.append(seconds(operation))
				after()
	finally:
		gc.enable()
	mine, theirs = mine[warmup:], theirs[warmup:]
	ratio = statistics.median(a / b for a, b in zip(mine, theirs, strict=True))
	extra = {}
	if statements_per:
		extra["statements"] = {
			who: _statements(f"{name}, {who}", prepare, after, statements_per)
			for who, prepare in (("ours", ours), ("peer", peer))
		}
	return Result(
		name=name,
		ours=round(statistics.median(mine) * 1000, 3),
		peer=round(statistics.median(theirs) * 1000, 3),
		ratio=round(ratio, 3),
		unit="ms",
		n=n,
		extra=extra,
	)


def _statements(title: str, prepare: Callable[[], Callable], after: Callable[[], Any], per: int) -> float:
	number = statements.count(title, prepare(), per=per)
	after()
	return number
