"""Improvement actions: whom one belongs to, who may call it done and who proved, and who is reminded when it is late.

A person answers for it by a day. Done is said by whoever did it; that it helped is proved by somebody else.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime, nowdate

from support_service.constants.roles import LEAD, MANAGER
from support_service.constants.words import N_
from support_service.foundation import batches, locks, people
from support_service.foundation import typed as kept_typed
from support_service.foundation.postponed import Backlog

IMPROVEMENT = "Service Improvement"
OPEN, DONE, PROVED, DROPPED = "Open", "Done", "Proved", "Dropped"
# written by `done`, `prove` and the like alone
WRITTEN = ("status", "done_on", "done_by", "done_note", "proved_on", "proved_by", "proof")
# where it may come from: field → DocType
SOURCES = {
	"service_survey": "Service Survey",
	"service_request": "Service Request",
	"service_problem": "Service Problem",
}
TO_REMIND = Backlog(N_("Remind of an improvement"), IMPROVEMENT)


class ImprovementStateError(frappe.ValidationError):
	"""The improvement is in another state than this step begins in."""


class OwnProofError(frappe.PermissionError):
	"""Whoever did it cannot prove it."""


def take_over(doc: Document) -> None:
	"""Part of the validation: customer, team and queue of what it comes from."""
	doc.customer = None
	if doc.service_survey:
		survey = frappe.db.get_value(
			"Service Survey", doc.service_survey, ["service_request", "customer", "team"], as_dict=True
		)
		if doc.is_new() and not doc.service_request:
			doc.service_request = survey.service_request
		doc.customer = survey.customer
		doc.team = doc.team or survey.team
	if doc.service_request:
		case = frappe.db.get_value("Service Request", doc.service_request, ["customer", "team"], as_dict=True)
		doc.customer = case.customer
		doc.team = doc.team or case.team
	doc.department_queue = (
		frappe.db.get_value("Service Team", doc.team, "department_queue") if doc.team else None
	)


def guard(doc: Document) -> None:
	"""Part of the validation: state and result are written by the steps alone, and an open one has somebody who can act."""
	stored = doc.get_doc_before_save()
	if not doc.flags.by_step:
		if stored:
			changed = kept_typed.changed(doc, stored, WRITTEN)
		else:
			changed = [
				name
				for name in kept_typed.given(doc, WRITTEN)
				if not (name == "status" and doc.status == OPEN)
			]
		if changed:
			frappe.throw(
				_("{0}: only the buttons of the improvement change this. Reload it and use them.").format(
					kept_typed.labels(doc, changed)
				),
				ImprovementStateError,
			)
		for name in WRITTEN:
			doc.set(name, stored.get(name) if stored else None)
		doc.status = doc.status or OPEN
	new_person = not stored or stored.responsible != doc.responsible
	if new_person and not people.able([doc.responsible]):
		frappe.throw(
			_("{0} cannot log in. Choose somebody who can act.").format(doc.responsible),
			ImprovementStateError,
		)
	if stored and getdate(stored.due_on) != getdate(doc.due_on):
		doc.reminded_on = None


def tell_responsible(doc: Document) -> None:
	"""Whoever is new to it is told."""
	stored = doc.get_doc_before_save()
	if doc.status != OPEN or doc.responsible == frappe.session.user:
		return
	if stored and stored.responsible == doc.responsible:
		return

	def line(lang: str) -> str:
		return _("Please improve: {0}, by {1}", lang).format(doc.title, frappe.utils.formatdate(doc.due_on))

	people.notify([doc.responsible], line, document=(doc.doctype, doc.name))


def done(name: str, note: str) -> Document:
	"""It was done. The caller has checked the right to write."""
	doc = _locked(name, OPEN)
	_require(note, _("Please say what was done."))
	return _step(
		doc, {"status": DONE, "done_on": now_datetime(), "done_by": frappe.session.user, "done_note": note}
	)


def prove(name: str, proof: str) -> Document:
	"""It helped, and that is why we know. Refused to whoever did it."""
	doc = _locked(name, DONE)
	if doc.done_by == frappe.session.user:
		frappe.throw(_("Whoever did it cannot prove it. Ask a colleague."), OwnProofError)
	_require(proof, _("Please say what proves that it helped."))
	values = {"status": PROVED, "proved_on": now_datetime(), "proved_by": frappe.session.user, "proof": proof}
	return _step(doc, values)


def again(name: str, reason: str) -> Document:
	"""It did not help, or is wanted after all: open again."""
	doc = _locked(name, DONE, PROVED, DROPPED)
	_require(reason, _("Please say why."))
	doc.add_comment("Comment", frappe.utils.escape_html(reason))
	cleared = dict.fromkeys(("done_on", "done_by", "done_note", "proved_on", "proved_by", "proof"))
	return _step(doc, {"status": OPEN, **cleared})


def drop(name: str, reason: str) -> Document:
	"""It is not wanted any more."""
	doc = _locked(name, OPEN)
	_require(reason, _("Please say why."))
	return _step(doc, {"status": DROPPED, "done_note": reason, "done_by": frappe.session.user})


def remind(limit: int = 500) -> int:
	"""Daily: whoever answers for a late one, and the lead of its team, are reminded once a week; returns of how many."""
	return batches.one_by_one(
		late(),
		lock=lambda name: batches.lock_row(IMPROVEMENT, name, "status", OPEN),
		work=remind_of,
		backlog=TO_REMIND,
		limit=limit,
	)


def late() -> list[str]:
	"""Improvements whose day has passed and of which nobody was reminded this week, the oldest first."""
	week_ago = getdate(frappe.utils.add_days(nowdate(), -7))
	rows = frappe.get_all(
		IMPROVEMENT,
		filters={"status": OPEN, "due_on": ("<", nowdate())},
		fields=["name", "reminded_on"],
		order_by="due_on, name",
	)
	return [row.name for row in rows if not row.reminded_on or row.reminded_on <= week_ago]


def remind_of(name: str) -> None:
	"""One desk notification each for whoever answers for it and the lead; in the caller's transaction."""
	row = frappe.db.get_value(IMPROVEMENT, name, ["title", "responsible", "team", "due_on"], as_dict=True)
	lead = frappe.db.get_value("Service Team", row.team, "lead") if row.team else None
	users = [*people.able([row.responsible]), *people.able([lead], LEAD, MANAGER)] or people.holders(MANAGER)

	def line(lang: str) -> str:
		return _("Improvement is late: {0}, due {1}", lang).format(
			row.title, frappe.utils.formatdate(row.due_on)
		)

	people.notify(dict.fromkeys(users), line, document=(IMPROVEMENT, name))
	frappe.db.set_value(IMPROVEMENT, name, "reminded_on", nowdate(), update_modified=False)


def _locked(name: str, *states: str) -> Document:
	doc = locks.get_doc(IMPROVEMENT, name)
	if doc.status not in states:
		frappe.throw(
			_("{0} is {1}. Reload it to see its present state.").format(
				doc.name, _(doc.status, context=IMPROVEMENT)
			),
			ImprovementStateError,
		)
	return doc


def _require(text: str, question: str) -> None:
	if not (text or "").strip():
		frappe.throw(question, ImprovementStateError)


def _step(doc: Document, values: dict[str, object]) -> Document:
	doc.update(values)
	doc.flags.by_step = True
	doc.save()
	return doc
