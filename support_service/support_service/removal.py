"""A case on which nothing happened (spam, a test) may be deleted, with what the app itself hung on it; any other stays.

Nothing happened where it was at most given to somebody or called off, and its customer wrote no more than what opened it.
A case whose promise is late must be called off first, with the reason. What hangs on a case by itself is named in BELOW, and by the
rooms above in their hook.
Whatever else links to it, of this app or another, was made by somebody: the case stays, and the message says what it is and
what to do instead. Who may delete at all is said by the permissions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.model.dynamic_links import get_dynamic_link_map
from frappe.model.rename_doc import get_link_fields
from frappe.utils import cint

from support_service.foundation import locks
from support_service.foundation.let_go import is_ledger
from support_service.service_level.clock.rules import State
from support_service.support_service import moves
from support_service.support_service.lifecycle import BY_ACTION, OPEN_STATES, RESULT_FIELDS, Status
from support_service.support_service.messaging import customer_people

if TYPE_CHECKING:
	from support_service.support_service.doctype.service_request.service_request import ServiceRequest

CASE = "Service Request"
# rooms above this one say what they hang on a case
HOOK = "support_service_hanging_on_cases"


@dataclass(frozen=True, slots=True)
class Hanging:
	"""Documents of `doctype` that the app by itself makes of the case in their field `field`; they go with the case.

	unless: filters of those by which something has happened on the case; said: what that is, English, marked for translation.
	let_go: what came in from outside stays; it is called with the case's name and empties the links to it.
	"""

	doctype: str
	field: str
	unless: Mapping[str, Any] = field(default_factory=dict)
	said: str = ""
	let_go: Callable[[str], None] | None = None


BELOW = (
	Hanging("Service Clock Entry", "request"),
	Hanging("Service Clock", "request"),
	Hanging("Service Request Move", "request"),
	Hanging("Service Message", "request"),
)
# what mentions a case without being work on it; Frappe itself clears most of it away
REMARKS = {"Postponed Work": ("reference_doctype", "reference_name")}
# the customer, or the work, has been attended to
ANSWERED = (
	"first_response_on",
	"solution_plan_on",
	"business_restored_on",
	"resolved_on",
	"report_delivered_on",
)
# giving a case to somebody and calling it off is no work on it, every other step is
IDLE = ("create", "assign", "reassign", "ask_to_take", "decline_pick", "withdraw", "cancel")
# moves of a case that was over before the app came
TAKEN_IN = ("resolve", "close_unanswered")
LATE = (str(State.OVERDUE), str(State.MISSED))
MANY = 5  # named in one message


class CaseHasHistoryError(frappe.LinkExistsError):
	"""Something happened on the case: it is closed or cancelled, not deleted."""


def check(case: ServiceRequest) -> None:
	"""Raise CaseHasHistoryError unless nothing happened on `case`."""
	if happened := [*_answers(case), *_work(case), *_linked(case)]:
		shown = "; ".join(happened[:MANY]) + ("; …" if len(happened) > MANY else "")
		instead = (
			_("Cancel it instead, with the reason.")
			if case.status in OPEN_STATES
			else _("It stays on record as it is.")
		)
		frappe.throw(
			_("{0} cannot be deleted, something happened on it: {1}. {2}").format(case.name, shown, instead),
			CaseHasHistoryError,
		)


def remove_what_hangs_on(case: ServiceRequest) -> None:
	"""Delete what the app made of `case` and the mails about it; the caller has checked that nothing happened."""
	for mail in frappe.get_all("Communication", _about(case), pluck="name"):
		# with their attachments; a mail is not the deleter's to read, but goes with its case
		frappe.delete_doc("Communication", mail, force=True, ignore_permissions=True)
	for kind in hanging():
		if kind.let_go:
			kind.let_go(case.name)
		else:
			_delete(kind.doctype, {kind.field: case.name})
	for doctype, (kind, name) in REMARKS.items():
		_delete(doctype, {kind: case.doctype, name: case.name})
	_delete("Email Queue", {**_about(case), "status": "Not Sent"})


def _from_above() -> list[Hanging]:
	return [frappe.get_attr(path) for path in frappe.get_hooks(HOOK)]


def hanging() -> list[Hanging]:
	"""Everything that goes with a case."""
	return [*BELOW, *_from_above()]


def _own() -> set[str]:
	"""DocTypes, with those of their rows, that go with a case."""
	doctypes = {kind.doctype for kind in hanging()}
	return doctypes | {
		table.options for doctype in doctypes for table in frappe.get_meta(doctype).get_table_fields()
	}


def _delete(doctype: str, filters: dict[str, Any]) -> None:
	"""Documents as rows, with the rows of their tables."""
	if tables := frappe.get_meta(doctype).get_table_fields():
		names = frappe.get_all(doctype, filters, pluck="name", order_by=None) or [""]
		for table in tables:
			frappe.db.delete(table.options, {"parenttype": doctype, "parent": ("in", names)})
	# not by name: a notification of a moment ago is there, but not in what this transaction reads
	locks.latest()
	frappe.db.delete(doctype, filters)


def _answers(case: ServiceRequest) -> list[str]:
	"""What customer and service said to each other, in words; of a past case that was taken in nothing was said here."""
	said: list[str] = []
	if not cint(case.imported) and (
		any(case.get(name) for name in ANSWERED) or case.status == Status.RESOLVED
	):
		said.append(_("the customer was attended to"))
	by_person = {**_about(case), "communication_type": "Communication", "sent_or_received": "Sent"}
	if frappe.db.exists("Communication", by_person):
		said.append(_("somebody wrote to the customer"))
	if _customer_wrote(case):
		said.append(_("the customer wrote about it"))
	for kind in _from_above():
		if kind.unless and frappe.db.exists(kind.doctype, {kind.field: case.name, **kind.unless}):
			said.append(_(kind.said))
	return said


def _work(case: ServiceRequest) -> list[str]:
	"""What was done about the case, and what was promised and not kept; of a past case others did it, before the app came."""
	found: list[str] = []
	idle = (*IDLE, *TAKEN_IN) if cint(case.imported) else IDLE
	steps = {"request": case.name, "action": ("not in", idle)}
	for action in frappe.get_all("Service Request Move", steps, pluck="action", distinct=True, order_by=None):
		move = BY_ACTION.get(action)
		found.append(_("step {0}").format(_(move.label) if move else action))
	if not cint(case.imported):
		written = [name for name in (*RESULT_FIELDS, "solution_plan") if moves.is_filled(case.get(name))]
		found += [_(case.meta.get_label(name), context=case.doctype) for name in written]
	# spam is mostly found late: once it is called off, with the reason, nobody was owed anything
	late = {"request": case.name, "state": ("in", LATE)}
	if case.status != Status.CANCELLED and frappe.db.exists("Service Clock", late):
		found.append(_("a promise was not kept"))
	return found


def _customer_wrote(case: ServiceRequest) -> bool:
	"""Whether one of the customer's people wrote when the case was there already; what came before opened it."""
	about = {**_about(case), "communication_type": "Communication", "sent_or_received": "Received"}
	later = {**about, "communication_date": (">", case.creation)}
	senders = frappe.get_all("Communication", later, pluck="sender", distinct=True, order_by=None)
	wrote = customer_people.bare(", ".join(filter(None, senders)))
	return bool(wrote and wrote & customer_people.own_people(case))


