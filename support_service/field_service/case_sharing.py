"""Sharing a case with the engineer of an open visit who could not read it otherwise: a colleague of another team.

Frappe's own sharing is used. The visit keeps the name of the DocShare it made (`lent_share`), which tells it apart from
shares that people gave. The share is deleted when another engineer goes instead, and when the visit is submitted, cancelled
or deleted; if the engineer has another open visit on the case, that one keeps it. A share that a person has changed stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import frappe
import frappe.share
from frappe import _

from support_service.field_service.errors import CaseNotYoursToShareError

if TYPE_CHECKING:
	from support_service.field_service.doctype.engineer_visit.engineer_visit import EngineerVisit
	from support_service.foundation.posting import Posting

CASE, VISIT, SHARE, TODO = "Service Request", "Engineer Visit", "DocShare", "ToDo"


def keep_share(visit: EngineerVisit) -> None:
	"""Before a save: set `lent_share` to what is stored, as only this module writes it."""
	before = visit.get_doc_before_save()
	visit.lent_share = before.lent_share if before else None


def follow(visit: EngineerVisit) -> None:
	"""After a save of an open visit: share the case with its engineer, and end the share of the engineer before."""
	before = visit.get_doc_before_save()
	if visit.docstatus or (before and before.engineer_user == visit.engineer_user):
		return
	if before:
		_end_share(before)
		visit.lent_share = None
	if not frappe.has_permission(CASE, "read", visit.service_request, user=visit.engineer_user):
		_share_case(visit)
	elif before and before.lent_share:
		visit.db_set("lent_share", None, update_modified=False)


def end(visit: EngineerVisit, posting: Posting | None = None) -> None:
	"""A step of submitting and of cancelling, and done before deleting: end the share, as the engineer has no visit any more."""
	if visit.lent_share:
		_end_share(visit)
		visit.db_set("lent_share", None, update_modified=False)


def _share_case(visit: EngineerVisit) -> None:
	if not _may_share(visit):
		frappe.throw(
			_(
				"{0} may not see the request of this visit, and neither may you. Ask whoever may to send another engineer."
			).format(visit.engineer_name or visit.engineer),
			CaseNotYoursToShareError,
		)
	# who may read the case may share it for a visit, whether or not their role shares documents
	share = frappe.share.add_docshare(
		CASE, visit.service_request, visit.engineer_user, flags={"ignore_share_permission": True}
	)
	visit.db_set("lent_share", share.name, update_modified=False)


def _may_share(visit: EngineerVisit) -> bool:
	"""Whether the user may read the case, or amends the visit of the engineer who was there."""
	if visit.flags.ignore_permissions or frappe.has_permission(CASE, "read", visit.service_request):
		return True
	return bool(visit.amended_from) and visit.engineer_user == frappe.db.get_value(
		VISIT, visit.amended_from, "engineer_user"
	)


def _end_share(visit: Any) -> None:
	"""End the share of `visit`, given as it was stored when it shared."""
	if not visit.lent_share or not _is_as_made(visit):
		return
	same = {"service_request": visit.service_request, "engineer_user": visit.engineer_user, "docstatus": 0}
	if other := frappe.db.get_value(VISIT, {**same, "name": ("!=", visit.name)}):
		frappe.db.set_value(VISIT, other, "lent_share", visit.lent_share, update_modified=False)
		return
	assigned = {"reference_type": CASE, "reference_name": visit.service_request, "status": "Open"}
	if frappe.db.exists(TODO, {**assigned, "allocated_to": visit.engineer_user}):
		return  # an assignment needs the share, too
	frappe.delete_doc(
		SHARE,
		visit.lent_share,
		flags={"ignore_share_permission": True},
		ignore_permissions=True,  # a share that this module made; who ends the visit need not share documents
		delete_permanently=True,
	)
	if not frappe.has_permission(CASE, "read", visit.service_request, user=visit.engineer_user):
		# Frappe mails changes to followers without checking whether they may still read the document
		follows = {"ref_doctype": CASE, "ref_docname": visit.service_request, "user": visit.engineer_user}
		frappe.db.delete("Document Follow", follows)


def _is_as_made(visit: Any) -> bool:
	"""Whether the share is as this module made it: no person has saved it since."""
	fields = ["creation", "modified", "read", "write", "share", "submit", "everyone"]
	whose = {"share_doctype": CASE, "share_name": visit.service_request, "user": visit.engineer_user}
	share = frappe.db.get_value(SHARE, {"name": visit.lent_share, **whose}, fields, as_dict=True)
	return (
		bool(share)
		and share.creation == share.modified
		and not (share.write or share.share or share.submit or share.everyone)
	)
