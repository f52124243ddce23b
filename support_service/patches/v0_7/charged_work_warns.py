"""Sites from before acceptance was enforced keep the warning: their people have charged work under way that nobody accepted."""

import frappe

SETTINGS = "Support Service Settings"
BEFORE = {"charge_policy": "Warn", "signature_accepts": 1}


def execute() -> None:
	"""Store what held until now; what an admin has chosen stays."""
	single = frappe.qb.DocType("Singles")
	stored = set(
		frappe.qb.from_(single).select(single.field).where(single.doctype == SETTINGS).run(pluck=True)
	)
	for field, value in BEFORE.items():
		if field not in stored:
			frappe.db.set_single_value(SETTINGS, field, value)
