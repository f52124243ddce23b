"""Which cases are one: where a merged case goes on, and which cases were merged into one. Reads only."""

from __future__ import annotations

import frappe

from support_service.foundation import instants

CASE, MERGE = "Service Request", "Service Merge"
IN_FORCE, UNDONE = "In Force", "Undone"


def goes_on_as(name: str) -> str:
	"""The case that `name` leads to: itself, or the one it was merged into, however often that was merged in turn.

	A case that is merged takes none in, so the way has an end.
	"""
	seen = {name}
	while into := frappe.db.get_value(CASE, name, "merged_into"):
		if into in seen:
			break
		seen.add(into)
		name = into
	return name


def merged_into(name: str) -> list[str]:
	"""The cases that were merged into `name`, and into those in turn, by number."""
	found: list[str] = []
	ahead = [name]
	while ahead:
		ahead = frappe.get_all(CASE, {"merged_into": ("in", ahead)}, pluck="name", order_by="name")
		found += ahead
	return found


def parts_of(case: str, merges: int | None = None) -> list[str]:
	"""`case` and everything that was merged into it: whose moves are its moves. merges: the case's column, where it is known."""
	if merges is None:
		merges = frappe.db.get_value(CASE, case, "merges")
	return [case, *merged_into(case)] if merges else [case]


def lives_of(name: str) -> list[tuple[str, int, int | None]]:
	"""The cases as which `name` has gone on, each with the instants from and until which: itself first, the present one last."""
	lives: list[tuple[str, int, int | None]] = []
	since = 0
	while merge := frappe.db.get_value(
		MERGE, {"merged_request": name, "state": IN_FORCE}, ["request", "merged_utc"], as_dict=True
	):
		until = instants.of_utc_column(merge.merged_utc) or 0
		lives.append((name, since, until))
		name, since = merge.request, until
	return [*lives, (name, since, None)]
