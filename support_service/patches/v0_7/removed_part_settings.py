"""Sites from before removed parts get the defaults of their settings: Frappe writes a Single's defaults only when it is saved."""

import frappe

SETTINGS = "Support Service Settings"
FIELDS = (
	"removed_part_otherwise",
	"removed_part_due_days",
	"credit_due_days",
	"return_warn_engineer_days",
	"return_warn_lead_days",
)


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
