"""What service contracts agree on for a case, and how a change of a contract reaches cases that are still open.

A case is promised what was agreed for its unit on the day it was raised. A contract that is submitted, changed, ended or
cancelled marks itself (`cases_to_follow`); the job enqueued after commit only saves time, the scheduler's run every minute
is the guarantee. Each case is computed again in a transaction of its own; killed, the rest is done by the next run. A case that
cannot be computed is tried again later until it can.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.constants.words import N_
from support_service.foundation import batches, language
from support_service.foundation.postponed import Backlog
from support_service.service_coverage.contract import contracts
from support_service.support_service import merged_customers, promises
from support_service.support_service.copies import NOT_OVER
from support_service.support_service.messaging import recipients

CONTRACT = contracts.CONTRACT
CASE = "Service Request"
TO_FOLLOW = Backlog(N_("Let a request follow its contract"), CASE)
RUN = "support_service.support_service.agreements.run"
FLAG = "support_service:contract_enqueued"


def dedicated_engineer(case: Any) -> str | None:
	"""The engineer whom the customer's contracts name for this case, where they can act."""
	agreed = promises.agreed_for(case) if case.service_contract else None
	return next(iter(recipients.able_engineers([agreed.dedicated_engineer])), None) if agreed else None


def follow_contract(contract: Document, method: str | None = None) -> None:
	"""Listens to Service Contract (see hooks.py): open cases of its term are looked at again, in the background."""
	if method == "on_update_after_submit" and not _says_something_else(contract):
		return
	frappe.db.set_value(
		CONTRACT, contract.name, "cases_to_follow", _reason(contract, method), update_modified=False
	)
	batches.enqueue(RUN, FLAG)


def run() -> int:
	"""Compute the promises of open cases again after their contracts changed; returns how many were looked at. Commits."""
	batches.begun(FLAG)
	contract = frappe.qb.DocType(CONTRACT)
	marked = (
		# not get_all, which would wrap the column and read every contract, every minute
		frappe.qb.from_(contract)
		.select(
			contract.name, contract.customer, contract.start_date, contract.modified, contract.cases_to_follow
		)
		.where(contract.cases_to_follow > "")
		.run(as_dict=True)
	)
	done = sum(_run(contract) for contract in marked)
	if due := TO_FOLLOW.due():
		done += batches.one_by_one(due, lock=_lock, work=_follow_late, failed=TO_FOLLOW.note)
	return done + merged_customers.run()


def _run(contract: Any) -> int:
	cases = frappe.get_all(
		CASE,
		filters={
			"customer": contract.customer,
			"status": ("in", NOT_OVER),
			"raised_on": (">=", contract.start_date),
		},
		pluck="name",
		order_by="raised_on",
	)
	failed: list[str] = []
	done = batches.one_by_one(
		cases,
		lock=_lock,
		work=partial(promises.agree_again, reason=contract.cases_to_follow),
		failed=partial(_note, failed, contract.cases_to_follow),
	)
	if done + len(failed) == len(cases):
		# changed again meanwhile, it stays marked
		this = {"name": contract.name, "modified": contract.modified}
		frappe.db.set_value(CONTRACT, this, "cases_to_follow", None, update_modified=False)
		frappe.db.commit()  # a batch job: the mark goes when its cases are done
	return done


def _lock(case: str) -> bool:
	return batches.lock_name(CASE, case)


def _follow_late(case: str) -> None:
	"""What its contracts say now holds, whatever they said when it failed."""
	if frappe.db.get_value(CASE, case, "status") in NOT_OVER:
		promises.agree_again(case, TO_FOLLOW.reason(case) or "")
	TO_FOLLOW.forget([case])


def _note(failed: list[str], reason: str, case: str, error: Exception) -> None:
	failed.append(case)
	TO_FOLLOW.note(case, error, reason)


def _says_something_else(contract: Document) -> bool:
	stored = contract.get_doc_before_save()
	fields = ("service_level_policy", "calendar", "dedicated_engineer", "all_units", "terminated_on")
	if not stored or any(contract.has_value_changed(name) for name in fields):
		return True
	return _units(stored) != _units(contract)


def _units(contract: Document) -> set[tuple[str, str, str]]:
	return {(row.installed_unit, str(row.from_date), str(row.to_date)) for row in contract.units}


def _reason(contract: Document, method: str | None) -> str:
	"""A stored sentence, in the site's language."""
	lang = language.of_site()
	if method == "on_submit":
		text = _("Service Contract {0} is in force", lang)
	elif method == "on_cancel":
		text = _("Service Contract {0} was cancelled", lang)
	elif contract.has_value_changed("terminated_on"):
		text = _("Service Contract {0} was terminated", lang)
	else:
		text = _("Service Contract {0} was changed", lang)
	return text.format(contract.name)
