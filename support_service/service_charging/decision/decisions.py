"""Decides who pays for work on a case, and listens to the case for the decision at intake.

A decision reads the sources that may pay (`service_coverage`), applies the rules (`rules/decide.py`) and is stored by its
one writer (`store.py`). It is made for the day on which the case was raised: a fault reported in time stays covered however
long its repair takes. `visits.py` decides about the work of a visit, `by_hand.py` what people enter.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from support_service.foundation import currencies, first_read, typed
from support_service.service_charging.decision import acceptance, consent, overrides
from support_service.service_charging.decision import store as decision_store
from support_service.service_charging.decision.lines import UNKNOWN, Work, as_lines
from support_service.service_charging.decision.store import DECISION, INTAKE, OPEN, SALE
from support_service.service_charging.rules.decide import decide
from support_service.service_charging.rules.outcome import LineDecision
from support_service.service_coverage import together
from support_service.service_coverage.contract import contracts
from support_service.service_coverage.vocabulary import Source, SourceKind
from support_service.service_coverage.warranty import warranties

# a change of one of these makes a new decision, as long as none was made for actual work
DECIDING = ("installed_unit", "customer")
# and so does another day
DECIDING_DAY = "raised_on"
CASE_FIELDS = (
	"name",
	"customer",
	"customer_name",
	"company",
	"installed_unit",
	"raised_on",
	"proof_of_purchase",
)


def sources_of(
	unit: str | None,
	customer: str | None,
	on: date,
	currency: str | None = None,
	read: together.Read | None = None,
) -> list[Source]:
	"""Warranties and contracts that may pay for work on `unit` of `customer` on the day `on`, amounts in `currency`.

	read: both, where this transaction has read them already.
	"""
	if unit and customer and read is None:
		read = together.read(unit, customer, on)
	of_unit = warranties.sources(unit, on, customer, read.own if read else None) if unit else []
	if any(source.foreign or source.kind == SourceKind.OWN for source in of_unit):
		return of_unit  # a contract for all units of the customer does not mean this one either
	if not customer:
		return of_unit
	return [
		*of_unit,
		*contracts.sources(
			unit, customer, on, currency=currency, covered_by=read.covered_by if read else None
		),
	]


def who_pays(
	works: Sequence[Work],
	unit: str | None,
	customer: str | None,
	on: date,
	cause: str | None = None,
	currency: str | None = None,
	read: together.Read | None = None,
) -> list[LineDecision]:
	"""Who pays for `works`, line by line; nothing is stored. read: see `sources_of`."""
	return decide(as_lines(works), sources_of(unit, customer, on, currency, read), on, cause)


def decide_for_case(
	case: Any,
	works: Sequence[Work] = UNKNOWN,
	*,
	stage: str = INTAKE,
	cause: str | None = None,
	reason: str | None = None,
	visit: str | None = None,
	before: Any | None = None,
	signed: Any | None = None,
	first: bool = False,
) -> Document:
	"""Decide who pays for `works` on `case` (a Service Request or its CASE_FIELDS) and store the decision.

	works: with prices unless the stage is INTAKE. cause: what was found to be the cause, where a warranty or contract may
	exclude it, and the `reason` for saying so. visit: the Engineer Visit that did the work. before: an earlier decision (see
	`store.handed_on`) whose overrides hold for these works, too. signed: the visit whose signature may accept the charge.
	first: the case is being created.
	"""
	rows = lines_for(case, works, cause=cause, before=before, first=first)
	answer = acceptance.for_new_decision(case.name, stage, rows, visit)
	if signed and answer["acceptance"] == OPEN:
		answer.update(consent.by_signature(signed, rows))
	return decision_store.write(
		case,
		rows,
		stage=stage,
		first=first,
		computed=bool(visit),
		decided_for=getdate(case.raised_on),
		engineer_visit=visit,
		exclusion=cause,
		exclusion_reason=reason,
		**answer,
	)


def lines_for(
	case: Any,
	works: Sequence[Work],
	*,
	cause: str | None = None,
	before: Any | None = None,
	first: bool = False,
) -> list[dict[str, Any]]:
	"""The columns of the lines of a decision about `works`, by the rules and the overrides of `before`; as `decide_for_case`."""
	on = getdate(case.raised_on)
	currency = currencies.of_company(case.company)
	started = first_read.of(case) if first else None
	read = started.coverage if started else None  # a moment ago, for its promises
	decided = who_pays(works, case.installed_unit, case.customer, on, cause, currency, read)
	rows = decision_store.lines_of(works, decided, currency)
	if before:
		overrides.carry_over(before, rows)
	return rows


def follow_move(row: Document, method: str | None = None) -> None:
	"""doc_event after_insert of Service Request Move: make the first decision of a new case, if the settings say so."""
	if row.action == "create":
		_decide_at_intake(row.flags.case, first=True)


def follow_case(case: Document, method: str | None = None) -> None:
	"""doc_event on_update of Service Request: decide again where its unit, its customer or the day it was raised changed."""
	stored = case.get_doc_before_save()
	if not stored or case.flags.in_insert:
		return
	other_unit = any((stored.get(name) or None) != (case.get(name) or None) for name in DECIDING)
	if other_unit or typed.other_day(case, stored, DECIDING_DAY):
		decide_again(case)


def decide_again(case: Document, method: str | None = None) -> None:
	"""Event `agreed_anew` of Service Request: decide again, unless a decision about actual work was made already."""
	if not frappe.db.exists(DECISION, {"service_request": case.name, "stage": ("not in", (INTAKE, SALE))}):
		_decide_at_intake(case)


def _decide_at_intake(case: Document, *, first: bool = False) -> None:
	"""Decide with the case's save. An error is logged for the admin: a case is never refused because of who pays."""
	if not frappe.get_cached_doc("Support Service Settings").decide_at_intake:
		return
	if not case.installed_unit:
		return  # without a unit nothing is known that may pay
	frappe.db.savepoint("coverage")
	try:
		doc = decide_for_case(case, first=first)
		case.update({"coverage": doc.outcome, "coverage_decision": doc.name})
	except Exception as error:
		if isinstance(error, (frappe.QueryDeadlockError, frappe.QueryTimeoutError)):
			raise  # the transaction is gone, not only this part of it
		frappe.db.rollback(save_point="coverage")
		frappe.log_error(f"Coverage of {case.name} was not decided at intake")
