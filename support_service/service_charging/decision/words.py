"""Who pays for a line, in a sentence of the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from frappe import _
from frappe.utils import flt, fmt_money, format_date, get_fullname

from support_service.service_charging.rules.details import Details, load
from support_service.service_charging.rules.outcome import Portion, Refusal, Why
from support_service.service_coverage.vocabulary import LABOUR_HOURS, PARTS_VALUE, VISITS, Kind, SourceKind


def kind(name: str) -> str:
	"""Labour, travel or parts, inside a sentence."""
	return {Kind.LABOUR: _("labour"), Kind.TRAVEL: _("travel"), Kind.PART: _("parts")}[Kind(name)]


def percent(share: float) -> str:
	return _("{0} %", context="Coverage Decision").format(f"{flt(share, 2):g}")


def of_line(row: Any, *, priced: bool = True, sold: bool = False) -> str:
	"""The sentence of a stored line (Coverage Decision Line); without amounts unless `priced`. sold: a part without work."""
	currency = row.currency if priced else None
	if sold and not row.overridden:
		return _of_sale(row)
	if row.overridden:
		return _("{0}: decided by {1} ({2}). By the rules: {3}").format(
			_result(row.covered_share),
			get_fullname(row.overridden_by),
			row.override_reason,
			sentence(row.kind, row.rule_share, load(row.details), currency),
		)
	return sentence(row.kind, row.covered_share, load(row.details), currency)


def _of_sale(row: Any) -> str:
	granted = [portion.source for portion in load(row.details).portions]
	if not granted:
		return _("Sold: no warranty and no contract pays for it")
	return _("Discount of {0} by contract {1}").format(percent(row.covered_share), ", ".join(granted))


def for_customer(row: Any, *, sold: bool = False) -> str:
	"""The same without the name of whoever overrode the line and the reason."""
	if row.overridden:
		return _("{0}, as agreed").format(_result(row.covered_share))
	return of_line(row, sold=sold)


def sentence(line_kind: str, share: float, details: Details, currency: str | None = None) -> str:
	"""Covered by what, or charged because of what; without the last full stop. currency None: amounts are left out."""
	paying = [_pays(portion, line_kind, currency, len(details.portions) > 1) for portion in details.portions]
	against = [_against(refusal, line_kind) for refusal in details.refusals if refusal.why != Why.NOT_NEEDED]
	if share >= 100:
		return _colon(_result(share), paying)
	if share > 0:
		return _colon(_result(share), [*paying, *against])
	return _colon(_result(share), against or [_("no warranty and no contract is recorded")])


def _result(share: float) -> str:
	if share >= 100:
		return _("Covered {0}").format(percent(100))
	if share > 0:
		return _("Covered {0}, charged {1}").format(percent(share), percent(100 - share))
	return _("Charged")


def _colon(head: str, parts: Sequence[str]) -> str:
	return _("{0}: {1}", context="Coverage Decision").format(head, _("; ").join(parts)) if parts else head


def _pays(portion: Portion, line_kind: str, currency: str | None, one_of_many: bool) -> str:
	said = _pays_what(portion, line_kind, currency)
	return _("{0} by: {1}").format(percent(portion.share), said) if one_of_many else said


def _pays_what(portion: Portion, line_kind: str, currency: str | None) -> str:
	until = format_date(portion.until) if portion.until else ""
	if portion.kind == SourceKind.OWN:
		return _("the device is ours, on loan to the customer")
	if portion.kind == SourceKind.WARRANTY:
		if portion.part:
			return _("warranty {0} on part {1} covers {2} until {3}").format(
				portion.source, portion.part, kind(line_kind), until
			)
		return _("warranty {0} covers {1} until {2}").format(portion.source, kind(line_kind), until)
	if portion.entitlement == VISITS:
		if portion.used > 1:
			return _("contract {0} includes {1} visits").format(portion.source, f"{portion.used:g}")
		return _("contract {0} includes this visit").format(portion.source)
	if portion.entitlement == LABOUR_HOURS and portion.used:
		return _("contract {0} includes {1} h of labour").format(portion.source, f"{flt(portion.used, 2):g}")
	if portion.entitlement == PARTS_VALUE and portion.used and currency:
		return _("contract {0} includes parts for {1}").format(
			portion.source, fmt_money(portion.used, currency=currency)
		)
	return _("contract {0} covers {1}").format(portion.source, kind(line_kind))


def _against(refusal: Refusal, line_kind: str) -> str:
	if refusal.why == Why.OTHER_CUSTOMER:
		# their warranties and contracts are not named: the sentence is for this customer
		return _("the unit belongs to another customer, and what covers it there does not count")
	source = _source(refusal)
	detail = refusal.detail
	if refusal.why == Why.NOT_IN_FORCE:
		state = _(str(detail), context=refusal.kind.value)
		return _("{0} is not in force ({1})").format(source, state)
	if refusal.why == Why.NOT_STARTED:
		return _("{0} begins on {1}").format(source, format_date(detail))
	if refusal.why == Why.EXPIRED:
		return _("{0} expired on {1}").format(source, format_date(detail))
	if refusal.why == Why.OTHER_PART:
		return _("{0} is for part {1} only").format(source, detail)
	if refusal.why == Why.EXCLUDED_CAUSE:
		return _("{0} excludes this cause: {1}").format(source, _(str(detail)))
	if refusal.why == Why.EXCLUDED_GROUP:
		return _("{0} excludes parts of group {1}").format(source, _(str(detail)))
	if refusal.why == Why.USED_UP:
		return _("{0} has nothing left of: {1}").format(
			source, _(str(detail), context="Service Contract Entitlement")
		)
	return _("{0} does not include {1}").format(source, kind(line_kind))


def _source(refusal: Refusal) -> str:
	if refusal.kind == SourceKind.OWN:
		return _("our device {0}").format(refusal.source)
	if refusal.kind == SourceKind.WARRANTY:
		return _("warranty {0}").format(refusal.source)
	return _("contract {0}").format(refusal.source)
