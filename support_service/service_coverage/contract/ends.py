"""Status of a contract, and its end: by its dates, by termination, or by cancelling one that was entered wrongly."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.query_builder.functions import Sum
from frappe.utils import formatdate, getdate

from support_service.service_coverage.contract import rules
from support_service.service_coverage.contract.rules import ContractStatus
from support_service.service_coverage.contract.uses import CONTRACT, USE

TINY = 1e-6  # of hours or money

if TYPE_CHECKING:
	from support_service.service_coverage.doctype.service_contract.service_contract import ServiceContract


class ContractTerminationError(frappe.ValidationError):
	"""The contract cannot be terminated like this."""


class ContractUsedError(frappe.ValidationError):
	"""Something was used of the contract, so it cannot be cancelled."""


def status_of(contract: Any, day: date) -> str:
	"""Status of a contract (row or document) on `day`."""
	status = rules.status_on(
		day,
		docstatus=int(contract.docstatus),
		start=getdate(contract.start_date),
		end=getdate(contract.end_date),
		terminated_on=getdate(contract.terminated_on) if contract.terminated_on else None,
	)
	return status.value


def refresh_statuses() -> int:
	"""Daily: bring the stored status of contracts up to date; returns how many changed. A repeat changes nothing."""
	today = getdate()
	contract = frappe.qb.DocType(CONTRACT)
	rows = (
		frappe.qb.from_(contract)
		.select(
			contract.name,
			contract.docstatus,
			contract.status,
			contract.start_date,
			contract.end_date,
			contract.terminated_on,
		)
		.where(contract.docstatus == 1)
		# what is over stays over
		.where(contract.status.isin([ContractStatus.UPCOMING.value, ContractStatus.ACTIVE.value]))
		.run(as_dict=True)
	)
	changed: dict[str, list[str]] = defaultdict(list)
	for row in rows:
		if (status := status_of(row, today)) != row.status:
			changed[status].append(row.name)
	for status, names in changed.items():
		frappe.db.set_value(CONTRACT, {"name": ("in", names)}, "status", status, update_modified=False)
	return sum(map(len, changed.values()))


def terminate(contract: ServiceContract, on: date, reason: str) -> None:
	"""End `contract` with the day `on`, which it still covers. The caller has checked the right to change it.

	Nothing is invoiced or renewed after that day; the invoice of the period it falls into is reduced, see `rules.schedule`.
	"""
	_check_termination(contract, on, reason)
	contract.terminated_on, contract.termination_reason = on, reason.strip()
	contract.auto_renew = 0
	contract.save()
	contract.add_comment("Label", _("terminated with {0}: {1}").format(formatdate(on), reason.strip()))


def check_unused(contract: ServiceContract) -> None:
	"""Refuse to cancel a contract of which something was used: cancelling is for contracts entered wrongly."""
	use = DocType(USE)
	rows = (
		frappe.qb.from_(use).select(Sum(use.qty)).where(use.contract == contract.name).groupby(use.kind).run()
	)
	if any(abs(qty) > TINY for (qty,) in rows):
		frappe.throw(
			_("Something was used of {0}, so it cannot be cancelled. Terminate it instead.").format(
				contract.name
			),
			ContractUsedError,
		)


def _check_termination(contract: ServiceContract, on: date, reason: str) -> None:
	if contract.docstatus != 1 or contract.terminated_on:
		frappe.throw(_("Only a contract in force can be terminated."), ContractTerminationError)
	if not (reason or "").strip():
		frappe.throw(_("Say why the contract is terminated."), ContractTerminationError)
	if on >= getdate(contract.end_date):
		frappe.throw(
			_("The contract ends on {0} by itself. Choose an earlier day.").format(
				formatdate(contract.end_date)
			),
			ContractTerminationError,
		)
	use = DocType(USE)
	used = (
		frappe.qb.from_(use)
		.select(Sum(use.qty))
		.where((use.contract == contract.name) & (use.used_on > on))
		.groupby(use.kind, use.period_start)
		.run()
	)
	if any(qty > TINY for (qty,) in used):
		frappe.throw(
			_("Work after {0} has used this contract already. Choose a later day.").format(formatdate(on)),
			ContractTerminationError,
		)
