"""What can be taken over: one kind per ERPNext DocType, and the constants and classes that kinds and engine share.

A kind is a module with two steps: `plan` reads records and decides what each becomes, and writes nothing, so a dry run
is the plan alone; `make` writes what was planned. The engine (`run/worker.py`) calls both chunk by chunk, commits and
counts. `kinds()` below lists them in the order in which they are taken over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import frappe

from support_service.constants.words import N_

Target = tuple[str, str]  # DocType, name

WOULD = N_("Would Be Made")
MADE = N_("Made")
ALREADY = N_("Already There")
SKIPPED = N_("Skipped")
FAILED = N_("Failed")
# outside of what the run was asked for: counted, not listed in the report
OUTSIDE = N_("Outside the Choice")
OUTCOMES = (WOULD, MADE, ALREADY, SKIPPED, FAILED, OUTSIDE)

# the channel of every case that was made of a document of ERPNext
CHANNEL = {
	"name": "ERPNext",  # the same in every language; "Powered by ERPNext" on the portal stays too
	"description": N_("An Issue, Warranty Claim or Maintenance Visit of ERPNext"),
	"icon": "branch",
}


@dataclass(frozen=True, slots=True)
class Scope:
	"""Which records a run looks at; None does not narrow. since: documents dated on or after it.

	units_ahead: True in a dry run that includes serial numbers: units that cases and contracts will name are not in the
	database then, but only planned.
	"""

	company: str | None = None
	customer: str | None = None
	since: date | None = None
	units_ahead: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
	"""What one record is to become.

	outcome: WOULD (it can be made), ALREADY (it was taken over before), SKIPPED or OUTSIDE (of the run's scope). reason: a
	sentence in the site's language; with WOULD it says what could not be taken over with it. target: what it became, where
	that exists. material: whatever the kind's `make` needs.
	"""

	source: str
	outcome: str
	reason: str | None = None
	target: Target | None = None
	material: Any = None


class Kind(Protocol):
	"""One kind of records. It has no state, so a plain module is one.

	DOCTYPE: the DocType of the records, which are taken over in the order of their names, each once.
	"""

	DOCTYPE: str

	def count(self, scope: Scope) -> int:
		"""How many records the run will look at, for the progress bar."""

	def names(self, scope: Scope, after: str, limit: int) -> list[str]:
		"""The next `limit` records after the one named `after`, in the order of names."""

	def plan(self, names: Sequence[str], scope: Scope) -> list[Plan]:
		"""One plan per name. Reads only; the number of queries does not grow with the number of names."""

	def make(self, plans: Sequence[Plan]) -> Mapping[str, Target]:
		"""Write what is planned; returns name of the record → what it became. The engine commits."""


def kinds() -> dict[str, Kind]:
	"""Checkbox of Takeover Run → kind, in the order of the takeover: units before the cases that name them."""
	modules = {
		"serial_nos": "units.serial_numbers",
		"assets": "units.assets",
		"issues": "cases.past_issues",
		"warranty_claims": "cases.past_claims",
		"maintenance_visits": "cases.past_visits",
		"maintenance_schedules": "schedules",
		"portal_access": "contact_logins",
	}
	return {
		fieldname: frappe.get_module(f"support_service.erpnext_takeover.{module}")
		for fieldname, module in modules.items()
	}


def filters_of(
	scope: Scope, *, dated: str, after: str | None = None, customer: str | None = "customer", **more: Any
) -> list[list[Any]]:
	"""Filters for a DocType with `company`, perhaps `customer`, and the date field `dated`."""
	filters: list[list[Any]] = [[fieldname, "=", value] for fieldname, value in more.items()]
	if scope.company:
		filters.append(["company", "=", scope.company])
	if scope.customer and customer:
		filters.append([customer, "=", scope.customer])
	if scope.since:
		filters.append([dated, ">=", scope.since])
	if after:
		filters.append(["name", ">", after])
	return filters


def next_names(doctype: str, filters: list[list[Any]], limit: int) -> list[str]:
	return frappe.get_all(doctype, filters=filters, order_by="name asc", limit=limit, pluck="name")
