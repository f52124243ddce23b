"""How far a run has come, per kind; stored as JSON on the run, in the transaction of each chunk. Frappe-free."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field


@dataclass
class Progress:
	"""Progress of one kind. after: the last record looked at. examples: how many successful records the report lists."""

	total: int = 0
	after: str = ""
	finished: bool = False
	examples: int = 0
	counts: dict[str, int] = field(default_factory=dict)

	@property
	def done(self) -> int:
		return sum(self.counts.values())

	def note(self, outcome: str) -> None:
		self.counts[outcome] = self.counts.get(outcome, 0) + 1


@dataclass
class Checkpoint:
	"""The progress of all kinds of a run, in the order they are taken over."""

	kinds: dict[str, Progress] = field(default_factory=dict)

	@classmethod
	def load(cls, stored: str | None) -> Checkpoint:
		return cls({name: Progress(**values) for name, values in json.loads(stored or "{}").items()})

	def dump(self) -> str:
		return json.dumps({name: asdict(progress) for name, progress in self.kinds.items()})

	def next_kind(self) -> str | None:
		"""The first kind that is not finished; None when the run is done."""
		return next((name for name, progress in self.kinds.items() if not progress.finished), None)

	def sum_of(self, *outcomes: str) -> int:
		return sum(
			progress.counts.get(outcome, 0) for progress in self.kinds.values() for outcome in outcomes
		)

	@property
	def total(self) -> int:
		return sum(max(progress.total, progress.done) for progress in self.kinds.values())

	@property
	def done(self) -> int:
		return sum(progress.done for progress in self.kinds.values())
