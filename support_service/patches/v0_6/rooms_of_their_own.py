"""Service Charging, Customer Portal and Foundation became modules of their own: move their documents there."""

from __future__ import annotations

import frappe

APP = "support_service"
# module → (kind of document, its name)
MOVED: dict[str, tuple[tuple[str, str], ...]] = {
	"Foundation": (("DocType", "Postponed Work"),),
	"Service Charging": (
		("DocType", "Coverage Decision"),
		("DocType", "Coverage Decision Line"),
		("DocType", "Supplier Claim"),
	),
	"Customer Portal": (("Report", "Portal Access"), ("Print Format", "Service Tracking Card")),
}


def execute() -> None:
	"""Before the DocTypes are read from their files: Frappe finds the code of a document by its module."""
	for module, documents in MOVED.items():
		if not frappe.db.exists("Module Def", module):
			frappe.get_doc({"doctype": "Module Def", "module_name": module, "app_name": APP}).insert()
		for kind, name in documents:
			if frappe.db.exists(kind, name) and frappe.db.get_value(kind, name, "module") != module:
				frappe.db.set_value(kind, name, "module", module, update_modified=False)
	frappe.clear_cache()
