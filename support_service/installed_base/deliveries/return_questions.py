"""Asking a person which units came back, where a return does not say it, and storing the answer as events of the return.

Who submitted the return is asked once: by a task (ToDo) on the return and a message on their screen. From then on only
the answer counts; nothing is concluded from what happens to the other units meanwhile.

That somebody was asked is kept as a row of Postponed Work until it is answered. The task alone would not do, as everybody
may change and delete tasks.
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
from support_service.foundation import language, locks, people
from support_service.foundation.postponed import Backlog
from support_service.installed_base import placements, unit_events
from support_service.installed_base.deliveries import facts, returns
from support_service.installed_base.deliveries.returns import Question

TODO = "ToDo"
RETURNS = tuple(facts.TAKES_BACK)
HEAR = N_("Hear from somebody which Installed Units came back")
# in the text of our tasks: by it we find them to close them, whatever their language
MARK = 'class="returned-units"'


class ReturnedUnitsError(frappe.ValidationError):
	"""An answer names units that are not in question, or more units than came back."""


def follow(doc: Document) -> None:
	"""Store which units a submitted return took back for certain, and ask about the rest. Repeating it changes nothing."""
	asked = was_asked(doc)
	found = returns.units_of(doc, deduce=not asked, lock=True)
	_store(doc, found.units)
	if found.open and not asked:
		_ask(doc, found.open)


def answer(doc: Document, units: Sequence[str]) -> tuple[Question, ...]:
	"""Store a person's answer that `units` came back with this return; returns the questions that are still open.

	:raises ReturnedUnitsError: one of them is not among the candidates, or there are too many.
	"""
	# of two people who answer at once, the second waits here and then reads the first one's answer
	locks.get_value(doc.doctype, doc.name)
	shown, found = (returns.units_of(doc, deduce=False, lock=lock) for lock in (False, True))
	# events stored since this transaction began are not among what it reads, but locked rows are read as they are now: where
	# the two readings differ, somebody else has changed units meanwhile, and no answer is taken
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
	_store(doc, tuple(units))
	now = returns.units_of(doc, deduce=False)
	if not now.open:
		_end_tasks(doc)
	if not now.unknown:
		_waiting(doc.doctype).forget([doc.name])
	return now.open


def labels_of(units: Sequence[str]) -> list[dict[str, str]]:
	"""What a person needs to choose among units: name, label, site, delivered_on.

	Of units they may not read, name and serial number only.
	"""
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
	"""As `_label`, for a user who may not read the unit: its Serial No, which stands on the piece, is enough to choose."""
	return {"name": row.name, "label": row.serial_no or "", "site": "", "delivered_on": ""}


def was_asked(doc: Document) -> bool:
	return _waiting(doc.doctype).has(doc.name)


def asked_about(doctype: str) -> set[str]:
	"""The returns that wait for somebody's answer."""
	return set(_waiting(doctype).next_tries())


def close(doc: Document) -> None:
	"""End the questions of a cancelled return: its tasks are closed, and no answer is expected."""
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
		_store_task(task)


def _ours(**about: str) -> dict[str, object]:
	return {**about, "description": ("like", f"%{MARK}%"), "status": "Open"}


def _store(doc: Document, units: Sequence[str]) -> None:
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
		task = frappe.get_doc(
			{
				"doctype": TODO,
				"allocated_to": user,
				"assigned_by": frappe.session.user,
				"reference_type": doc.doctype,
				"reference_name": doc.name,
				"description": f"<div {MARK}>{text}</div>",
				"date": getdate(),
			}
		)
		_store_task(task)
	frappe.msgprint(
		_words(doc, questions, frappe.local.lang), title=_("Which units came back?"), indicator="orange"
	)


def _store_task(task: Document) -> None:
	# whoever submits or cancels a return need not have the right to assign tasks, nor to read those of others
	task.save(ignore_permissions=True)


def _whom(doc: Document) -> list[str]:
	"""The users to ask: who submitted the return, as the goods are before them; else the service managers."""
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