def _linked(case: ServiceRequest) -> list[str]:
	"""Documents that name the case, or what hangs on it, in a link."""
	own = _own()
	named = {CASE: [case.name]}
	for kind in _from_above():
		if kind.let_go:
			continue
		named[kind.doctype] = frappe.get_all(kind.doctype, {kind.field: case.name}, pluck="name")
	found: list[str] = []
	for target, names in named.items():
		for link in get_link_fields(target) if names else ():
			# a case names what hangs on it; another case may name this one as its previous request
			by_itself = link["parent"] == CASE and target != CASE
			if link["parent"] not in own and not by_itself and not link["issingle"]:
				found += _naming(link["parent"], {link["fieldname"]: ("in", names)})
	for link in get_dynamic_link_map().get(CASE, []):
		if not _is_remark(link.parent, own):
			found += _naming(link.parent, {link.options: CASE, link.fieldname: case.name})
	return list(dict.fromkeys(found))


def _naming(doctype: str, filters: dict[str, Any]) -> list[str]:
	meta = frappe.get_meta(doctype)
	fields = ["parenttype as doctype", "parent as name"] if meta.istable else ["name"]
	rows = frappe.get_all(doctype, filters, fields, limit=MANY, order_by=None)
	return [f"{_(row.get('doctype') or doctype)} {row.name}" for row in rows]


def _is_remark(doctype: str, own: set[str]) -> bool:
	"""What merely mentions documents does not keep them; a ledger that names the case as its reason does."""
	if doctype in own or frappe.get_meta(doctype).issingle:
		return True
	return doctype in frappe.get_hooks("ignore_links_on_delete") and not is_ledger(doctype)


def _about(case: ServiceRequest) -> dict[str, str]:
	return {"reference_doctype": case.doctype, "reference_name": case.name}
