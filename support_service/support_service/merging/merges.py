"""Two cases that are one: merging them, and undoing it within a day. The one writer of Service Merge and of `merged_into`.

What this does, and why rows move and ledgers stay, is in docs/merging.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from support_service.foundation import instants, language, locks, rows
from support_service.service_level.clock import clocks
from support_service.service_level.clock.case_clocks import Happening
from support_service.support_service import kept_columns, moves
from support_service.support_service.happenings import past_of_promises
from support_service.support_service.lifecycle import OPEN_STATES, WAITING_STATES, Status
from support_service.support_service.merging import carrying, rules, standing, whole

if TYPE_CHECKING:
	from support_service.support_service.doctype.service_request.service_request import ServiceRequest

CASE, MERGE = whole.CASE, whole.MERGE


class CannotMergeError(frappe.ValidationError):
	"""These two cases cannot become one; the message says why."""


class CannotUndoMergeError(frappe.ValidationError):
	"""This merge cannot be undone; the message says why."""


def merge(merged: str, into: str, reason: str | None = None) -> Document:
	"""Make `merged` a part of `into`; returns the Service Merge. All or nothing, in the caller's transaction.

	The caller has checked that the user may. Both cases are locked in the order of their numbers, so that two merges that cross
	are done one after the other, and the second finds what the first has made.

	:raises CannotMergeError: says why.
	"""
	part, case = _locked(merged, into)
	refuse_unless_possible(part, case)
	own, theirs = _past_of_whole(case), _past_of_whole(part)
	parts = whole.parts_of(part.name, part.merges)
	doc = _note(part, case, reason)
	lang = language.of_site()
	clocks.note_origin(part.name)
	carrying.carry(doc.name, part.name, case.name)
	# the pointer: its own moves stay, whatever hung on it is gone before those who listen to the end of a case look
	moves.apply_move(
		part.name,
		"merge",
		values={"merged_into": case.name},
		reason=doc.reason or _("Merged into {0}", lang).format(case.name),
		reference=doc,
		by_app=True,
	)
	case = moves.apply_move(
		case.name,
		"take_in",
		reason=_("{0} was merged into this", lang).format(part.name),
		reference=doc,
		by_app=True,
	)
	_count(case)
	kept_columns.put(case, clocks.join(case, parts, own, theirs, _waits(case)))
	kept_columns.put(part, {"clock_state": None, "next_due_at": None, "next_due_kind": None})
	return doc


def undo(name: str) -> Document:
	"""Undo the merge `name`: what came from the merged case goes back to it, which is where it was before.

	:raises CannotUndoMergeError: a day has passed, a later merge stands on it, or something new stands on both.
	"""
	doc = frappe.get_doc(MERGE, name)
	part, case = _locked(doc.merged_request, doc.request)
	doc = locks.get_doc(MERGE, name)
	refuse_unless_undoable(doc, case)
	merged_at = instants.of_utc_column(doc.merged_utc) or 0
	carrying.give_back(doc.name, part.name, case.name)
	undone = {"state": whole.UNDONE, "undone_by": frappe.session.user, "undone_at": now_datetime()}
	rows.update(MERGE, [{"name": doc.name, **undone}])
	doc.update(undone)
	lang = language.of_site()
	part = moves.apply_move(
		part.name,
		"unmerge",
		reason=_("It is not the same as {0}", lang).format(case.name),
		reference=doc,
		by_app=True,
	)
	case = moves.apply_move(
		case.name,
		"let_go",
		reason=_("{0} goes its own way again", lang).format(part.name),
		reference=doc,
		by_app=True,
	)
	_count(case)
	own, theirs = (
		{one.reference for one in _past_of_whole(one_of) if one.reference and one.at <= merged_at}
		for one_of in (case, part)
	)
	_part(part, own - theirs)
	_part(case, theirs - own)
	return doc


def refuse_unless_possible(part: ServiceRequest, case: ServiceRequest) -> None:
	"""Raise CannotMergeError with every reason against making `part` a part of `case`."""
	if reasons := [_(text).format(*names) for text, names in rules.why_not(facts_of(part), facts_of(case))]:
		frappe.throw("<br>".join(reasons), CannotMergeError, title=_("These requests cannot be merged"))


def refuse_unless_undoable(doc: Document, case: ServiceRequest) -> None:
	"""Raise CannotUndoMergeError where the merge `doc` into `case` has to stay."""
	if why := why_not_undone(doc, case):
		frappe.throw(why, CannotUndoMergeError, title=_("The merge stays"))


def why_not_undone(doc: Document, case: ServiceRequest) -> str | None:
	"""Why the merge `doc` into `case` can not be undone, as a sentence; None where it can."""
	if doc.state != whole.IN_FORCE:
		return _("This merge was undone already.")
	merged_at = instants.of_utc_column(doc.merged_utc) or 0
	if instants.now() - merged_at > rules.UNDO_WITHIN:
		return _("A merge can be undone for a day. Split the messages that are about something else instead.")
	if case.merged_into:
		return _("{0} was merged into {1} since. Undo that first.").format(case.name, case.merged_into)
	if both := standing.on_both(doc):
		return _(
			"Since the merge something was made that stands on both: {0}. Split the messages that are about something else instead."
		).format("; ".join(both))
	return None


def facts_of(case: ServiceRequest) -> rules.Facts:
	return rules.Facts(
		name=case.name,
		status=case.status,
		customer=case.customer or "",
		company=case.company or "",
		unit=case.installed_unit or "",
		merged_into=case.merged_into or "",
		imported=bool(case.imported),
	)


def _locked(one: str, other: str) -> tuple[ServiceRequest, ServiceRequest]:
	found = {name: locks.get_doc(CASE, name) for name in sorted({one, other})}
	return found[one], found[other]


def _note(part: ServiceRequest, case: ServiceRequest, reason: str | None) -> Document:
	"""The Service Merge of a merge that begins now."""
	name = frappe.generate_hash(length=10)
	row = {
		"name": name,
		"merged_request": part.name,
		"request": case.name,
		"state": whole.IN_FORCE,
		"reason": (reason or "").strip() or None,
		"merged_by": frappe.session.user,
		"merged_at": now_datetime(),
		"merged_utc": instants.utc_column(instants.now()),
	}
	rows.insert(MERGE, [row])
	return frappe.get_doc(MERGE, name)


def _past_of_whole(case: ServiceRequest) -> list[Happening]:
	"""What happened so far to a case and to those that were merged into it, each once, oldest first."""
	found = {
		(one.reference, one.at, one.names): one
		for name in whole.parts_of(case.name, case.merges)
		for one in past_of_promises(case, name)
	}
	return sorted(found.values(), key=lambda one: one.at)


def _count(case: ServiceRequest) -> None:
	kept_columns.put(case, {"merges": len(whole.merged_into(case.name))})


def _waits(case: ServiceRequest) -> str:
	"""The wait that the case's clocks are in: none where its customer has answered."""
	waits = case.status in WAITING_STATES
	if case.status == Status.WAITING_FOR_CUSTOMER and case.customer_answered_on:
		waits = False
	return case.status if waits else ""


def _part(case: ServiceRequest, references: set[tuple[str, str]]) -> None:
	columns = clocks.part(
		case,
		references,
		lambda whose: past_of_promises(case, whose),
		_waits(case),
		reopened=case.status in OPEN_STATES,
	)
	kept_columns.put(case, columns)
