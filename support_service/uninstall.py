"""What `bench uninstall-app` takes away beside our tables. ERPNext's own records stay as they are.

Frappe calls `before_uninstall`, deletes the records of our modules, drops our tables and calls `after_uninstall`.
"""

import frappe

from support_service.setup import names, traces
from support_service.setup.fields import remove_fields
from support_service.setup.grants import drop_unchanged_copies
from support_service.setup.roles import remove_roles


def before_uninstall() -> None:
	"""Remove what refers to our DocTypes while they still exist."""
	frappe.flags.support_service_removed = traces.records_of_our_modules()
	remove_fields()
	traces.remove_fixtures()
	traces.remove_rows_about_our_doctypes()
	traces.remove_rows_about_our_app()


def after_uninstall() -> None:
	"""Remove roles, and what the removal itself left behind."""
	roles = remove_roles()
	drop_unchanged_copies()
	traces.remove_rows_about_our_doctypes()
	traces.forget_deleted([*frappe.flags.support_service_removed, *(("Role", role) for role in roles)])
	traces.forget_deleted([(name, name) for name in names.doctypes()])
	# `bench uninstall-app` closes the connection right after this hook without committing
	frappe.db.commit()
	frappe.clear_cache()
