"""Somebody is asked which units came back, where a return does not say it; the answer is an event of the return.

Asked once: a task on the return for whoever submitted it, which also stands in the return's timeline, and a message on
their screen. From then on only the answer counts. Nothing is concluded from what happens to the other units meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, getdate

from support_service.constants.roles import MANAGER
from support_service.foundation import language, people
from support_service.installed_base import delivery_facts, placements, returns, unit_events
from support_service.installed_base.returns import Question

TODO = "ToDo"
RETURNS = tuple(delivery_facts.TAKES_BACK)
# in the text of a task of ours: how we find it again, whatever language it was written in
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
	left = set(units)
	for question in found.open if found == shown else ():
		chosen = left.intersection(question.candidates)
		if len(chosen) > question.pieces:
			frappe.throw(
				_("Only {0} of {1} came back with {2}. Choose no more than that.").format(
					question.pieces, question.item_code, doc.name
	shown, found = (returns.units_of(doc, deduce=False, lock=lock) for lock in (False, True))
	# what was told since this transaction began is not among what it reads; that units are gone since then says so
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
	still_open = returns.units_of(doc, deduce=False).open
	if not still_open:
		close(doc)
	return still_open


def labels_of(units: Sequence[str]) -> list[dict[str, str]]:
	"""How a person tells units apart: name, label and site."""
	rows = frappe.get_all(
		placements.DOCTYPE,
		filters={"name": ("in", list(units) or [""])},
		fields=["name", "unit_name", "serial_label", "site_address_display", "delivered_on"],
		order_by="name",
	)
	return [
		{
			"name": row.name,
			"label": " · ".join(filter(None, (row.unit_name, row.serial_label))),
			"site": row.site_address_display or "",
			"delivered_on": str(row.delivered_on or ""),
		}
		for row in rows
	]


def was_asked(doc: Document) -> bool:
	return bool(frappe.db.exists(TODO, _ours(doc.doctype, doc.name)))


def asked_about(doctype: str) -> set[str]:
	"""The returns somebody was asked about: they wait for a person."""
	return set(frappe.get_all(TODO, filters=_ours(doctype), pluck="reference_name", order_by=None))


def close(doc: Document) -> None:
	"""The question is answered, or its return was cancelled."""
	for name in frappe.get_all(
		TODO, filters={**_ours(doc.doctype, doc.name), "status": "Open"}, pluck="name"
	):
		task = frappe.get_doc(TODO, name)
		task.status = "Closed"
		# somebody else's task is not ours to read, but it is ours to end
		task.save(ignore_permissions=True)


def _ours(doctype: str, name: str | None = None) -> dict[str, object]:
	filters: dict[str, object] = {"reference_type": doctype, "description": ("like", f"%{MARK}%")}
	return {**filters, "reference_name": name} if name else filters


def _record(doc: Document, units: Sequence[str]) -> None:
	if units:
		placements.happened(
			units,
			unit_events.RETURNED,
			on=getdate(doc.posting_date),
			reference=delivery_facts.reference_of(doc),
		)


def _ask(doc: Document, questions: Sequence[Question]) -> None:
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
