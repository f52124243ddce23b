"""What a policy promises for one clock. Frappe-free: policies make it, clocks are computed by it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
	"""What is promised for one clock: so many seconds of a calendar, warned of at some percent, paused by some waits."""

	kind: str
	target: int
	target_label: str
	calendar: str
	calendar_version: str
	warn_at: tuple[int, ...] = (80,)
	pauses_for: tuple[str, ...] = ("Waiting for Customer",)
	policy: str | None = None
