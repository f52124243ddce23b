"""What `bench install-app` and `bench migrate` do beside syncing our DocTypes. Every step may run again."""

import frappe
from frappe import _
from frappe.utils import comma_or

from support_service.setup import versions
from support_service.setup.defaults import seed_settings
from support_service.setup.fields import apply_fields
from support_service.setup.grants import apply_grants
from support_service.setup.ownership import refuse_clashes, refuse_taken_names, warn_of_displaced
from support_service.setup.roles import create_roles
from support_service.setup.service_levels import seed as seed_service_levels
from support_service.setup.warranty_policy import seed as seed_warranty_policy
from support_service.support_service.kanban import seed_board


class UnsupportedVersionError(frappe.ValidationError):
	"""Frappe or ERPNext is older or newer than this app supports."""


def before_install() -> None:
	"""Refuse a site we cannot live on; create our roles before the DocTypes name them."""
	check_versions()
	refuse_taken_names()
	create_roles()


def after_install() -> None:
	"""Add what stands outside our own DocTypes and seed the editable defaults."""
	apply()
	seed_settings()
	seed_board()
	seed_service_levels()
	seed_warranty_policy()


def before_migrate() -> None:
	"""Stop before anything is changed: the platform has moved out of the supported range, or an app brings our names."""
	check_versions()
	refuse_clashes()


def after_migrate() -> None:
	"""Bring roles, fields, grants and channels in line with this version of the app."""
	create_roles()
	apply()
	warn_of_displaced()


def apply() -> None:
	"""The idempotent part, shared by install and migrate."""
	from support_service.service_intake.channels import sync

	apply_fields()
	apply_grants()
	sync()


def check_versions() -> None:
	"""Raise UnsupportedVersionError, naming app, version and supported range."""
	for app in versions.SUPPORTED:
		found = frappe.get_attr(f"{app}.__version__")
		if not versions.is_supported(app, found):
			frappe.throw(
				_(
					"support_service needs {0} {1} or a later release of the same version, but this bench has {2}. "
					"Update the bench, or switch it to the branch version-15 or version-16, and try again."
				).format(app, comma_or(versions.lowest_in_words(app), add_quotes=False), found),
				UnsupportedVersionError,
			)
