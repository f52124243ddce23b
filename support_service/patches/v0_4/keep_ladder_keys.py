"""Rungs of escalation ladders get the key they are known by stored beside them, so that it outlives a renamed role.

It is the key under which the ledgers of clocks have them already, so nothing is told again.
"""

import frappe

from support_service.service_level.clock.escalation_steps import SAID, STEP, step_of


def execute() -> None:
	"""Write the key of each rung that has none."""
	rungs = frappe.get_all(
		STEP, filters={"step_key": ("is", "not set")}, fields=["name", *SAID], order_by="name"
	)
	for rung in rungs:
		frappe.db.set_value(STEP, rung.name, "step_key", step_of(rung).key, update_modified=False)
	if rungs:
		frappe.clear_cache(doctype="Service Level Policy")
