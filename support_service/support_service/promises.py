"""What a case passes to its clocks: the facts that choose its policy, and what happened to it.

Moves reach here as rows of the movement ledger, visits when the engineer arrives, mail when we first answered. The
clocks themselves live in service_level; what they say is written to the case's own columns here and by their sweep.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import format_date, getdate

from support_service.constants.words import N_
from support_service.foundation import batches, first_read, language, locks, rows, typed
from support_service.foundation.postponed import Backlog
from support_service.permissions.contact_ties import DESK
from support_service.service_coverage import together
from support_service.service_coverage.contract import contracts
from support_service.service_coverage.contract.contracts import AgreedLevel
from support_service.service_level.clock import clocks
from support_service.service_level.policy import policies
from support_service.support_service import intake_defaults, kept_columns, moves
from support_service.support_service.happenings import arrival_of, happening_of, past_of, past_of_promises
from support_service.support_service.lifecycle import BY_ACTION, FINAL_STATES, OPEN_STATES
from support_service.support_service.messaging import customer_people

if TYPE_CHECKING:
	from support_service.support_service.doctype.service_request.service_request import ServiceRequest

CASE = "Service Request"
TO_START = Backlog(N_("Start the clocks of a request"), CASE)
# a change of one of these may choose another policy or another target
DECIDING = ("priority", "customer", "installed_unit", "request_type", "company")
# and so may another day; clocks begin when the case is entered, whenever it was raised
DECIDING_DAY = "raised_on"


def facts_of(case: ServiceRequest) -> dict[str, Any]:
	"""What chooses the policy of a case; see service_level/policy/policies.py. `service_contract`: the one that counts."""
	facts = {name: case.get(name) for name in ("installed_unit", "customer", "request_type", "company")}
	if unit := intake_defaults.unit_of(case):
		facts.update(item=unit.item_code, item_group=unit.item_group, brand=unit.brand)
	if case.customer:
		group, territory = frappe.get_cached_value("Customer", case.customer, ["customer_group", "territory"])
		facts.update(customer_group=group, territory=territory)
		if agreed := contracts.agreed_level(_covered_by(case, facts)):
			facts.update(
				agreed_policy=agreed.policy, agreed_calendar=agreed.calendar, service_contract=agreed.contract
			)
	return facts


def agreed_for(case: Any) -> AgreedLevel | None:
	"""What the customer's service contracts agree on for a case, by its unit and the day it was raised."""
	if not case.customer:
		return None
	return contracts.agreed_level(
		contracts.covering(case.installed_unit, case.customer, getdate(case.raised_on))
	)


def _covered_by(case: ServiceRequest, facts: dict[str, Any]) -> list[Any]:
	"""The rows of `contracts.covering`. What is asked next of a case with a unit is read along: its policies, who pays."""
	day = getdate(case.raised_on)
	if not case.installed_unit:
		return contracts.covering(None, case.customer, day)
	read = together.read(case.installed_unit, case.customer, day, policies.STAMP)
	if first := first_read.of(case):
		first.coverage = read
	facts["policies_stamp"] = read.more[0][0]
	return read.covered_by


def follow_move(row: Document, method: str | None = None) -> None:
	"""Listens to Service Request Move (see hooks.py): clocks follow every step of their case."""
	case: ServiceRequest = row.flags.case
	if row.action == "create":
		_begin(case, row)
	else:
		kept_columns.put(case, clocks.follow(case, happening_of(case, row)))


def settle(case: ServiceRequest, *, moved: bool = False) -> None:
	"""Called by every save of a stored case: its clocks may have to be computed again.

	moved: the save carried a move, which its clocks have followed; it may have changed what decides all the same.
	"""
	stored = case.get_doc_before_save()
	if not stored or case.flags.in_insert:
		return
	changed = [name for name in DECIDING if (stored.get(name) or None) != (case.get(name) or None)]
	if typed.other_day(case, stored, DECIDING_DAY):
		changed.append(DECIDING_DAY)
	if changed and case.status not in FINAL_STATES:
		reason = "; ".join(_changed(case, stored, name) for name in changed)
		_reconsider(case, reason)
	elif not moved:
		kept_columns.put(case, clocks.refresh(case))


def agree_again(case_name: str, reason: str) -> None:
	"""A contract of the case's customer has changed: promise what is agreed now. The caller has locked the case."""
	_reconsider(locks.get_doc("Service Request", case_name), reason)


def engineer_arrived(visit: Document) -> None:
	"""The engineer of `visit` is at the customer's, or connected to the unit, since its arrival."""
	case = locks.get_doc("Service Request", visit.service_request)
	kept_columns.put(case, clocks.follow(case, arrival_of(visit)))


def engineer_did_not_arrive(visit: Document) -> None:
	"""`visit` does not say any more that the engineer arrived: cleared, or cancelled."""
	case = locks.get_doc("Service Request", visit.service_request)
	reference = (visit.doctype, visit.name)
	kept_columns.put(case, clocks.withdraw(case, reference, lambda whose: past_of_promises(case, whose)))


def after_insert_communication(mail: Document, method: str | None = None) -> None:
	"""Listens to Communication (see hooks.py): what a person writes to the customer's people may keep a promise.

	The first mail is the first response; one with something attached, after the case is resolved, brings the report. A mail
	to a colleague or a supplier, and one that no person sent, keep none.
	"""
	if mail.reference_doctype != "Service Request" or not _is_by_a_person(mail):
		return
	case = locks.get_doc("Service Request", mail.reference_name)
	if not case.has_permission("read"):
		return  # Frappe lets users of its inbox note a mail on any document
	if not customer_people.answers_customer(case, mail):
		return
	frappe.db.savepoint("first_mail")
	try:
		if case.status in OPEN_STATES and not case.first_response_on:
			moves.apply_move(case, "acknowledge", reference=mail, by_app=True)
		elif mail.has_attachment:
			report_delivered(case, reference=mail)
	except frappe.ValidationError:
		# A case that cannot be saved (a field made mandatory since) must not keep the mail from leaving.
		frappe.db.rollback(save_point="first_mail")
		frappe.clear_last_message()
		frappe.log_error(f"Mail {mail.name} could not be noted on {case.name}")


