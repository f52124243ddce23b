"""Texts about a contract in the reader's language: for the printed contract, the portal and the hotline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import fmt_money, format_date, formatdate, getdate

from support_service.permissions import prices
from support_service.service_coverage.contract import billing, contracts, ends
from support_service.service_coverage.contract.rules import CONTRACT_YEAR, ContractStatus

CONTRACT = contracts.CONTRACT
TONES = {
	ContractStatus.UPCOMING: "blue",
	ContractStatus.ACTIVE: "green",
	ContractStatus.EXPIRED: "gray",
	ContractStatus.TERMINATED: "gray",
}


def status_words(contract: Any, day: date | None = None) -> tuple[str, str]:
	"""(text, colour) of the contract's status on `day` (today if None), computed from its dates."""
	status = ends.status_of(contract, day or getdate())
	return _(status, context=CONTRACT), TONES.get(ContractStatus(status), "gray")


def amount(kind: str, value: float, currency: str | None) -> str:
	"""How much of an entitlement: money for parts, a plain number for everything else."""
	return fmt_money(value, currency=currency) if kind == "Parts Value" else f"{value:g}"


def _kind(kind: str) -> str:
	return _(kind, context="Service Contract Entitlement")


def included_in_words(contract: Any) -> list[dict[str, str]]:
	"""Rows for print: kind, how much, per what, share."""
	return [
		{
			"kind": _kind(row.kind),
			"included": _("Unlimited")
			if row.unlimited
			else amount(row.kind, row.included, contract.currency),
			"per": "" if row.unlimited else _(row.per or CONTRACT_YEAR),
			"share": f"{row.share:g} %",
		}
		for row in contract.entitlements
	]


def left_in_words(
	contract: Any, day: date | None = None, *, say_day: Callable[[date], str] = format_date
) -> list[dict[str, Any]]:
	"""Rows for customers: kind, words ("3 of 4 left until …"), percent used. say_day: how a day is written there."""
	found = []
	for one, period, used, left in contracts.left_of(contract, day or getdate()):
		if left is None:
			found.append({"kind": _kind(one.kind), "words": _("Unlimited"), "percent": 0})
			continue
		words = _("{0} of {1} left until {2}").format(
			amount(one.kind, left, contract.currency),
			amount(one.kind, one.included, contract.currency),
			say_day(period[1] if period else contract.end_date),
		)
		percent = min(100, round(used / one.included * 100)) if one.included else 100
		found.append({"kind": _kind(one.kind), "words": words, "percent": percent})
	return found


def service_contract_print(contract: Any) -> dict[str, Any]:
	"""Jinja method `service_contract_print`: what the printed contract says beside its own fields.

	Called for a contract the reader may print already.
	"""
	level = [
		_("Service Level Policy") + ": " + contract.service_level_policy
		if contract.service_level_policy
		else "",
		_("Service Calendar") + ": " + contract.calendar if contract.calendar else "",
	]
	engineer = (
		frappe.db.get_value("Service Engineer", contract.dedicated_engineer, "engineer_name")
		if contract.dedicated_engineer
		else None
	)
	# an engineer prints what is included, without what it costs
	priced = prices.sees_contract_prices()
	return {
		"status": status_words(contract)[0],
		"level": [line for line in level if line],
		"engineer": engineer,
		"included": included_in_words(contract),
		"exclusions": [_(row.exclusion) for row in contract.exclusions],
		"price": fmt_money(contract.price, currency=contract.currency) if contract.price and priced else "",
		"invoices": [
			{
				"period": _("{0} to {1}").format(formatdate(one.first), formatdate(one.last)),
				"amount": fmt_money(float(one.amount), currency=contract.currency),
			}
			for one in (billing.schedule_of(contract) if priced else ())
		],
	}
