"""Changes warranties when a unit is delivered, returned, transferred, installed or accepted.

| the unit is | its warranties |
|---|---|
| delivered, has no warranty or void ones only | one starts by the policy, or waits for installation or acceptance |
| returned | are suspended; the last day stays |
| delivered again to the same customer | are resumed; the last day stays |
| returned and sold to somebody else | are void; a new one starts |
| returned and sold to the same customer again | are void; a new one starts (the policy says which return makes it a sale) |
| transferred to another customer | are transferred; the last day stays |
| installed, accepted | the one that waited starts |
| in a document that is cancelled | whatever that document did to them is undone |
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date

from frappe import _
from frappe.utils import cint, getdate

from support_service.constants.words import N_
from support_service.foundation import language
from support_service.installed_base import unit_events
from support_service.installed_base.unit_events import UnitEvent
from support_service.service_coverage.warranty import late, resales, rules, store
from support_service.service_coverage.warranty.policy_rules import Policy, StartsAt
from support_service.service_coverage.warranty.register import WarrantyRegister, Why
from support_service.service_coverage.warranty.rules import Event, Suspension, Terms
from support_service.service_coverage.warranty.store import Row

# the dates of a unit, as a correction names them, and which policies start by them
STARTS_BY = {
	"delivered_on": {StartsAt.DELIVERY},
	"installed_on": {StartsAt.INSTALLATION},
	"accepted_on": {StartsAt.INSTALLATION, StartsAt.ACCEPTANCE},
}


def follow_units(events: Sequence[UnitEvent]) -> None:
	"""Hook `support_service_unit_listeners`: change the warranties of all units of one document, in a few statements."""
	sold = {
		(event.unit, event.reference)
		for event in events
		if event.event == unit_events.DELIVERED and event.reference
	}
	relevant = [
		event
		for event in events
		if event.event in (unit_events.DELIVERED, *HANDLERS)
		# transferred by being sold again: the delivery decides what happens to the warranty
		and not (event.event == unit_events.TRANSFERRED and (event.unit, event.reference) in sold)
	]
	if not relevant:
		return
	register = WarrantyRegister(event.unit for event in relevant)
	again = resales.redeliveries_of([event for event in relevant if register.by_unit.get(event.unit)])
	came_back = late.returns_since(
		register, [event.unit for event in relevant if event.event == unit_events.DELIVERED]
	)
	for event in relevant:
		if event.unit not in register.facts:
			continue
		if event.event == unit_events.DELIVERED:
			back = came_back.get(event.unit)
			leave = late.suspended_by(register, event.unit, back)
			_delivered(register, event, again.get(event.unit, resales.Redelivery()), leave)
			late.suspend_again(register, event.unit, back)
		else:
			HANDLERS[event.event](register, event)
	register.flush()


def begin_by_policy(
	register: WarrantyRegister,
	unit: str,
	why: Why,
	*,
	delivered: date,
	installed: date | None = None,
	accepted: date | None = None,
	customer: str | None = None,
) -> Row | None:
	"""The warranty `unit` gets by the policy of the day it was delivered; None where none holds or it covers nothing."""
	policy = register.policy_for(unit, delivered)
	if policy is None or not any(policy.months.values()):
		return None
	first, settled = rules.start_of(policy, delivered, installed, accepted)
	terms = _terms(register, unit, policy, first)
	return register.begin(unit, policy, terms, why, customer=customer, awaits_start=not settled)


def _delivered(
	register: WarrantyRegister, event: UnitEvent, again: resales.Redelivery, leave: Collection[str]
) -> None:
	"""Resume, void or begin warranties by a delivery. leave: names of those that a later return has suspended."""
	unit, fact = event.unit, register.facts[event.unit]
	customer = event.customer or fact["customer"]
	if customer != fact["customer"]:
		return  # entered late: the unit has another customer by now
	own, sold = register.own(unit), None
	given = own or resales.voided_by_hand(register, unit)
	if (
		given
		and given["customer"] == customer
		and not (sold := resales.why_sold(register, given, event, again))
	):
		for row in register.not_void(unit):
			if row["suspension"] == Suspension.RETURNED and row["name"] not in leave:
				register.change(row, Event.RESUMED, _why(event, _say(N_("Delivered to the customer again"))))
		return
	for row in register.not_void(unit):
		if own or row["customer"] != customer:
			reason = sold or _say(N_("Sold to {0}")).format(customer)
			register.change(row, Event.VOIDED, _why(event, reason))
	begin_by_policy(
		register,
		unit,
		_why(event, sold),
		delivered=event.happened_on,
		installed=_since(fact["installed_on"], event.happened_on),
		accepted=_since(fact["accepted_on"], event.happened_on),
		customer=customer,
	)


def _returned(register: WarrantyRegister, event: UnitEvent) -> None:
	if register.facts[event.unit]["state"] != late.RETURNED:
		return  # entered late: it has been delivered again since
	for row in register.not_void(event.unit):
		if not row["suspension"]:
			why = _why(event, _say(late.CAME_BACK))
			register.change(row, Event.SUSPENDED, why, suspension=Suspension.RETURNED)


def _transferred(register: WarrantyRegister, event: UnitEvent) -> None:
	if event.customer != register.facts[event.unit]["customer"]:
		return  # entered late
	for row in register.not_void(event.unit):
		if row["customer"] != event.customer:
			register.change(row, Event.TRANSFERRED, _why(event), customer=event.customer)


def _installed(register: WarrantyRegister, event: UnitEvent) -> None:
	_start_by(register, event, {StartsAt.INSTALLATION})


def _accepted(register: WarrantyRegister, event: UnitEvent) -> None:
	_start_by(register, event, {StartsAt.INSTALLATION, StartsAt.ACCEPTANCE})


def _start_by(register: WarrantyRegister, event: UnitEvent, waiting_for: set[StartsAt]) -> None:
	own = register.own(event.unit)
	policy = _policy_of(register, own)
	if own and policy and own["awaits_start"] and policy.starts_at in waiting_for:
		# until then `starts_on` is the latest day the policy allows
		first = min(filter(None, (event.happened_on, own["starts_on"])))
		terms = _terms(register, event.unit, policy, first)
		register.change(own, Event.STARTED, _why(event, effective_on=first), terms=terms)


def _date_corrected(register: WarrantyRegister, event: UnitEvent) -> None:
	"""Move the start of a warranty with the date of the unit that a person corrected.

	Not where other terms were agreed since, or where it started by another day (an earlier delivery).
	"""
	own = register.own(event.unit)
	policy = _policy_of(register, own)
	if not own or not policy or event.reason not in STARTS_BY or not event.old_value:
		return
	old, new = getdate(event.old_value), getdate(event.new_value) if event.new_value else None
	stands = store.as_terms(own)
	if stands != _terms(register, event.unit, policy, stands.starts_on):
		return
	if own["awaits_start"]:
		if event.reason == "delivered_on" and new:
			_wait(register, own, event, policy, new)
	elif policy.starts_at in STARTS_BY[event.reason] and stands.starts_on == old:
		if new:
			why = _why(event, _say(N_("The day it starts from was corrected")), effective_on=min(old, new))
			register.change(own, Event.CORRECTED, why, terms=_terms(register, event.unit, policy, new))
		elif event.reason != "delivered_on":
			_wait(register, own, event, policy, register.facts[event.unit]["delivered_on"])


def _wait(
	register: WarrantyRegister, own: Row, event: UnitEvent, policy: Policy, delivered: date | None
) -> None:
	latest, _settled = rules.start_of(policy, delivered)
	why = _why(event, _say(N_("The day it starts from was corrected")))
	register.change(own, Event.REGISTERED, why, terms=_terms(register, event.unit, policy, latest))


def _cancelled(register: WarrantyRegister, event: UnitEvent) -> None:
	"""Undo what the cancelled document did to each warranty of the unit, its latest row first."""
	rows = [row for row in register.by_unit.get(event.unit, []) if row["name"]]
	ledgers = register.ledgers()
	why = _why(event, _say(N_("The document was cancelled")))
	for row in rows:
		ledger = ledgers.get(row["name"], [])
		done = [
			entry
			for entry in ledger
			if event.reference and (entry.reference_doctype, entry.reference_name) == event.reference
		]
		for entry in reversed(done):
			UNDO.get(Event(entry.event), _leave)(register, row, ledger, entry, why)


def _undo_start(register: WarrantyRegister, row: Row, ledger: list[Row], entry: Row, why: Why) -> None:
	if row["status"] == rules.Status.VOID:
		return
	if entry.no == 1:
		register.change(row, Event.VOIDED, why)
		return
	# it waits for an installation again
	before = rules.fold([store.as_entry(other) for other in ledger if other.no < entry.no], date.max)
	register.change(row, Event.REGISTERED, why, terms=before.terms)


def _undo_suspension(register: WarrantyRegister, row: Row, ledger: list[Row], entry: Row, why: Why) -> None:
	if row["suspension"] == Suspension.RETURNED:
		register.change(row, Event.RESUMED, why)


def _undo_resumption(register: WarrantyRegister, row: Row, ledger: list[Row], entry: Row, why: Why) -> None:
	if not row["suspension"] and row["status"] != rules.Status.VOID:
		register.change(row, Event.SUSPENDED, why, suspension=Suspension.RETURNED)


def _undo_voiding(register: WarrantyRegister, row: Row, ledger: list[Row], entry: Row, why: Why) -> None:
	"""Restore the warranty as it was before the sale, also its suspension."""
	if row["status"] != rules.Status.VOID:
		return
	before = rules.fold([store.as_entry(other) for other in ledger if other.no < entry.no], date.max)
	register.change(row, Event.CORRECTED, why, terms=before.terms, customer=before.customer)
	if before.suspension:
		register.change(row, Event.SUSPENDED, why, suspension=before.suspension)


def _undo_transfer(register: WarrantyRegister, row: Row, ledger: list[Row], entry: Row, why: Why) -> None:
	before = rules.fold([store.as_entry(other) for other in ledger if other.no < entry.no], date.max)
	if row["customer"] == entry.customer and before.customer:
		register.change(row, Event.TRANSFERRED, why, customer=before.customer)


def _leave(register: WarrantyRegister, row: Row, ledger: list[Row], entry: Row, why: Why) -> None:
	pass


UNDO: dict[Event, Callable[[WarrantyRegister, Row, list[Row], Row, Why], None]] = {
	Event.REGISTERED: _undo_start,
	Event.STARTED: _undo_start,
	Event.SUSPENDED: _undo_suspension,
	Event.RESUMED: _undo_resumption,
	Event.VOIDED: _undo_voiding,
	Event.TRANSFERRED: _undo_transfer,
}
HANDLERS: dict[str, Callable[[WarrantyRegister, UnitEvent], None]] = {
	unit_events.INSTALLED: _installed,
	unit_events.ACCEPTED: _accepted,
	unit_events.RETURNED: _returned,
	unit_events.DELIVERY_CANCELLED: _cancelled,
	unit_events.RETURN_CANCELLED: _cancelled,
	unit_events.INSTALLATION_CANCELLED: _cancelled,
	unit_events.TRANSFERRED: _transferred,
	unit_events.CORRECTED: _date_corrected,
}


def _policy_of(register: WarrantyRegister, own: Row | None) -> Policy | None:
	return register.policies.by_name.get(own["policy"] or "") if own else None


def _terms(register: WarrantyRegister, unit: str, policy: Policy, start: date | None) -> Terms:
	return rules.terms_of(policy, start, cint(register.facts[unit]["own_days"]))


def _why(event: UnitEvent, reason: str | None = None, effective_on: date | None = None) -> Why:
	return Why(event.key, effective_on or event.happened_on, event.reason or reason, event.reference)


def _since(day: date | None, delivered: date) -> date | None:
	"""An installation or acceptance of this delivery, not of an earlier owner's."""
	return day if day and day >= delivered else None


def _say(text: str) -> str:
	return _(text, language.of_site())
