"""What must hold of a site's data before and after a migration. Run in the bench's sites folder.

python migrated.py before|after|again SITE SNAPSHOT

`before` keeps what the landed version has; `after` wants its cases, units, clocks with their ledger and warranties
unchanged and true to themselves, and what that version did not have yet rightly made; `again` wants nothing changed since.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import frappe

CASE, MOVE, CLOCK, ENTRY = "Service Request", "Service Request Move", "Service Clock", "Service Clock Entry"
UNIT, WARRANTY, WARRANTY_ENTRY = "Installed Unit", "Service Warranty", "Service Warranty Entry"
# whoever hears of a migration hears of last month's cases
HEARD = ("Notification Log", "Email Queue", "Service Message", "ToDo")
OVER = ("Closed", "Cancelled")


def kept() -> dict[str, Any]:
	"""What a migration may not change."""
	return {
		"cases": {row.name: row.status for row in frappe.get_all(CASE, ["name", "status"])},
		"moves": frappe.db.count(MOVE),
		"units": {
			row.name: [row.customer, row.state] for row in frappe.get_all(UNIT, ["name", "customer", "state"])
		},
		"parts": frappe.db.count("Fitted Part Entry"),
		**{doctype: frappe.db.count(doctype) for doctype in HEARD},
	}


def promises() -> dict[str, Any]:
	"""Clocks and ledger as stored; empty before there were any."""
	if not frappe.db.table_exists(CLOCK):
		return {}
	columns = ["name", "request", "kind", "policy", "started_utc", "stopped_utc", "entries", "promise_no"]
	entries = frappe.get_all(ENTRY, fields=["clock", "no", "event", "at_utc", "told"], order_by="clock, no")
	return json.loads(
		json.dumps(
			{"clocks": frappe.get_all(CLOCK, fields=columns, order_by="name"), "entries": entries},
			default=str,
		)
	)


def warranties() -> list[Any]:
	"""Warranties with their terms as stored; empty before there were any."""
	if not frappe.db.table_exists(WARRANTY):
		return []
	columns = [
		"name",
		"installed_unit",
		"status",
		"starts_on",
		"ends_on",
		"parts_until",
		"labour_until",
		"travel_until",
	]
	return json.loads(json.dumps(frappe.get_all(WARRANTY, fields=columns, order_by="name"), default=str))


def wrong(before: dict[str, Any]) -> Iterator[str]:
	"""What a migration has done that it must not, or not done that it must."""
	now = kept()
	for what, was in before["kept"].items():
		if now[what] != was:
			yield f"{what}: {was} before, {now[what]} after"
	if before["promises"]:
		after = promises()
		yield from changed("clock", before["promises"]["clocks"], after["clocks"], ("name",))
		yield from changed("ledger row", before["promises"]["entries"], after["entries"], ("clock", "no"))
		yield from wrong_columns()
	else:
		yield from wrong_promises(now["cases"])
	if before["warranties"]:
		yield from changed("warranty", before["warranties"], warranties(), ("name",))
	yield from wrong_units()


def changed(what: str, was: list[Any], now: list[Any], key: tuple[str, ...]) -> Iterator[str]:
	"""Rows that a migration took away, added or rewrote, one line each."""
	old, new = ({tuple(row[part] for part in key): row for row in rows} for rows in (was, now))
	for name in sorted(old.keys() | new.keys()):
		if old.get(name) != new.get(name):
			yield f"{what} {name}: {old.get(name)} before, {new.get(name)} after"


def wrong_units() -> Iterator[str]:
	"""Units without the key of their record, without a first ledger row, or delivered and without a warranty."""
	units = frappe.get_all(UNIT, fields=["name", "serial_no", "asset", "source_key", "delivered_on"])
	told = set(frappe.get_all("Installed Unit Event", pluck="installed_unit"))
	covered = {row.installed_unit for row in frappe.get_all(WARRANTY, fields=["installed_unit"])}
	started = set(
		frappe.get_all(WARRANTY_ENTRY, filters={"event": ("in", ("Started", "Registered"))}, pluck="warranty")
	)
	for unit in units:
		if (unit.serial_no or unit.asset) and not unit.source_key:
			yield f"{unit.name} has no key of its record"
		if unit.name not in told:
			yield f"{unit.name} has no first event"
		if unit.delivered_on and unit.name not in covered:
			yield f"{unit.name} was delivered on {unit.delivered_on} and has no warranty"
	if not any(unit.delivered_on for unit in units):
		yield "no unit was delivered, so nothing is shown"
	yield from (
		f"{name} has no beginning" for name in frappe.get_all(WARRANTY, pluck="name") if name not in started
	)


def wrong_promises(cases: dict[str, str]) -> Iterator[str]:
	"""Promises that are missing, that were told to somebody, or that are not what their ledger says."""
	clocks, entries = rows_by(CLOCK, "request", "name"), rows_by(ENTRY, "clock", "no")
	if not clocks:
		yield "no case has a clock"
	for case, status in cases.items():
		yield from wrong_case(case, status, clocks.get(case, []))
	for clock in (clock for of_case in clocks.values() for clock in of_case):
		yield from wrong_clock(clock, entries.get(clock.name, []))


def wrong_columns() -> Iterator[str]:
	"""Clocks that say something else than their ledger."""
	entries = rows_by(ENTRY, "clock", "no")
	clocks = frappe.get_all(CLOCK, fields=["*"])
	if not clocks:
		yield "no case has a clock, so nothing is shown"
	for clock in clocks:
		yield from wrong_ledger(clock, entries.get(clock.name, []))


def rows_by(doctype: str, link: str, order: str) -> dict[str, list[Any]]:
	grouped: dict[str, list[Any]] = {}
	for row in frappe.get_all(doctype, fields=["*"], order_by=order):
		grouped.setdefault(row[link], []).append(row)
	return grouped


def wrong_case(case: str, status: str, clocks: list[Any]) -> Iterator[str]:
	from support_service.service_level.policy import policies

	if status in OVER:
		if clocks:
			yield f"{case} is {status} and was given clocks"
		return
	policy, priority = frappe.db.get_value(CASE, case, ["service_level_policy", "priority"])
	if not policy:
		yield f"{case} ({status}) has no policy"
		return
	promised = {terms.kind for terms in policies.terms(policy, priority)} & AT_ONCE
	if missing := promised - {clock.kind for clock in clocks}:
		yield f"{case} ({status}) lacks {sorted(missing)}"


def wrong_clock(clock: Any, ledger: list[Any]) -> Iterator[str]:
	for entry in ledger:
		if not entry.told or entry.told_to or entry.event == "Escalated":
			yield f"{clock.name}: {entry.step} of the past is told"
	yield from wrong_ledger(clock, ledger)


def wrong_ledger(clock: Any, ledger: list[Any]) -> Iterator[str]:
	from support_service.foundation import instants
	from support_service.service_level.clock import derive

	if [entry.no for entry in ledger] != list(range(1, clock.entries + 1)):
		yield f"{clock.name}: ledger rows {[entry.no for entry in ledger]} of {clock.entries}"
		return
	says = derive.columns(derive.read(clock, ledger, instants.now()), derive.steps_taken(clock))
	for column in ("due_utc", "started_utc", "stopped_utc"):
		if says[column] != clock[column]:
			yield f"{clock.name}: {column} is {clock[column]}, its ledger says {says[column]}"


# started with the case itself, whatever has happened since
AT_ONCE = {"First Response", "On Site", "Solution Plan", "Business Restored", "Repair Complete"}


def main(moment: str, site: str, snapshot: Path) -> int:
	frappe.init(site=site)
	frappe.connect()
	found = {"kept": kept(), "promises": promises(), "warranties": warranties()}
	if moment == "before":
		snapshot.write_text(json.dumps(found))
		return 0
	earlier = json.loads(snapshot.read_text())
	if moment == "after":
		faults = list(wrong(earlier))
		snapshot.write_text(json.dumps(found))
	else:
		faults = [f"{what} changed" for what in found if found[what] != earlier[what]]
	counted = ((found["kept"]["cases"], "cases"), (found["promises"].get("clocks", ()), "clocks"))
	counted += ((found["kept"]["units"], "units"), (found["warranties"], "warranties"))
	print("\n".join(faults) or "    " + ", ".join(f"{len(rows)} {what}" for rows, what in counted))
	return bool(faults)


if __name__ == "__main__":
	sys.exit(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
