"""Proposing a loan: by the clock, when a repair runs past its promise, or by somebody on the case.

`propose_loan` is an escalation action (hook key `support_service_escalation_actions`): a step of a policy's ladder names it, for
example when *Repair Complete* is overdue. It makes one request per case; the lead chooses among the free pieces and books.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from support_service.constants.words import N_
from support_service.foundation import language, people
from support_service.service_level.clock.escalation import Escalation
from support_service.service_parts.loans import pool, requests
from support_service.service_parts.loans.lifecycle import OPEN, Status
from support_service.service_parts.loans.moves import LOAN
from support_service.support_service.lifecycle import FINAL_STATES
from support_service.support_service.lifecycle import Status as CaseStatus
from support_service.support_service.messaging import recipients

ACTION = N_("Propose Loan")
CASE = "Service Request"
PROPOSED = N_("{0}: lend {1} a device. Loan {2} is requested")
NONE_FREE = N_("{0}: lend {1} a device. Loan {2} is requested, but none that fits is free")
OVER = (*FINAL_STATES, CaseStatus.RESOLVED)


def propose_loan(escalation: Escalation) -> list[str]:
	"""Request a loan for the case, once, and notify whom the step names.

	Nobody where the customer has a device on loan already, or where the company lends none: seeded policies have the step.
	"""
	case = escalation.case
	if not case.customer or case.status in OVER or not pool.lends(case.company):
		return recipients.users_for(case, recipients.LEAD)
	loan = _proposed_before(case.name) or _new(case, escalation.clock.kind)
	text = PROPOSED if loan.pieces else NONE_FREE
	users = recipients.users_for(case, escalation.whom or recipients.LEAD, escalation.role)
	if loan.status != Status.REQUESTED:
		return users  # somebody has seen to it
	return people.notify(
		users,
		lambda lang: _(text, lang=lang).format(case.name, case.customer_name or case.customer, loan.name),
		document=(LOAN, loan.name),
	)


def defaults(case: Document) -> dict[str, Any]:
	"""What a loan for `case` starts with: from today, for the days of the settings, the first piece that fits."""
	first, last = requests.period_proposed()
	# what is only of the same group may be anything: a person chooses it
	found = [
		piece
		for piece in pool.suggest(case.company, item_of(case), getdate(first), getdate(last))
		if piece["fits"] != pool.GROUP
	]
	pieces = (
		[{key: found[0][key] for key in ("item_code", "serial_no", "batch_no", "warehouse")} | {"qty": 1}]
		if found
		else []
	)
	return {
		"service_request": case.name,
		"stands_in_for": case.installed_unit,
		"engineer": case.engineer,
		"from_date": first,
		"until_date": last,
		"pieces": pieces,
	}


def item_of(case: Any) -> str | None:
	"""The item a device is to stand in for."""
	unit = case.get("installed_unit") and frappe.db.get_value(
		"Installed Unit", case.installed_unit, "item_code"
	)
	return unit or case.get("item_code")


def _proposed_before(case: str) -> Document | None:
	"""The loan the clock has proposed for the case, whatever became of it, else one that somebody asked for and is open."""
	names = frappe.get_all(LOAN, {"proposal_key": case}, pluck="name") or frappe.get_all(
		LOAN,
		{"service_request": case, "status": ("in", [status.value for status in OPEN])},
		pluck="name",
		order_by="creation",
	)
	return frappe.get_doc(LOAN, names[0]) if names else None


def _new(case: Document, clock: str) -> Document:
	loan = frappe.get_doc({"doctype": LOAN, **defaults(case)})
	site = language.of_site()
	loan.update(
		{
			"proposed": 1,
			# unique: two steps of a ladder, or two sweeps, propose one loan
			"proposal_key": case.name,
			"reason": _("{0} takes longer than promised.", site).format(_(clock, site)),
		}
	)
	# the clock has no rights of its own; a lead decides about the request
	return loan.insert(ignore_permissions=True)
