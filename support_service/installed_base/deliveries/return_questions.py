"""Somebody is asked which units came back, where a return does not say it; the answer is an event of the return.

Asked once: a task on the return for whoever submitted it, which also stands in the return's timeline, and a message on
their screen. From then on only the answer counts. Nothing is concluded from what happens to the other units meanwhile.

That somebody was asked is a row of Postponed Work, which nobody but the app writes: everybody may make, change and delete
a task. The row goes with the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, getdate

from support_service.constants.roles import MANAGER
from support_service.constants.words import N_
from support_service.foundation import language, people
from support_service.foundation.postponed import Backlog
from support_service.installed_base import placements, unit_events
from support_service.installed_base.deliveries import facts, returns
from support_service.installed_base.deliveries.returns import Question

TODO = "ToDo"
RETURNS = tuple(facts.TAKES_BACK)
HEAR = N_("Hear from somebody which Installed Units came back")
# in the text of a task of ours: how we find it to close it, whatever language it was written in
MARK = 'class="returned-units"'


class ReturnedUnitsError(frappe.ValidationError):
	"""Units that this return does not leave open, or more of them than came back."""


def follow(doc: Document) -> None:
	"""Record what a submitted return takes back for certain, and ask about the rest. Repeating it changes nothing."""
	asked = was_asked(doc)
	found = returns.units_of(doc, deduce=not asked, lock=True)
	_record(doc, found.units)
	if found.open and not asked:
		_ask(doc, found.open)


def answer(doc: Document, units: Sequence[str]) -> tuple[Question, ...]:
	"""These units came back with this return, as a person says; returns what is still open.

	:raises ReturnedUnitsError: one of them is not among the candidates, or there are too many.
	"""
	# two people who answer at once: the second one reads what the first has said
	frappe.db.get_value(doc.doctype, doc.name, "name", for_update=True)
	shown, found = (returns.units_of(doc, deduce=False, lock=lock) for lock in (False, True))
	# what was told since this transaction began is not among what it reads; that units are gone since then says so
	left = set(units)
	for question in found.open if found == shown else ():
		chosen = left.intersection(question.candidates)
		if len(chosen) > question.pieces:
			frappe.throw(
				_("Only {0} of {1} came back with {2}. Choose no more than that.").format(
					question.pieces, question.item_code, doc.name
				),
				ReturnedUnitsError,
			)
		left -= chosen
	if left:
		frappe.throw(
			_("{0} does not leave open whether it took back {1}. Reload the page and choose again.").format(
				doc.name, ", ".join(sorted(left))
			),
			ReturnedUnitsError,
		)
	_record(doc, tuple(units))
	now = returns.units_of(doc, deduce=False)
	if not now.open:
		_end_tasks(doc)
	if not now.unknown:
		_waiting(doc.doctype).forget([doc.name])
	return now.open


def labels_of(units: Sequence[str]) -> list[dict[str, str]]:
	"""How a person tells units apart: name, label, site and day; of those they may not read number and serial number only."""
	named = {"name": ("in", list(units) or [""])}
	shown = set()
	if frappe.has_permission(placements.DOCTYPE, "read"):
		shown = set(frappe.get_list(placements.DOCTYPE, filters=named, pluck="name"))
	rows = frappe.get_all(
		placements.DOCTYPE,
		filters=named,
		fields=["name", "unit_name", "serial_no", "serial_label", "site_address_display", "delivered_on"],
		order_by="name",
	)
	return [_label(row) if row.name in shown else _bare_label(row) for row in rows]


def _label(row: Any) -> dict[str, str]:
	return {
		"name": row.name,
		"label": " · ".join(filter(None, (row.unit_name, row.serial_label))),
		"site": row.site_address_display or "",
		"delivered_on": str(row.delivered_on or ""),
	}


def _bare_label(row: Any) -> dict[str, str]:
	"""What whoever writes the return needs to say which came back: ERPNext's number, which stands on the piece."""
	return {"name": row.name, "label": row.serial_no or "", "site": "", "delivered_on": ""}


def was_asked(doc: Document) -> bool:
	return _waiting(doc.doctype).has(doc.name)


def asked_about(doctype: str) -> set[str]:
	"""The returns somebody was asked about: they wait for a person."""
	return set(_waiting(doctype).next_tries())


def close(doc: Document) -> None:
	"""The return was cancelled: nothing is to be answered any more."""
	_end_tasks(doc)
	_waiting(doc.doctype).forget([doc.name])


def note_asked(doc: Document) -> None:
	_waiting(doc.doctype).add([doc.name])


def open_tasks(doctype: str) -> list[str]:
	"""The returns with a task of ours that is open."""
	filters = _ours(reference_type=doctype)
	return frappe.get_all(TODO, filters=filters, pluck="reference_name", distinct=True, order_by=None)


def _waiting(doctype: str) -> Backlog:
	return Backlog(HEAR, doctype)


def _end_tasks(doc: Document) -> None:
	filters = _ours(reference_type=doc.doctype, reference_name=doc.name)
	for name in frappe.get_all(TODO, filters=filters, pluck="name"):
		task = frappe.get_doc(TODO, name)
		task.status = "Closed"
		# somebody else's task is not ours to read, but it is ours to end
		task.save(ignore_permissions=True)


def _ours(**about: str) -> dict[str, object]:
	return {**about, "description": ("like", f"%{MARK}%"), "status": "Open"}


def _record(doc: Document, units: Sequence[str]) -> None:
	if units:
		placements.happened(
			units,
			unit_events.RETURNED,
			on=getdate(doc.posting_date),
			reference=facts.reference_of(doc),
		)


def _ask(doc: Document, questions: Sequence[Question]) -> None:
	note_asked(doc)
	for user in _whom(doc):
		text = _words(doc, questions, language.of_user(user))
		frappe.get_doc(
			{
				"doctype": TODO,
				"allocated_to": user,
				"assigned_by": frappe.session.user,
				"reference_type": doc.doctype,
				"reference_name": doc.name,
				"description": f"<div {MARK}>{text}</div>",
				"date": getdate(),
			}
		).insert(ignore_permissions=True)  # whoever submits a return need not have the right to assign tasks
	frappe.msgprint(
		_words(doc, questions, frappe.local.lang), title=_("Which units came back?"), indicator="orange"
	)


def _whom(doc: Document) -> list[str]:
	"""Who submitted the return: they have the goods before them. Else the service managers."""
	for user in people.able((frappe.session.user, doc.modified_by, doc.owner)):
		if user != people.ADMINISTRATOR:  # a nightly run is nobody
			return [user]
	return people.holders(MANAGER) or [people.ADMINISTRATOR]


def _words(doc: Document, questions: Sequence[Question], lang: str) -> str:
	lines = [
		_("{0} of {1}, of which the customer has {2}", lang).format(
			question.pieces, escape_html(question.item_code), len(question.candidates)
		)
		for question in questions
	]
	say = _(
		"{0} {1} does not say which Installed Units came back: {2}. Say so with its button Units That Came Back; "
		"until then they stay in service.",
		lang,
	)
	return say.format(_(doc.doctype, lang), doc.name, "; ".join(lines))
