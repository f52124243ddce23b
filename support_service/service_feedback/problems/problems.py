"""Problem records: what they need in which state, which requests belong to them, and who is told that one is fixed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from support_service.foundation import locks, people
from support_service.service_feedback.problems import likeness
from support_service.support_service.lifecycle import FINAL_STATES
from support_service.support_service.messaging import recipients
from support_service.support_service.moves import is_filled

PROBLEM, ROW = "Service Problem", "Service Problem Case"
PROPOSED, IN_ANALYSIS, KNOWN, FIXED, REJECTED = "Proposed", "In Analysis", "Known", "Fixed", "Rejected"
# a problem in one of these is shown to whoever handles the next request
SHOWN = (PROPOSED, IN_ANALYSIS, KNOWN, FIXED)
MOST_SHOWN = 3


class ProblemIncompleteError(frappe.ValidationError):
	"""Something that this state of a problem needs is missing."""


class CaseLinkedError(frappe.ValidationError):
	"""The request belongs to a problem already."""


def check(problem: Document) -> None:
	"""Part of a problem's validation."""
	stored = problem.get_doc_before_save()
	problem.proposed = int(stored.proposed if stored else bool(problem.flags.proposed_by_app))
	problem.fixed_on = stored.fixed_on if stored else None
	_check_state(problem)
	_check_rows(problem, stored)
	if problem.status == FIXED:
		problem.fixed_on = problem.fixed_on or now_datetime()
	else:
		problem.fixed_on = None


def _check_state(problem: Document) -> None:
	if problem.status not in (PROPOSED, REJECTED) and not problem.responsible:
		_needs(problem, "responsible")
	if problem.status == KNOWN and not (is_filled(problem.root_cause) or is_filled(problem.workaround)):
		frappe.throw(
			_("A known problem has a root cause or a workaround. Please write one of them."),
			ProblemIncompleteError,
		)
	if problem.status == FIXED and not is_filled(problem.permanent_fix):
		_needs(problem, "permanent_fix")
	if problem.status == REJECTED and not (problem.rejected_why or "").strip():
		_needs(problem, "rejected_why")


def _needs(problem: Document, fieldname: str) -> None:
	label = _(problem.meta.get_label(fieldname), context=problem.doctype)
	frappe.throw(_("Please fill in: {0}.").format(label), ProblemIncompleteError)


def _check_rows(problem: Document, stored: Document | None) -> None:
	"""A request once in a problem; when and by whom it was linked is written by the app."""
	before = {row.name: row for row in stored.cases} if stored else {}
	seen: set[str] = set()
	kept = []
	for row in problem.cases:
		if not (row.service_request or row.installed_unit):
			continue
		if row.service_request:
			if row.service_request in seen:
				continue
			seen.add(row.service_request)
			if not row.installed_unit:
				row.installed_unit = frappe.db.get_value(
					"Service Request", row.service_request, "installed_unit"
				)
		earlier = before.get(row.name)
		row.linked_on = earlier.linked_on if earlier else now_datetime()
		row.linked_by = earlier.linked_by if earlier else frappe.session.user
		row.told = int(earlier.told) if earlier and problem.status == FIXED else 0
		kept.append(row)
	problem.cases = kept
	others = _problems_of(seen)
	for case in sorted(seen):
		if (other := others.get(case)) and other != problem.name:
			frappe.throw(_("{0} belongs to the problem {1} already.").format(case, other), CaseLinkedError)


def _problems_of(cases: Iterable[str]) -> dict[str, str]:
	"""Request → the problem it belongs to, of those that are not rejected."""
	row, problem = frappe.qb.DocType(ROW), frappe.qb.DocType(PROBLEM)
	listed = sorted(cases)
	if not listed:
		return {}
	query = (
		frappe.qb.from_(row)
		.join(problem)
		.on(problem.name == row.parent)
		.select(row.service_request, row.parent)
		.where(row.service_request.isin(listed) & (problem.status != REJECTED))
	)
	return dict(query.run())


def problem_of(case: str) -> str | None:
	"""The problem that a request belongs to."""
	return _problems_of([case]).get(case)


def link(problem: str, case: str) -> Document:
	"""Put `case` on `problem`, once. The caller has checked that the user may see the case and read the problem."""
	# the case first, in the same order as every move of a case
	request = locks.get_doc("Service Request", case)
	doc = locks.get_doc(PROBLEM, problem)
	if any(row.service_request == case for row in doc.cases):
		return doc
	doc.append("cases", {"service_request": case, "installed_unit": request.installed_unit})
	doc.save(
		ignore_permissions=True
	)  # who handles a case says what it is, without a right to change the problem
	return doc


def unlink(case: str) -> str | None:
	"""Take `case` off the problem it belongs to; returns that problem."""
	name = problem_of(case)
	if not name:
		return None
	doc = locks.get_doc(PROBLEM, name)
	doc.cases = [row for row in doc.cases if row.service_request != case]
	doc.save(ignore_permissions=True)  # as for `link`
	return name


def shown_for(case: Document) -> list[dict[str, Any]]:
	"""Problems to show on a request: the one it belongs to, and those of its product that sound alike, the likest first."""
	own = problem_of(case.name)
	fields = ["name", "title", "status", "fault", "root_cause", "workaround", "permanent_fix", "item_code"]
	found = [_shown(frappe.db.get_value(PROBLEM, own, fields, as_dict=True), linked=True)] if own else []
	if own or not case.item_code:
		return found
	rows = frappe.get_all(
		PROBLEM,
		{"item_code": case.item_code, "status": ("in", SHOWN)},
		fields,
		order_by="modified desc",
		limit=200,
	)
	said = likeness.terms(case.subject, case.description, case.cause)
	known = {row.name: told_of(row) for row in rows}
	by_name = {row.name: row for row in rows}
	alike = likeness.ranked(said, known, likeness.MAY_BE)[:MOST_SHOWN]
	return [_shown(by_name[name], linked=False) for name, _alike in alike]


def told_of(row: Any) -> list[frozenset[str]]:
	"""What was said of a problem: its title, and each line of its fault."""
	return [likeness.terms(text) for text in (row.title, *(row.fault or "").splitlines())]


def _shown(row: Any, *, linked: bool) -> dict[str, Any]:
	requests = frappe.db.count(ROW, {"parent": row.name, "service_request": ("is", "set")})
	return {**row, "linked": linked, "requests": requests}


def tell_fixed(problem: Document) -> list[str]:
	"""The problem is fixed: whoever works on an open request of it is told, once; returns who was."""
	if problem.status != FIXED:
		return []
	waiting = {row.service_request: row for row in problem.cases if row.service_request and not row.told}
	told: list[str] = []
	for name in sorted(waiting):
		row = waiting[name]
		case = frappe.get_doc("Service Request", name)
		if case.status not in FINAL_STATES:
			told += _tell(problem, case)
		row.db_set("told", 1, update_modified=False)
	return told


def _tell(problem: Document, case: Document) -> list[str]:
	def line(lang: str) -> str:
		return _("There is a permanent fix for {0}: {1}", lang).format(case.name, problem.title)

	users = recipients.users_for(case, recipients.ENGINEER)
	return people.notify(users, line, document=(problem.doctype, problem.name))
