"""Sites from before needed parts get the defaults of their settings: Frappe writes a Single's defaults only when it is saved."""

import frappe

SETTINGS = "Support Service Settings"
FIELDS = ("resume_with_parts", "reserved_parts_taken", "reserved_parts_days")


def execute() -> None:
	"""Store the default of every field that has never been stored; what an admin has chosen stays."""
	single = frappe.qb.DocType("Singles")
	stored = set(
		frappe.qb.from_(single).select(single.field).where(single.doctype == SETTINGS).run(pluck=True)
	)
	meta = frappe.get_meta(SETTINGS)
	for field in FIELDS:
		if field not in stored and meta.has_field(field):
			frappe.db.set_single_value(SETTINGS, field, meta.get_field(field).default)