def _is_by_a_person(mail: Document) -> bool:
	"""A mail, or words in a chat, that a desk user sends from the desk: not a notification, an automatic answer, or one made by a job."""
	return (
		mail.sent_or_received == "Sent"
		and mail.communication_type == "Communication"
		and mail.communication_medium in ("Email", "Chat", "", None)
		and not getattr(frappe.local, "job", None)
		and frappe.get_cached_value("User", frappe.session.user, "user_type") == DESK
	)


def report_delivered(
	case: ServiceRequest, reference: Document | None = None, reason: str | None = None
) -> bool:
	"""The customer has the report of a resolved case, by mail or from the portal; False where it was noted before.

	The caller has checked that whoever caused this may read the case.
	"""
	if case.status not in BY_ACTION["deliver_report"].sources or case.report_delivered_on:
		return False
	moves.apply_move(case, "deliver_report", reference=reference, reason=reason, by_app=True)
	return True


def start_missing_clocks(case_name: str) -> bool:
	"""Give a case without clocks the ones it would have, from its past; returns whether it got some.

	Escalation steps whose moment has passed are not carried out: nobody is notified today of last month.
	"""
	case = locks.get_doc("Service Request", case_name)
	if case.service_level_policy:
		return False
	facts = facts_of(case)
	columns = clocks.begin(case, facts, past_of(case), silent=True)
	kept_columns.put(case, {**columns, "service_contract": facts.get("service_contract")})
	if columns and case.merges:  # what is due first may be the promise of a case that was merged into it
		kept_columns.put(case, clocks.refresh(case))
	return bool(columns)


def start_missing() -> int:
	"""Daily: open cases without clocks get theirs, where a policy fits them now; returns how many did.

	A request is accepted even where its clocks cannot be started (see `_begin`), or before anybody made a policy.
	"""
	filters: dict[str, Any] = {"status": ("in", OPEN_STATES), "service_level_policy": ("is", "not set")}
	if not frappe.db.exists("Service Level Policy", {"enabled": 1}):
		filters["name"] = ("in", list(TO_START.next_tries()) or [""])
	return _start(frappe.get_all(CASE, filters=filters, order_by="creation desc", pluck="name"))


def start_again() -> int:
	"""Every minute: cases whose clocks could not be started are tried again when their turn comes; see TO_START."""
	due = TO_START.due()
	if not due:
		return 0
	filters = {"name": ("in", due), "status": ("in", OPEN_STATES), "service_level_policy": ("is", "not set")}
	wanted = frappe.get_all(CASE, filters=filters, pluck="name")
	TO_START.forget(set(due).difference(wanted))
	return _start(wanted, backlog=False)


def _start(names: list[str], *, backlog: bool = True) -> int:
	"""Start the clocks of cases one by one; returns how many got some."""
	started: list[str] = []

	def work(name: str) -> None:
		if start_missing_clocks(name):
			started.append(name)
		if not backlog:
			TO_START.forget([name])

	lock = partial(batches.lock_name, CASE)
	if backlog:
		batches.one_by_one(names, lock=lock, work=work, backlog=TO_START)
	else:
		batches.one_by_one(names, lock=lock, work=work, failed=TO_START.note)
	return len(started)


def _begin(case: ServiceRequest, row: Document) -> None:
	facts: dict[str, Any] = {}
	messages = list(frappe.local.message_log)
	frappe.db.savepoint("clocks_begin")
	try:
		facts = facts_of(case)
		columns = clocks.begin(case, facts, [happening_of(case, row)])
	except frappe.QueryDeadlockError:
		raise  # the database has ended the transaction, the case with it: whoever called has to begin again
	except Exception as error:
		# A request is never refused because a promise cannot be computed: the error is logged, and the case gets its
		# clocks when the cause is removed. Its contract is known without them.
		frappe.db.rollback(save_point="clocks_begin")
		frappe.local.message_log = messages
		TO_START.note(case.name, error)
		columns = {}
	agreed = {**columns, "service_contract": facts.get("service_contract")}
	kept_columns.put(case, agreed, later=True)


def _reconsider(case: ServiceRequest, reason: str) -> None:
	facts = facts_of(case)
	columns = clocks.reconsider(case, facts, reason, lambda: past_of(case))
	kept_columns.put(case, {**columns, "service_contract": facts.get("service_contract")})


def _changed(case: ServiceRequest, stored: Any, fieldname: str) -> str:
	"""Reasons are stored sentences, in the site's language."""
	lang = language.of_site()
	label = _(case.meta.get_label(fieldname), lang, case.doctype)
	old, new = (_shown(doc.get(fieldname), fieldname, lang) for doc in (stored, case))
	return f"{label}: {old} → {new}"


def _shown(value: Any, fieldname: str, lang: str) -> str:
	if fieldname == DECIDING_DAY:
		return format_date(value)
	return _(value, lang, CASE) if value else "–"


def show(summaries: Mapping[str, Mapping[str, Any]]) -> None:
	"""Hook `support_service_promises_shown_by`: case → values that its clocks give its columns (service_level/clock/summary.py).

	The caller has locked the cases.
	"""
	rows.update(CASE, [{"name": name, **values} for name, values in summaries.items()])
