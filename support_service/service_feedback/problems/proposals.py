"""Problems that are proposed by themselves: the same product and the same fault N times within so many days.

Level-triggered: the hourly run looks at all requests of the period that belong to no problem, so nothing depends on an event
that may get lost; one worker at a time, and a request that stands in a problem, a rejected one too, is not counted again.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import add_to_date, cint, now_datetime

from support_service.constants.roles import LEAD, MANAGER
from support_service.constants.words import N_
from support_service.foundation import batches, locks, people
from support_service.foundation.language import of_site
from support_service.foundation.postponed import Backlog
from support_service.service_feedback.problems import likeness
from support_service.service_feedback.problems.problems import (
	IN_ANALYSIS,
	KNOWN,
	PROBLEM,
	PROPOSED,
	ROW,
	told_of,
)
from support_service.support_service.lifecycle import FAULT_TYPES, Status

TO_PROPOSE = Backlog(N_("Propose a problem"), "Item")
ALONE = "problems proposed by themselves"
SETTINGS = "Support Service Settings"
# a mistake, or withdrawn: no fault that came back
LEFT_OUT = (Status.CANCELLED.value,)
OPEN = (PROPOSED, IN_ANALYSIS, KNOWN)


def run(limit: int = 200) -> int:
	"""Hourly: returns how many products were looked at."""
	least, since = _wanted()
	if not least:
		return 0
	with locks.alone(ALONE) as mine:
		if not mine:
			return 0
		return batches.one_by_one(
			_products(least, since),
			lock=lambda name: batches.lock_name("Item", name),
			work=lambda name: propose(name, least, since),
			backlog=TO_PROPOSE,
			limit=limit,
		)


def _wanted() -> tuple[int, Any]:
	settings = frappe.get_cached_doc(SETTINGS)
	days = cint(settings.problem_days) or 180
	return cint(settings.problem_after), add_to_date(now_datetime(), days=-days)


def _free(since: Any) -> Any:
	"""Requests of the period with a fault of a product, that belong to no problem, as a query."""
	case, row = frappe.qb.DocType("Service Request"), frappe.qb.DocType(ROW)
	return (
		case,
		frappe.qb.from_(case)
		.left_join(row)
		.on(row.service_request == case.name)
		.where(
			row.name.isnull()
			& (case.raised_on >= since)
			& case.item_code.isnotnull()
			& (case.item_code != "")
			& case.request_type.isin(FAULT_TYPES)
			& case.status.notin(LEFT_OUT)
		),
	)


def _products(least: int, since: Any) -> list[str]:
	case, query = _free(since)
	return (
		query.select(case.item_code)
		.groupby(case.item_code)
		.having(Count("*") >= least)
		.orderby(case.item_code)
		.run(pluck=True)
	)


def propose(item_code: str, least: int, since: Any) -> list[str]:
	"""Put requests of `item_code` on the open problem they sound like, and propose new problems; returns the new ones."""
	case, query = _free(since)
	rows = (
		query.select(
			case.name, case.subject, case.cause, case.description, case.installed_unit, case.raised_on
		)
		.where(case.item_code == item_code)
		.orderby(case.raised_on)
		.orderby(case.name)
		.run(as_dict=True)
	)
	# the cause is what an engineer has found out; without one yet, what the customer says
	faults = {row.name: likeness.terms(row.subject, row.cause or row.description) for row in rows}
	by_name = {row.name: row for row in rows}
	for name in _add_to_open(item_code, faults, by_name):
		faults.pop(name)
	return [
		_propose(item_code, [by_name[name] for name in group]) for group in likeness.groups(faults, least)
	]


def _add_to_open(item_code: str, faults: dict[str, frozenset[str]], by_name: dict[str, Any]) -> list[str]:
	open_ones = frappe.get_all(
		PROBLEM,
		{"item_code": item_code, "status": ("in", OPEN)},
		["name", "title", "fault"],
		order_by="creation, name",
	)
	known = {row.name: told_of(row) for row in open_ones}
	added: dict[str, list[str]] = {}
	for case, said in faults.items():
		if alike := likeness.ranked(said, known, likeness.SAME):
			added.setdefault(alike[0][0], []).append(case)
	for problem, cases in added.items():
		doc = locks.get_doc(PROBLEM, problem)
		for case in cases:
			doc.append("cases", {"service_request": case, "installed_unit": by_name[case].installed_unit})
		doc.save(ignore_permissions=True)  # the app's own work
	return [case for cases in added.values() for case in cases]


def _propose(item_code: str, cases: list[Any]) -> str:
	latest = cases[-1]
	problem = frappe.get_doc(
		{
			"doctype": PROBLEM,
			"title": (latest.subject or item_code)[:140],
			"status": PROPOSED,
			"item_code": item_code,
			"fault": "\n".join(dict.fromkeys(_words(row) for row in cases))[:2000],
			"cases": [{"service_request": row.name, "installed_unit": row.installed_unit} for row in cases],
		}
	)
	problem.flags.proposed_by_app = True
	problem.insert(ignore_permissions=True)  # the app's own work
	_tell(problem, len(cases))
	return problem.name


def _words(row: Any) -> str:
	said = frappe.utils.strip_html(row.cause or "").strip()
	return f"{row.subject}: {said}" if said else row.subject or ""


def _tell(problem: Any, number: int) -> None:
	"""The leads of the teams that had the requests, else the managers, decide about it."""
	cases = [row.service_request for row in problem.cases]
	teams = frappe.get_all("Service Request", {"name": ("in", cases), "team": ("is", "set")}, pluck="team")
	leads = frappe.get_all("Service Team", {"name": ("in", teams or [""])}, pluck="lead", order_by=None)
	users = people.able(leads, LEAD, MANAGER) or people.holders(MANAGER)

	def line(lang: str) -> str:
		return _("{0} requests about {1} sound alike. Is it one problem?", lang or of_site()).format(
			number, problem.item_code
		)

	people.notify(users, line, document=(problem.doctype, problem.name))
