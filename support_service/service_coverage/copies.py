"""What contracts and warranties show of other records; see foundation/names/copies.py."""

from __future__ import annotations

from typing import Any

import frappe
from pypika.terms import ExistsCriterion

from support_service.foundation.names.copies import Copy, everywhere
from support_service.service_coverage.contract.rules import ContractStatus

WARRANTY, CONTRACT, CONTRACT_UNIT = "Service Warranty", "Service Contract", "Service Contract Unit"
REGISTER = "Warranties are a register, not printed documents: they show today's names."
IN_FORCE = (
	"A contract shows today's names until it ends; an ended one keeps those under which it ended. What was signed is "
	"attached to it."
)
NOT_OVER = tuple(
	status.value for status in (ContractStatus.DRAFT, ContractStatus.UPCOMING, ContractStatus.ACTIVE)
)


def not_over(contract: Any) -> Any:
	return contract.status.isin(NOT_OVER)


def of_contracts_not_over(row: Any) -> Any:
	contract = frappe.qb.DocType(CONTRACT)
	return ExistsCriterion(
		frappe.qb.from_(contract)
		.select(contract.name)
		.where((contract.name == row.parent) & not_over(contract))
	)


COPIES = (
	Copy(WARRANTY, "customer_name", "customer", "Customer", "customer_name", REGISTER, everywhere),
	Copy(WARRANTY, "unit_name", "installed_unit", "Installed Unit", "unit_name", REGISTER, everywhere),
	Copy(WARRANTY, "serial_label", "installed_unit", "Installed Unit", "serial_label", REGISTER, everywhere),
	Copy(CONTRACT, "customer_name", "customer", "Customer", "customer_name", IN_FORCE, not_over),
	Copy(
		CONTRACT,
		"title",
		"customer",
		"Customer",
		"customer_name",
		f"{IN_FORCE} A title that people gave stays.",
		not_over,
		part=True,
	),
	Copy(
		CONTRACT_UNIT,
		"unit_name",
		"installed_unit",
		"Installed Unit",
		"unit_name",
		IN_FORCE,
		of_contracts_not_over,
	),
	Copy(
		CONTRACT_UNIT,
		"serial_label",
		"installed_unit",
		"Installed Unit",
		"serial_label",
		IN_FORCE,
		of_contracts_not_over,
	),
)
