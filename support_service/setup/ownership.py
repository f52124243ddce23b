"""DocType names are global to a site: never take over a DocType that belongs to somebody else."""

import frappe
from frappe import _

from support_service.setup import names


class DocTypeNameTakenError(frappe.ValidationError):
	"""One of our DocType names already belongs to another app or to the site itself."""


def refuse_foreign_doctypes() -> None:
	"""Raise DocTypeNameTakenError when the site has a DocType of one of our names that is not ours."""
	taken = [
		f"{row.name} ({_('custom') if row.custom else row.module})"
		for row in frappe.get_all(
			"DocType", {"name": ["in", names.doctypes()]}, ["name", "module", "custom"], order_by="name"
		)
		if row.custom or row.module not in names.modules()
	]
	if taken:
		frappe.throw(
			_(
				"support_service was not installed: this site already has DocTypes of the same name: {0}. "
				"Rename them, or remove the app or customisation they belong to, then install again."
			).format(", ".join(taken)),
			DocTypeNameTakenError,
		)
