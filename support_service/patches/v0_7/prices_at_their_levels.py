"""Prices and costs are fields of a permission level of their own. Sites with permissions of their own for these DocTypes get the
rows of the new levels, without which nobody would read the fields any more.

Engineers lose them: what a part costs us and what a customer is charged is not needed for the work. An admin gives it back with
one row in Role Permissions Manager.
"""

import frappe
from frappe.permissions import rights as RIGHTS

# DocType → the new level
LEVELS = {
	"Engineer Visit": 2,
	"Coverage Decision": 1,
	"Service Contract": 2,
	"Service Contract Template": 1,
}


def execute() -> None:
	"""Copy the standard rows of the new level to the site's own, where it has none of that level."""
	for doctype, level in LEVELS.items():
		own = {"parent": doctype}
		if not frappe.db.exists("Custom DocPerm", own):
			continue
		if frappe.db.exists("Custom DocPerm", {**own, "permlevel": level}):
			continue
		for row in frappe.get_all("DocPerm", {**own, "permlevel": level}, ["role", *RIGHTS]):
			frappe.get_doc(
				{
					"doctype": "Custom DocPerm",
					"parenttype": "DocType",
					"parentfield": "permissions",
					"permlevel": level,
					**own,
					**row,
				}
			).insert()
		frappe.clear_cache(doctype=doctype)
