"""A colleague lent by another team must see the case they visit: lent by Frappe's own sharing, and taken back.

The visit keeps the name of the DocShare it made (`lent_share`), so a share that a person gave is told from ours. It is taken
back when another engineer goes, and when the visit is submitted, cancelled or deleted; another open visit of the same
engineer on the case takes it over. A share that a person has changed since is theirs, and stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import frappe
import frappe.share
from frappe import _

from support_service.field_service.errors import CaseNotYoursToLendError

if TYPE_CHECKING:
	from support_service.field_service.doctype.engineer_visit.engineer_visit import EngineerVisit
	from support_service.foundation.posting import Posting

CASE, VISIT, SHARE, TODO = "Service Request", "Engineer Visit", "DocShare", "ToDo"


def keep_share(visit: EngineerVisit) -> None:
	"""Only this module writes `lent_share`: whatever a save brings for it, what is stored counts."""
	before = visit.get_doc_before_save()
	visit.lent_share = before.lent_share if before else None


def follow(visit: EngineerVisit) -> None:
	"""After a save: an open visit lends the case to its engineer, and takes it back from who was to go before."""
	before = visit.get_doc_before_save()
	if visit.docstatus or (before and before.engineer_user == visit.engineer_user):
		return
	if before:
		_take_back(before)
		visit.lent_share = None
	if not frappe.has_permission(CASE, "read", visit.service_request, user=visit.engineer_user):
		_lend(visit)
	elif before and before.lent_share:
		visit.db_set("lent_share", None, update_modified=False)


def end(visit: EngineerVisit, posting: Posting | None = None) -> None:
	"""The visit is submitted or cancelled (a step of both) or deleted: it is over, and so is the reason to see its case."""
	if visit.lent_share:
		_take_back(visit)
		visit.db_set("lent_share", None, update_modified=False)


def _lend(visit: EngineerVisit) -> None:
	if not _may_lend(visit):
		frappe.throw(
			_(
				"{0} may not see the request of this visit, and neither may you. Ask whoever may to send another engineer."
			).format(visit.engineer_name or visit.engineer),
			CaseNotYoursToLendError,
		)
	# who sees the case may lend it for a visit, whether or not their role shares documents
	share = frappe.share.add_docshare(
		CASE, visit.service_request, visit.engineer_user, flags={"ignore_share_permission": True}
	)
	visit.db_set("lent_share", share.name, update_modified=False)


def _may_lend(visit: EngineerVisit) -> bool:
	"""Whoever sees the case; and whoever corrects the report of the engineer who was there."""
	if visit.flags.ignore_permissions or frappe.has_permission(CASE, "read", visit.service_request):
		return True
	return bool(visit.amended_from) and visit.engineer_user == frappe.db.get_value(
		VISIT, visit.amended_from, "engineer_user"
	)


def _take_back(visit: Any) -> None:
	"""visit: as it stood when it lent."""
	if not visit.lent_share or not _is_untouched(visit):
		return
	same = {"service_request": visit.service_request, "engineer_user": visit.engineer_user, "docstatus": 0}
	if other := frappe.db.get_value(VISIT, {**same, "name": ("!=", visit.name)}):
		frappe.db.set_value(VISIT, other, "lent_share", visit.lent_share, update_modified=False)
		return
	assigned = {"reference_type": CASE, "reference_name": visit.service_request, "status": "Open"}
	if frappe.db.exists(TODO, {**assigned, "allocated_to": visit.engineer_user}):
		return  # Frappe would have shared it for the assignment
	frappe.delete_doc(
		SHARE,
		visit.lent_share,
		flags={"ignore_share_permission": True},
		ignore_permissions=True,  # what the app has given, the app takes back
		delete_permanently=True,
	)
	if not frappe.has_permission(CASE, "read", visit.service_request, user=visit.engineer_user):
		# followers are mailed what changes, without being asked whether they may still see it
		follows = {"ref_doctype": CASE, "ref_docname": visit.service_request, "user": visit.engineer_user}
		frappe.db.delete("Document Follow", follows)


def _is_untouched(visit: Any) -> bool:
	"""Whether the share is as it was made; one that a person has saved since is theirs."""
	fields = ["creation", "modified", "read", "write", "share", "submit", "everyone"]
	whose = {"share_doctype": CASE, "share_name": visit.service_request, "user": visit.engineer_user}
	share = frappe.db.get_value(SHARE, {"name": visit.lent_share, **whose}, fields, as_dict=True)
	return (
		bool(share)
		and share.creation == share.modified
		and not (share.write or share.share or share.submit or share.everyone)
	)
