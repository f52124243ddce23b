"""Judging who pays for a case: before anything is known, and before work begins.

A decision reads what may pay (warranties.py, contracts.py), asks the rules (coverage_decide.py) and is recorded by its one
writer (decision_store.py). What is judged is the day on which the case was raised: a fault told in time stays covered
however long its repair takes. The work of a visit is judged in visit_decisions.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from support_service.foundation import currencies, typed
from support_service.service_charging.decision import acceptance, overrides
from support_service.service_charging.decision import store as decision_store
from support_service.service_charging.decision.lines import UNKNOWN, Work, as_lines
from support_service.service_charging.decision.store import DECISION, INTAKE
from support_service.service_charging.rules.decide import decide
from support_service.service_charging.rules.outcome import LineDecision
from support_service.service_coverage.contract import contracts
from support_service.service_coverage.vocabulary import Source
from support_service.service_coverage.warranty import warranties

# a change of one of these asks for another judgement as long as nobody has looked into the case
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


def sources_of(unit: str | None, customer: str | None, on: date, currency: str | None = None) -> list[Source]:
	"""Everything that may pay for work on `unit` of `customer` on the day `on`, judged in `currency`."""
	of_unit = warranties.sources(unit, on, customer) if unit else []
	if any(source.foreign for source in of_unit):
		return of_unit  # a contract for all units of the customer does not mean this one either
	return [*of_unit, *(contracts.sources(unit, customer, on, currency=currency) if customer else [])]


def judge(
	works: Sequence[Work],
	unit: str | None,
	customer: str | None,
	on: date,
	cause: str | None = None,
	currency: str | None = None,
) -> list[LineDecision]:
	"""Who pays for `works`; nothing is recorded."""
	return decide(as_lines(works), sources_of(unit, customer, on, currency), on, cause)


def decide_for_case(
	case: Any,
	*,
	stage: str = INTAKE,
	works: Sequence[Work] = UNKNOWN,
	cause: str | None = None,
	reason: str | None = None,
	first: bool = False,
) -> Document:
	"""Record who would pay for `works` on `case` (a Service Request or its CASE_FIELDS); supersedes the one before.

	first: the case is being created. works: priced ones for BEFORE_WORK. cause: what was found that a warranty or contract may exclude, and the `reason`.
	"""
	return record(case, works, stage=stage, cause=cause, reason=reason, first=first)


def record(
	case: Any,
	works: Sequence[Work],
	*,
	stage: str,
	cause: str | None,
	reason: str | None,
	visit: str | None = None,
	carry_on: Document | None = None,
	first: bool = False,
) -> Document:
	"""Judge `works` and record the decision. carry_on: an earlier decision whose overrides hold for these works, too."""
	on = getdate(case.raised_on)
	currency = currencies.of_company(case.company)
	decided = judge(works, case.installed_unit, case.customer, on, cause, currency)
	rows = [decision_store.line_of(work, line, currency) for work, line in zip(works, decided, strict=True)]
	if carry_on:
		overrides.carry_on(carry_on, rows)
	return decision_store.write(
		case,
		rows,
		stage=stage,
		first=first,
		decided_for=on,
		engineer_visit=visit,
		exclusion=cause,
		exclusion_reason=reason,
		**acceptance.at_first(case.name, stage, rows, visit),
	)


def follow_move(row: Document, method: str | None = None) -> None:
	"""Listens to Service Request Move (see hooks.py): a new case is judged where the settings say so."""
	if row.action == "create":
		_judge_at_intake(row.flags.case, first=True)


def follow_case(case: Document, method: str | None = None) -> None:
	"""Listens to Service Request (see hooks.py): it turns out which unit, or whose, the case is about, or when
	it was raised.
	"""
	stored = case.get_doc_before_save()
	if not stored or case.flags.in_insert:
		return
	other_unit = any((stored.get(name) or None) != (case.get(name) or None) for name in DECIDING)
	if other_unit or typed.other_day(case, stored, DECIDING_DAY):
		judge_again(case)


def judge_again(case: Document, method: str | None = None) -> None:
	"""What is judged, or what the customer has agreed, has changed: judged anew until somebody has looked into it."""
	if not frappe.db.exists(DECISION, {"service_request": case.name, "stage": ("!=", INTAKE)}):
		_judge_at_intake(case)


def _judge_at_intake(case: Document, *, first: bool = False) -> None:
	"""A case is never refused because of who pays: whatever goes wrong here is for the admin."""
	if not frappe.get_cached_doc("Support Service Settings").decide_at_intake:
		return
	if not case.installed_unit:
		return  # nothing is known yet that may pay or not
	frappe.db.savepoint("coverage")
	try:
		doc = decide_for_case(case, first=first)
		case.update({"coverage": doc.outcome, "coverage_decision": doc.name})
	except Exception as error:
		if isinstance(error, (frappe.QueryDeadlockError, frappe.QueryTimeoutError)):
			raise  # the transaction is gone, not only this part of it
		frappe.db.rollback(save_point="coverage")
		frappe.log_error(f"Coverage of {case.name} was not judged at intake")
