"""A case that was over, or under way, before the app came, as its source describes it. Frappe-free; `history.py` stores it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from support_service.support_service.lifecycle import Status


@dataclass(frozen=True, slots=True)
class PastMove:
	"""One movement: `action` as in lifecycle.py, where it led, when (site time), and by whom (the session's user if None)."""

	action: str
	to_status: str
	at: datetime
	by: str | None = None
	reason: str | None = None


@dataclass(frozen=True, slots=True)
class PastCase:
	"""One case as its source describes it.

	source: (DocType, name) of the record; there is one case of it. moves: what followed the case being raised, in order;
	the last one says its status, without any it is New. values: fields named in VALUES.
	"""

	source: tuple[str, str]
	subject: str
	raised_on: datetime
	company: str
	channel: str
	request_type: str
	urgency: str = "Medium"
	customer: str | None = None
	raised_by: str | None = None
	moves: tuple[PastMove, ...] = ()
	values: Mapping[str, Any] = field(default_factory=dict)

	@property
	def status(self) -> str:
		return self.moves[-1].to_status if self.moves else Status.NEW.value
