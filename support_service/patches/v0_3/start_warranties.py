"""Sites from before warranties get the policy a new installation begins with; units delivered before, their warranty.

A unit whose delivery is known would have got its warranty then: it starts on that day, so most have run for a while and
some are over already. Units without a date of delivery wait for somebody who knows it. May be stopped and run again.
"""

from __future__ import annotations

import frappe
from frappe.utils import update_progress_bar

from support_service.service_coverage.warranty import warranties
from support_service.service_coverage.warranty.warranties import WarrantyStart
from support_service.setup.warranty_policy import seed

CHUNK = 1000


def execute() -> None:
	"""Seed the policy, then start the warranty of every delivered unit that never had one."""
	seed()
	last, done = "", 0
	while units := without_warranty(after=last):
		warranties.start_many(
			[
				WarrantyStart(
					unit.name,
					unit.delivered_on,
					key=f"delivered|{unit.name}",
					installed_on=unit.installed_on,
					accepted_on=unit.accepted_on,
					reference=("Delivery Note", unit.delivery_note) if unit.delivery_note else None,
				)
				for unit in units
			]
		)
		last, done = units[-1].name, done + len(units)
		frappe.db.commit()  # a chunk is kept, so that a stopped migrate goes on where it was
		update_progress_bar("Starting warranties of delivered units", done, done)


def without_warranty(after: str) -> list:
	"""The next units by name that were delivered and have no warranty; those no policy holds for are passed over."""
	unit, warranty = frappe.qb.DocType("Installed Unit"), frappe.qb.DocType("Service Warranty")
	return (
		frappe.qb.from_(unit)
		.left_join(warranty)
		.on(warranty.installed_unit == unit.name)
		.where(warranty.name.isnull() & unit.delivered_on.isnotnull() & (unit.name > after))
		.where(unit.state.notin(["Returned", "Retired"]))
		.select(unit.name, unit.delivered_on, unit.installed_on, unit.accepted_on, unit.delivery_note)
		.orderby(unit.name)
		.limit(CHUNK)
		.run(as_dict=True)
	)
