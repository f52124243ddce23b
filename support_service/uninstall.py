"""What `bench uninstall-app` takes away beside our tables. ERPNext's own records stay as they are.

What of the site's own points at us is named first, and the uninstall refused (`setup/pointers.py`).

Frappe calls `before_uninstall`, deletes the records of our modules, drops our tables, takes the app from the list of
installed apps, and calls `after_uninstall`. It calls both hooks for `--dry-run` too, so nothing is removed before the
app has really gone.
"""

import frappe

from support_service.service_intake.mail import spool
from support_service.setup import counters, names, pointers, sidebar, traces
from support_service.setup.fields import our_fields, remove_fields
from support_service.setup.grants import forget_grants
from support_service.setup.roles import remove_roles


def before_uninstall() -> None:
	"""Refuse where something that stays points at us; remember what cannot be found any more once our modules are gone."""
	frappe.flags.support_service_pointers = pointers.refuse()
	frappe.flags.support_service_fields = list(our_fields())
	frappe.flags.support_service_series = counters.our_templates()
	frappe.flags.support_service_records = traces.records_of_our_modules()
	frappe.flags.support_service_sites_own = traces.records_about_our_doctypes()


def after_uninstall() -> None:
	"""Remove everything of ours outside our own tables, and what the removal itself left behind."""
	if names.APP in frappe.get_installed_apps():
		return  # a dry run
	remove_fields(frappe.flags.support_service_fields)
	pointers.release(frappe.flags.support_service_pointers)
	traces.remove_fixtures()
	sidebar.remove()
	spool.remove()
	counters.remove_ours(frappe.flags.support_service_series)
	traces.remove_rows_about_our_app()
	traces.remove_rows_about_our_doctypes()
	gone = [*frappe.flags.support_service_records, *frappe.flags.support_service_sites_own]
	traces.remove_rows_about(gone)
	# last: a role that something which stays still asks for is kept
	roles = remove_roles()
	forget_grants()
	traces.forget_deleted([*gone, *(("Role", role) for role in roles)])
	# `bench uninstall-app` closes the connection right after this hook without committing
	frappe.db.commit()
	frappe.clear_cache()
