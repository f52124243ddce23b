"""*Assign To* for several cases of the list: each is assigned for itself, and those that cannot be are named.

Frappe's own gives all of them in one go: one that is refused undoes the others, whose people have been notified by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html

from support_service.foundation.replaced import function_beneath
from support_service.support_service.assignments.assign_to import CASE

ADD_MULTIPLE = "frappe.desk.form.assign_to.add_multiple"
SAVEPOINT = "assign_one_of_many"


class NothingAssignedError(frappe.ValidationError):
	"""None of the cases could be assigned."""


def add(args: Mapping[str, Any]) -> Any:
	"""args: as Frappe's function takes them: doctype, name (JSON list), assign_to (JSON list), description …"""
	theirs = function_beneath(ADD_MULTIPLE)
	if args["doctype"] != CASE:
		return theirs(frappe._dict(args))
	names = frappe.parse_json(args["name"])
	refused = {name: error for name in names if (error := _refusal(theirs, args, name))}
	if not refused:
		return None
	unseen = _("You may not see it, or it is not there.")
	text = "<br>".join(f"{escape_html(name)}: {str(error) or unseen}" for name, error in refused.items())
	if len(refused) == len(names):
		hidden = all(isinstance(error, frappe.PermissionError) for error in refused.values())
		kind = frappe.PermissionError if hidden else NothingAssignedError
		frappe.throw(text, kind, title=_("Nothing was assigned"))
	frappe.msgprint(
		text, title=_("{0} of {1} were not assigned").format(len(refused), len(names)), indicator="orange"
	)
	return None


def _refusal(theirs: Any, args: Mapping[str, Any], name: str) -> Exception | None:
	"""Give one case; why it cannot be, or None."""
	frappe.db.savepoint(SAVEPOINT)
	said = len(frappe.local.message_log)
	try:
		theirs(frappe._dict(args, name=frappe.as_json([name])))
	except (frappe.ValidationError, frappe.PermissionError) as error:
		frappe.db.rollback(save_point=SAVEPOINT)
		del frappe.local.message_log[said:]
		return error
	return None
