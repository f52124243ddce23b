"""Carrying out escalation steps that were reached: each once, in a transaction of its own, after the sweep.

What a step does is a plug-in: hook key `support_service_escalation_actions`, a dict of action → dotted path of
`act(escalation: Escalation) -> Iterable[str]`, which returns the users it notified. Our own actions are in the same key.

While a clock is paused, overdue or not, no step is carried out; one reached before the pause is when the pause is over. A step
whose clock has stopped meanwhile, or whose promise was replaced by another, is dropped: its ledger row says why. The columns
`told`, `told_to` and `tell_attempts` of that row say whether it was carried out, whom it notified, and how often it failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.query_builder import CustomFunction
from frappe.utils import now_datetime
from pypika.functions import Coalesce
from pypika.terms import LiteralValue

from support_service.constants.words import N_
from support_service.foundation import batches, language, locks
from support_service.foundation.batches import LONGEST_WAIT, MAX_ATTEMPTS
from support_service.service_level.clock import store
from support_service.service_level.clock.rules import OPEN_STATES, Event, State

HOOK = "support_service_escalation_actions"
FLAG = "support_service:escalation_enqueued"
BATCH = 500

FindInSet = CustomFunction("FIND_IN_SET", ["text", "list"])
Least = CustomFunction("LEAST", ["first", "second"])
Power = CustomFunction("POW", ["base", "exponent"])
TimestampAdd = CustomFunction("TIMESTAMPADD", ["unit", "count", "moment"])

Act = Callable[["Escalation"], Iterable[str]]


class UnknownActionError(frappe.ValidationError):
	"""No installed app provides the action of a step."""


@dataclass(frozen=True, slots=True)
class Escalation:
	"""A step that was reached.

	clock, case, entry: the Service Clock, the Service Request and the ledger row (Service Clock Entry) of the step.
	whom, role: whom the step names. robot: the Service Robot of the chat that it names. action: the key of the action that carries it out.
	"""

	clock: Document
	case: Document
	entry: Document

	@property
	def whom(self) -> str:
		return self.entry.whom or ""

	@property
	def role(self) -> str:
		return self.entry.role or ""

	@property
	def robot(self) -> str:
		return self.entry.robot or ""

	@property
	def action(self) -> str:
		return self.entry.action or ""


def registered() -> dict[str, str]:
	"""Action → dotted path, over all installed apps; a later app replaces an earlier one's action of the same name."""
	return {name: paths[-1] for name, paths in (frappe.get_hooks(HOOK) or {}).items()}


def enqueue_now() -> None:
	"""Enqueue a run that carries out what is committed."""
	batches.enqueue_now("support_service.service_level.clock.escalation.carry_out_due", FLAG)


def carry_out_due(limit: int = BATCH) -> int:
	"""Carry out steps that wait for it; returns how many. Safe in parallel, safe to kill. Commits."""
	batches.begun(FLAG)
	return batches.one_by_one(_due(limit), lock=_lock, work=carry_out, failed=_count_attempt)


def _due(limit: int) -> list[str]:
	"""Ledger rows of steps to carry out now, oldest first; not those whose clock pauses.

	What failed is tried again as `batches.next_try` says; `modified` of such a row is when it was last tried.
	"""
	entry, clock, case = (frappe.qb.DocType(name) for name in (store.ENTRY, store.CLOCK, store.CASE))
	wait = Least(Power(2, entry.tell_attempts), LONGEST_WAIT)
	is_new = entry.tell_attempts == 0
	return (
		frappe.qb.from_(entry)
		.join(clock)
		.on(clock.name == entry.clock)
		.join(case)
		.on(case.name == entry.request)
		.select(entry.name)
		.where((entry.told == 0) & (entry.tell_attempts < MAX_ATTEMPTS) & (clock.state != State.PAUSED.value))
		.where(FindInSet(case.status, Coalesce(clock.pauses_for, "")) == 0)
		.where(is_new | (TimestampAdd(LiteralValue("minute"), wait, entry.modified) <= now_datetime()))
		.orderby(entry.creation)
		.limit(limit)
		.run(pluck=True)
	)


