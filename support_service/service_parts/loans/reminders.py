"""Reminding of loans: some days before one is due, on the day, and upwards the longer it is late. Hourly.

How late a loan is follows from its due date and today, whenever this runs; nothing of it is stored. Each reminder is a row of the
loan's ledger with a unique key of due date, person and number of days, committed with the notification: it is sent once, and a loan
that is extended is reminded of anew.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, formatdate, getdate

from support_service.constants.words import N_
from support_service.foundation import batches, locks, people
from support_service.foundation.postponed import Backlog
from support_service.service_parts.loans import history, messages, periods, settings
from support_service.service_parts.loans.lifecycle import OUT
from support_service.service_parts.loans.moves import LOAN
from support_service.service_parts.loans.periods import CUSTOMER, ENGINEER, MANAGER, Reminder
from support_service.support_service.messaging import recipients

CASE = "Service Request"
TO_REMIND = Backlog(N_("Remind of a loan"), LOAN)
SOON, TODAY, LATE = (
	N_("Loan {0} of {1} is due on {2}"),
	N_("Loan {0} of {1} is due today"),
	N_("Loan {0} of {1} was due on {2} and is {3} days late"),
)


def remind_due(limit: int = 500) -> int:
	"""Send the reminders that are due; returns for how many loans. Safe in parallel, safe to kill. Commits after each loan."""
	before = settings.number("loan_reminder_days")
	names = frappe.get_all(
		LOAN,
		filters={
			"status": ("in", [status.value for status in OUT]),
			"until_date": ("<=", add_days(getdate(), max(0, before))),
		},
		pluck="name",
		order_by="until_date, name",
	)
	return batches.one_by_one(
		[name for name in names if due(frappe.get_doc(LOAN, name))],
		lock=partial(batches.lock_name, LOAN),
		work=_remind,
		backlog=TO_REMIND,
		limit=limit,
	)


def due(loan: Any) -> list[Reminder]:
	"""The reminders of a loan whose day has come and that were not sent; none for one that is not out."""
	if loan.status not in OUT:
		return []
	found = periods.reached(_ladder(), getdate(loan.until_date), getdate())
	keys = {history.key_of_reminder(loan, step.whom, step.days): step for step in found}
	sent = frappe.get_all(
		history.ENTRY, {"entry_key": ("in", list(keys) or [""])}, pluck="entry_key", order_by=None
	)
	return [step for key, step in keys.items() if key not in sent]


def _ladder() -> tuple[Reminder, ...]:
	steps = periods.ladder(
		settings.number("loan_reminder_days"),
		settings.number("loan_lead_days"),
		settings.number("loan_manager_days"),
	)
	to_customer = settings.number("remind_customer_of_loans")
	return tuple(step for step in steps if to_customer or step.whom != CUSTOMER)


def _remind(name: str) -> None:
	loan = locks.get_doc(LOAN, name)
	for step in due(loan):
		reached = messages.remind(loan, step.days) if step.whom == CUSTOMER else _notify(loan, step)
		# also where nobody could be reached: the history says so, and the next step goes to somebody else
		history.append_reminder(loan, whom=step.whom, days=step.days, reached=reached)


def _notify(loan: Document, step: Reminder) -> list[str]:
	return people.notify(_users(loan, step.whom), partial(_sentence, loan), document=(LOAN, loan.name))


def _users(loan: Document, whom: str) -> list[str]:
	case = frappe.get_doc(CASE, loan.service_request)
	if whom == MANAGER:
		return recipients.users_for(case, recipients.ROLE, MANAGER)
	own = list(recipients.able_engineers([loan.engineer]).values()) if whom == ENGINEER else []
	return own or recipients.users_for(case, whom)


def _sentence(loan: Document, language: str) -> str:
	late = (getdate() - getdate(loan.until_date)).days
	text = SOON if late < 0 else TODAY if late == 0 else LATE
	return _(text, lang=language).format(
		loan.name, loan.customer_name or loan.customer, formatdate(loan.until_date), late
	)
