"""What a case shows of its clocks: the worst that runs, and which promise is due next. Frappe-free."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from support_service.service_level.clock.rules import State

ON_TRACK = "On Track"
# from the one that needs somebody most
SHOWN: Mapping[str, str] = {
	State.OVERDUE: "Overdue",
	State.WARNING: "Warning",
	State.RUNNING: ON_TRACK,
	State.PAUSED: "Paused",
	State.MISSED: "Missed",
	State.MET: "Met",
}


def telling(clocks: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
	"""Kind → the clock of that kind that tells most: of each case's promises the latest round, and of those the one that needs
	somebody most, then the one due first. clocks: in the order of their rounds, with `origin` and `request`."""
	latest = {(row["kind"], row.get("origin") or row["request"]): row for row in clocks}
	order = list(SHOWN)
	found: dict[str, Mapping[str, Any]] = {}
	for (kind, _origin), row in latest.items():
		other = found.get(kind)
		if other is None or _need(row, order) < _need(other, order):
			found[kind] = row
	return found


def _need(row: Mapping[str, Any], order: list[str]) -> tuple[int, str]:
	# what never comes due comes last
	place = order.index(row["state"]) if row["state"] in order else len(order)
	return place, str(row["due_utc"] or "~")


def of_clocks(clocks: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
	"""Values of a case's columns clock_state, next_due_at and next_due_kind, from all its clocks."""
	rows = list(clocks)
	states = {row["state"] for row in rows}
	next_due = min(
		(row for row in rows if row["due_utc"] and not row["stopped_utc"]),
		key=lambda row: row["due_utc"],
		default=None,
	)
	return {
		"clock_state": next((shown for state, shown in SHOWN.items() if state in states), ""),
		"next_due_at": next_due["due_at"] if next_due else None,
		"next_due_kind": next_due["kind"] if next_due else None,
	}
