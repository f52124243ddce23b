"""Whitelisted functions of merging; see docs/merging.md."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import frappe
from frappe import _

from support_service.constants.roles import DESK_AGENT, LEAD, MANAGER
from support_service.foundation import transactions
from support_service.permissions import named_links
from support_service.permissions.role_check import has_role, require_role
from support_service.support_service.merging import merges, preview, splits, whole

MAY_MERGE = (DESK_AGENT, LEAD, MANAGER)
MANY = 50  # duplicates at once


@frappe.whitelist()
def preview_merge(request: str, into: str) -> dict[str, Any]:
	"""What merging `request` into `into` would do; see preview.of."""
	_require(request)
	_require_other(into)
	return preview.of(request, into)


@frappe.whitelist(methods=["POST"])
def merge(request: str, into: str, reason: str | None = None) -> dict[str, str]:
	"""Merge `request` into `into`; returns `merge` and the name of the request that goes on."""
	_require(request)
	_require_other(into)
	done = _whole(lambda: merges.merge(request, into, reason))
	return {"merge": done.name, "request": done.request}


@frappe.whitelist(methods=["POST"])
def merge_many(names: str | list[str], into: str, reason: str | None = None) -> list[dict[str, Any]]:
	"""Merge several duplicates into `into`, each whole or not at all; returns for each `name`, `done` and why not (`said`)."""
	_require(into)
	results: list[dict[str, Any]] = []
	for name in dict.fromkeys(frappe.parse_json(names)[:MANY]):
		if name == into:
			continue
		try:
			_require(name)
			_whole(partial(merges.merge, name, into, reason))
			frappe.db.commit()  # each is whole, whatever becomes of the next
			results.append({"name": name, "done": True, "said": ""})
		except (frappe.ValidationError, frappe.PermissionError) as error:
			frappe.db.rollback()
			frappe.clear_messages()
			results.append({"name": name, "done": False, "said": str(error)})
	return results


@frappe.whitelist(methods=["POST"])
def undo_merge(request: str) -> dict[str, str]:
	"""Undo the merge of `request` into another; returns both names."""
	_require(request)
	name = frappe.db.get_value(whole.MERGE, {"merged_request": request, "state": whole.IN_FORCE})
	if not name:
		frappe.throw(
			_("{0} is not merged into another request.").format(request), merges.CannotUndoMergeError
		)
	_require_other(frappe.db.get_value(whole.MERGE, name, "request"))
	done = _whole(lambda: merges.undo(name))
	return {"request": done.merged_request, "from": done.request}


@frappe.whitelist()
def state_of(request: str) -> dict[str, Any]:
	"""For the form: `goes_on_as` of a merged request; `merged`: those merged into it, each with name, subject, by, at, `may_undo`,
	`why_not`; `may_merge`."""
	case = frappe.get_doc(whole.CASE, request)
	case.check_permission("read")
	allowed = has_role(MAY_MERGE)
	fields = ["name", "merged_request", "request", "reason", "merged_by", "merged_at"]
	about = {"state": whole.IN_FORCE, "merged_request" if case.merged_into else "request": case.name}
	shown = []
	for row in frappe.get_list(whole.MERGE, about, fields, order_by="merged_at desc", limit=MANY):
		into = case if row.request == case.name else frappe.get_doc(whole.CASE, row.request)
		why_not = merges.why_not_undone(frappe.get_doc(whole.MERGE, row.name), into) if allowed else None
		subject = frappe.db.get_value(whole.CASE, row.merged_request, "subject")
		by = frappe.utils.get_fullname(row.merged_by)
		shown.append(
			{**row, "subject": subject, "by": by, "may_undo": allowed and not why_not, "why_not": why_not}
		)
	return {
		"goes_on_as": whole.goes_on_as(case.name) if case.merged_into else None,
		"merged": shown,
		"may_merge": allowed and not case.merged_into,
	}


@frappe.whitelist()
def messages_to_split(request: str) -> list[dict[str, Any]]:
	"""Messages of `request` that may become a request of their own; see splits.messages_of."""
	_require(request)
	return splits.messages_of(request)


@frappe.whitelist(methods=["POST"])
def split(request: str, messages: str | list[str], subject: str, unit: str | None = None) -> dict[str, str]:
	"""Make a request of its own of `messages`; returns its `name`."""
	_require(request)
	frappe.has_permission(whole.CASE, "create", throw=True)
	named_links.require("Installed Unit", unit, _("Installed Unit"))
	return {"name": _whole(lambda: splits.split(request, frappe.parse_json(messages), subject, unit)).name}


def _require(request: str) -> None:
	require_role(MAY_MERGE, _("Only agents, leads and managers can merge requests."))
	frappe.has_permission(whole.CASE, "write", request, throw=True)


def _require_other(request: str) -> None:
	named_links.require(whole.CASE, request, _("Service Request"))
	frappe.has_permission(whole.CASE, "write", request, throw=True)


def _whole(work: Callable[[], Any]) -> Any:
	"""Do `work` in a transaction that has read nothing yet, and again from the start where others held the same rows; in the
	caller's, where that has written something already."""
	if frappe.db.transaction_writes:
		return work()
	frappe.db.commit()  # nothing is written yet: it ends the snapshot in which the rights were asked
	return transactions.repeated(work)
