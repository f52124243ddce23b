"""The one writer of Service Contract Use, the ledger of what was used of contracts' entitlements.

The contract's row is locked first and its ledger read under that lock: two transactions that want the last visit take turns,
and the second is refused. Rows are named by contract and number, and the contract counts them, so that they are read by
name: a locking read over a range of an index would lock the gaps too, and two contracts used for the first time at the same
moment would deadlock.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, formatdate, getdate, now_datetime

from support_service.foundation import ledger, locks
from support_service.service_coverage.contract import rules

CONTRACT, USE = "Service Contract", "Service Contract Use"
Reference = tuple[str, str]  # DocType and name of the document that uses something
TERMS = ("name", "docstatus", "start_date", "end_date", "terminated_on", "uses")
USED = (
	"name",
	"kind",
	"period_start",
	"qty",
	"used_on",
	"installed_unit",
	"service_request",
	"reference_doctype",
	"reference_name",
	"reversal_of",
	"entry_key",
)


class EntitlementUsedUpError(frappe.ValidationError):
	"""Less is left of the entitlement than is to be used."""


class NotEntitledError(frappe.ValidationError):
	"""The contract includes nothing of this kind, or does not cover this day."""


def use(
	contract: str,
	kind: str,
	qty: float,
	*,
	on: date,
	key: str,
	reference: Reference,
	service_request: str | None = None,
	unit: str | None = None,
	reason: str | None = None,
) -> str:
	"""Take `qty` of the entitlement `kind` in the period of the day `on`; returns the name of the ledger row.

	key: names what this is for, such as a line of a decision: with a key used before it does nothing and returns the same row,
	unless that was reversed since. Does not commit: the contract stays locked until the caller's transaction ends.

	:raises EntitlementUsedUpError: not enough is left; nothing was written.
	:raises NotEntitledError: nothing of this kind is included, or the contract does not hold on that day.
	"""
	if flt(qty) <= 0:
		raise ValueError(f"nothing to use: {qty}")
	terms, rows = _lock(contract)
	mine = [row for row in rows if row.entry_key == key or row.entry_key.startswith(f"{key}#")]
	reversed_rows = {row.reversal_of for row in rows if row.reversal_of}
	if live := [row for row in mine if row.name not in reversed_rows]:
		return live[0].name
	period_start = _check_left(terms, rows, kind, qty, getdate(on))
	return _append(
		terms,
		{
			"kind": kind,
			"period_start": period_start,
			"qty": qty,
			"used_on": on,
			"installed_unit": unit,
			"service_request": service_request,
			"reference_doctype": reference[0],
			"reference_name": reference[1],
			"reason": reason,
			"entry_key": f"{key}#{len(mine) + 1}" if mine else key,
		},
	)


def reverse(reference: Reference, reason: str | None = None) -> list[str]:
	"""Give back what the document `reference` used and has not given back yet; returns the names of the new rows."""
	filters = {"reference_doctype": reference[0], "reference_name": reference[1]}
	contracts = frappe.get_all(USE, filters=filters, pluck="contract", distinct=True, order_by=None)
	return [name for contract in sorted(contracts) for name in _reverse(contract, reference, reason)]


def _reverse(contract: str, reference: Reference, reason: str | None) -> list[str]:
	terms, rows = _lock(contract)
	reversed_rows = {row.reversal_of for row in rows if row.reversal_of}
	return [
		_append(
			terms,
			{
				"kind": row.kind,
				"period_start": row.period_start,
				"qty": -row.qty,
				"used_on": row.used_on,
				"installed_unit": row.installed_unit,
				"service_request": row.service_request,
				"reference_doctype": row.reference_doctype,
				"reference_name": row.reference_name,
				"reversal_of": row.name,
				"reason": reason,
				"entry_key": f"reversal|{row.name}",
			},
		)
		for row in rows
		if (row.reference_doctype, row.reference_name) == reference
		and not row.reversal_of
		and row.name not in reversed_rows
	]


def _lock(contract: str) -> tuple[Any, list[Any]]:
	"""Lock the contract; returns it and its ledger, as committed."""
	# locking reads: the caller's snapshot may be older than the last use
	found = _locked(CONTRACT, [contract], TERMS)
	if not found:
		frappe.throw(_("Service Contract {0} does not exist.").format(contract), frappe.DoesNotExistError)
	terms = found[0]
	names = [_row_name(contract, number) for number in range(1, terms.uses + 1)]
	return terms, _locked(USE, names, USED) if names else []


def _locked(doctype: str, names: list[str], fields: tuple[str, ...]) -> list[Any]:
	table = frappe.qb.DocType(doctype)
	query = frappe.qb.from_(table).select(*(table[field] for field in fields)).where(table.name.isin(names))
	return locks.rows(query)


def _check_left(terms: Any, rows: list[Any], kind: str, qty: float, on: date) -> date:
	"""First day of the period that `qty` is taken from; refuses more than is left."""
	status = rules.status_on(
		on,
		docstatus=terms.docstatus,
		start=terms.start_date,
		end=terms.end_date,
		terminated_on=terms.terminated_on,
	)
	included = frappe.get_all(
		"Service Contract Entitlement",
		filters={"parent": terms.name, "parenttype": CONTRACT, "kind": kind},
		fields=["included", "unlimited", "per"],
		limit=1,
	)
	if status != rules.ContractStatus.ACTIVE or not included:
		frappe.throw(
			_("Contract {0} includes no {1} on {2}. Choose another contract, or charge the work.").format(
				terms.name, _(kind, context="Service Contract Entitlement"), formatdate(on)
			),
			NotEntitledError,
		)
	row = included[0]
	period = rules.period_of(on, per=row.per, start=terms.start_date, end=terms.end_date)
	first = period[0] if period else terms.start_date
	uses = [one.qty for one in rows if (one.kind, one.period_start) == (kind, first)]
	left = rules.remaining(row.included or 0, uses, unlimited=bool(row.unlimited))
	if not rules.suffices(left, qty):
		frappe.throw(
			_("Of {1} in contract {0} only {2} is left, {3} is needed. Charge the rest.").format(
				terms.name, _(kind, context="Service Contract Entitlement"), f"{left:g}", f"{qty:g}"
			),
			EntitlementUsedUpError,
		)
	return first


def _append(terms: Any, values: dict[str, Any]) -> str:
	terms.uses += 1
	row: Document = frappe.get_doc(
		{
			"doctype": USE,
			"contract": terms.name,
			"recorded_by": frappe.session.user,
			"recorded_at": now_datetime(),
			**values,
		}
	)
	ledger.append(row, set_name=_row_name(terms.name, terms.uses))
	# the number of rows is no change of the contract: an open form of it stays up to date
	frappe.db.set_value(CONTRACT, terms.name, "uses", terms.uses, update_modified=False)
	return row.name


def _row_name(contract: str, number: int) -> str:
	return f"{contract}-{number}"
