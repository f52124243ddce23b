"""Engineers no longer read ERPNext's Stock Entries by our grant: each says what every part cost, of all visits and all vans.

What an admin has made of the row stays. An admin gives it back with one row in Role Permissions Manager.
"""

import frappe
from frappe.permissions import rights as RIGHTS

from support_service.constants.grants import READ
from support_service.constants.roles import ENGINEER

ENTRY = "Stock Entry"


def execute() -> None:
	"""Delete the row of the engineers where it still is the one we gave."""
	granted = {right: int(right in READ) for right in RIGHTS}
	ours = {"parent": ENTRY, "role": ENGINEER, "permlevel": 0, "if_owner": 0, **granted}
	if names := frappe.get_all("Custom DocPerm", ours, pluck="name"):
		frappe.db.delete("Custom DocPerm", {"name": ("in", names)})
		frappe.clear_cache(doctype=ENTRY)
