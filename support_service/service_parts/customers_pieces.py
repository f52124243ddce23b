"""Pieces of customers that lie in our warehouse while they are repaired: nobody fits or lends them elsewhere."""

from __future__ import annotations

from collections.abc import Collection

import frappe

PART, CUSTOMER = "Removed Part", "Customer"
# the statuses between receiving and handing over (`removed/lifecycle.py`)
WITH_US = ("Received", "Tested", "In Repair", "Repaired")


def here(serials: Collection[str]) -> dict[str, str]:
	"""Those of these serial numbers, case-folded, that are a customer's and lie with us → the Removed Part."""
	if not serials:
		return {}
	rows = frappe.get_all(
		PART,
		filters={"serial_no": ("in", sorted(serials)), "belongs_to": CUSTOMER, "status": ("in", WITH_US)},
		fields=["serial_no", "name"],
		order_by=None,
	)
	return {row.serial_no.casefold(): row.name for row in rows}
