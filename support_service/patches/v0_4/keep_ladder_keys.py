"""Steps of escalation ladders get their key stored in a field, so that it stays when a role is renamed.

The ledgers of clocks have them under this very key already, so nobody is notified again.
"""

import frappe

from support_service.service_level.clock.escalation_steps import SAID, STEP, step_of


def execute() -> None:
	"""Write the key of each step that has none."""
	steps = frappe.get_all(
		STEP, filters={"step_key": ("is", "not set")}, fields=["name", *SAID], order_by="name"
	)
	for step in steps:
		frappe.db.set_value(STEP, step.name, "step_key", step_of(step).key, update_modified=False)
	if steps:
		frappe.clear_cache(doctype="Service Level Policy")
