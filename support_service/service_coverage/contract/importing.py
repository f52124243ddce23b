"""Imports contracts agreed before the app was installed, by Data Import or REST: what was invoiced is not invoiced again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.utils import cint, flt, formatdate, getdate

from support_service.foundation import from_before, typed
from support_service.service_coverage.contract import billing, ends
from support_service.service_coverage.contract.content import ContractContentError

if TYPE_CHECKING:
	from support_service.service_coverage.doctype.service_contract.service_contract import ServiceContract


def recognise(contract: ServiceContract) -> None:
	"""Part of `before_insert`: mark a row of a Data Import as imported, also where its column is empty."""
	from_before.settle_mark(contract, by_file=True)


def check(contract: ServiceContract) -> None:
	"""Part of `validate`: ask up to which day an imported contract was invoiced, and check the status given."""
	if not contract.is_new():
		return
	_check_status(contract)
	if not cint(contract.imported):
		return
	if not flt(contract.price) or contract.invoiced_until:
		return
	today = getdate()
	if getdate(contract.end_date) < today:
		contract.invoiced_until = contract.end_date  # long over
		return
	past = [one.first for one in billing.schedule_of(contract) if one.first < today]
	if past:
		frappe.throw(
			_(
				"{0}: say up to which day the contract was invoiced before; else invoices from {1} on would be made. Enter a day "
				"before the start if none was made."
			).format(typed.labels(contract, ["invoiced_until"]), formatdate(past[0])),
			ContractContentError,
		)


def _check_status(contract: ServiceContract) -> None:
	"""Refuse a given status that does not follow from the dates."""
	if not typed.typed_in(contract, ["status"]):
		return
	stands = frappe._dict(contract.as_dict(), docstatus=int(_will_be_submitted(contract)))
	follows = ends.status_of(stands, getdate())
	if contract.status != follows:
		typed.refuse(
			contract,
			["status"],
			_("the contract would be {0}. Correct the dates, submit it, or leave the status empty.").format(
				_(follows, context=contract.doctype)
			),
		)


def _will_be_submitted(contract: ServiceContract) -> bool:
	if contract.docstatus.is_submitted():
		return True
	source = contract.flags.updater_reference or {}
	return source.get("doctype") == "Data Import" and bool(
		frappe.db.get_value("Data Import", source["docname"], "submit_after_import")
	)