def carry_out(name: str) -> None:
	"""Carry out the step of one ledger row and mark the row, in the caller's transaction."""
	entry = frappe.get_doc(store.ENTRY, name)
	clock = frappe.get_doc(store.CLOCK, entry.clock)
	case = frappe.get_doc(store.CASE, entry.request)
	if clock.state == State.PAUSED or case.status in (clock.pauses_for or "").split(","):
		return  # it began to wait between the look and the lock; carried out when the wait is over
	if obstacle := _obstacle(entry, clock):
		_mark(entry, (), obstacle)
		return
	told = tuple(dict.fromkeys(_action(entry.action)(Escalation(clock, case, entry))))
	_mark(
		entry,
		told,
		"" if told else _in_site_language(N_("Nobody could be notified: check the team of the request.")),
	)
	if not told:
		frappe.log_error(
			f"Nobody to notify that {clock.name} reached {entry.step}",
			reference_doctype=store.CASE,
			reference_name=case.name,
		)


def again(clock: str) -> int:
	"""Steps of `clock` that could not be carried out are tried again now; returns how many."""
	waiting = frappe.get_all(store.ENTRY, filters={"clock": clock, "told": 0}, pluck="name", order_by=None)
	for name in waiting:
		frappe.db.set_value(store.ENTRY, name, "tell_attempts", 0, update_modified=False)
	if waiting:
		batches.enqueue("support_service.service_level.clock.escalation.carry_out_due", FLAG)
	return len(waiting)


def _obstacle(entry: Document, clock: Document) -> str:
	"""Why this step must not be carried out any more; empty if it must."""
	if clock.state not in OPEN_STATES:
		return _in_site_language(N_("Not carried out: the clock had stopped before."))
	if entry.promise_no != clock.promise_no and _comes_again(entry, clock):
		return _in_site_language(N_("Not carried out: the promise had changed before."))
	return ""


def _comes_again(entry: Document, clock: Document) -> bool:
	"""Whether the present promise takes this step on its own account: it lies ahead again, or was taken anew."""
	if entry.step not in frappe.parse_json(clock.steps_taken or "[]"):
		return True
	anew = {"clock": clock.name, "event": Event.ESCALATED, "step": entry.step, "promise_no": clock.promise_no}
	return bool(frappe.db.exists(store.ENTRY, anew))


def _action(name: str) -> Act:
	path = registered().get(name)
	if not path:
		frappe.throw(
			_(
				"No app provides the escalation action {0}. Install the app, or change the policy's escalation steps."
			).format(name),
			UnknownActionError,
		)
	return frappe.get_attr(path)


def _mark(entry: Document, told: tuple[str, ...], reason: str) -> None:
	values = {"told": 1, "told_to": ", ".join(told)}
	if reason:
		values["reason"] = reason
	# the ledger's rows never change but for these: whom a step notified is known only afterwards
	frappe.db.set_value(store.ENTRY, entry.name, values, update_modified=False)


def _lock(name: str) -> bool:
	entry, case = frappe.qb.DocType(store.ENTRY), frappe.qb.DocType(store.CASE)
	query = (
		frappe.qb.from_(entry)
		# the case is locked with the entry: an action may move the case, and whoever moves a case locks it before its ledger
		.join(case)
		.on(case.name == entry.request)
		.select(entry.name)
		.where((entry.name == name) & (entry.told == 0))
	)
	return bool(locks.rows(query, skip_locked=True))


def _count_attempt(name: str, error: Exception) -> None:
	attempts = frappe.db.get_value(store.ENTRY, name, "tell_attempts") + 1
	values = {"tell_attempts": attempts, "reason": str(error)[:500]}
	frappe.db.set_value(store.ENTRY, name, values)
	frappe.log_error(f"Escalation {name} failed", reference_doctype=store.ENTRY, reference_name=name)


def _in_site_language(text: str) -> str:
	"""Reasons are stored as sentences for our own people."""
	return _(text, language.of_site())
