"""Warranties of the demo: three policies, and one warranty in each state a reader may want to see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import frappe
from frappe.utils import add_days, getdate

from support_service.demo.base import day, ensure
from support_service.demo.goods_data import INSTALLED
from support_service.service_coverage.vocabulary import Kind
from support_service.service_coverage.warranty import store as warranty_store
from support_service.service_coverage.warranty import warranties
from support_service.service_coverage.warranty.rules import Terms

# item → policy: what of it differs from the standard of a year from delivery
POLICIES: dict[str, dict[str, Any]] = {
	# medical devices: three years for parts from final acceptance, a year for the rest
	"US-SCAN-E8": {"starts_at": "Final Acceptance", "months_parts": 36, "part_months": 12},
	# controllers: labour at half after none, travel never
	"CNC-CTRL-840": {"months_parts": 24, "share_labour": 50, "months_travel": 0},
	# waits for whoever installs it
	"CRAC-20": {"starts_at": "Installation"},
}
WORN_OUT = {"exclusion": "Consumables and parts that wear out in normal use", "applies_to": "Parts"}


def make_policies() -> None:
	"""The demo's own policies beside the standard; they must stand before anything is delivered."""
	for item, terms in POLICIES.items():
		ensure(
			"Warranty Policy",
			{"policy_name": f"Demo – {item}"},
			{"item": item, "exclusions": [WORN_OUT], **terms},
		)


def make_warranties() -> None:
	"""Change some of the warranties the deliveries started, each once and with a reason."""
	for serial, (reason, change) in CHANGES.items():
		for name in _warranty_of(serial):
			if not frappe.db.exists("Service Warranty Entry", {"warranty": name, "reason": reason}):
				change(name, reason)


def summary() -> str:
	"""How many warranties of demo units there are, by today's status."""
	units = frappe.get_all("Installed Unit", {"serial_no": ("in", list(INSTALLED))}, pluck="name")
	rows = frappe.get_all("Service Warranty", {"installed_unit": ("in", units or [""])}, ["*"])
	found = Counter(warranty_store.status_today(row) for row in rows)
	counts = ", ".join(f"{count} {status}" for status, count in sorted(found.items()))
	return f"  {len(rows)} warranties: {counts}"


def _ends(name: str, days: int) -> Terms:
	"""The same shares from the same start, to a day so far from today."""
	row = frappe.db.get_value("Service Warranty", name, ["*"], as_dict=True)
	start = row.starts_on or day(200)
	last = max(getdate(add_days(getdate(), days)), start)
	return Terms(start, dict.fromkeys(Kind, last), warranty_store.as_terms(row).shares)


def _warranty_of(serial: str) -> list[str]:
	unit = frappe.db.get_value("Installed Unit", {"serial_no": serial})
	return frappe.get_all(
		"Service Warranty", {"installed_unit": unit, "fitted_part": ("is", "not set")}, pluck="name", limit=1
	)


# serial number → why, and what; reasons are what the ledger shows
CHANGES: dict[str, tuple[str, Callable[[str, str], None]]] = {
	"UPS6K-240117": (
		"Extended with the order for the second building",
		lambda name, reason: warranties.extend(
			name, dict.fromkeys(Kind, getdate(add_days(getdate(), 900))), reason=reason
		),
	),
	"UPS6K-240125": (
		"Sold as a used device: ends within weeks",
		lambda name, reason: warranties.correct(name, _ends(name, 25), reason=reason),
	),
	"PRN4-55120": (
		"Demonstration device, its warranty is over",
		lambda name, reason: warranties.correct(name, _ends(name, -3), reason=reason),
	),
	"PRN4-55121": ("Invoice not paid", lambda name, reason: warranties.suspend(name, reason=reason)),
	"UPS6K-240131": (
		"Opened by somebody else, the seal is broken",
		lambda name, reason: warranties.void(name, reason=reason),
	),
}
