"""What a warranty covers and excludes, in the reader's language: for the certificate, the portal and mails."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import flt

from support_service.service_coverage.vocabulary import Exclusion, Kind
from support_service.service_coverage.warranty import policies, store


def covered(warranty: Any) -> list[dict[str, Any]]:
	"""What is covered: kind (words), until (date; None before it starts), months (then), share (words)."""
	policy = policies.policy_set().by_name.get(warranty.get("policy") or "")
	waiting = not warranty.get("starts_on")
	rows = []
	for kind, column in policies.COLUMNS.items():
		until = warranty.get(f"{column}_until")
		months = policy.months.get(kind, 0) if policy and waiting else 0
		if until or months:
			share = f"{flt(warranty.get(f'share_{column}'), 2):g} %"
			rows.append({"kind": kind_words(kind), "until": until, "months": months, "share": share})
	return rows


def exclusions(warranty: Any) -> list[str]:
	"""What the warranty's policy excludes, one line each."""
	found = policies.policy_set().exclusions.get(warranty.get("policy") or "", ())
	return [_exclusion(exclusion) for exclusion in found]


def status(warranty: Any) -> str:
	"""Today's status in one word, by the dates."""
	return _(store.status_today(warranty), context="Service Warranty")


def kind_words(kind: Kind) -> str:
	return {
		Kind.PART: _("Parts", context="Service Warranty"),
		Kind.LABOUR: _("Labour", context="Service Warranty"),
		Kind.TRAVEL: _("Travel", context="Service Warranty"),
	}[kind]


def warranty_certificate(warranty: Any) -> dict[str, Any]:
	"""Jinja method `warranty_certificate`: what the certificate prints beside the warranty itself.

	The caller has checked that the reader may see the warranty; of unit and item it gives only what is on the device's label.
	"""
	unit = frappe.db.get_value(
		"Installed Unit",
		warranty.installed_unit,
		["unit_name", "item_name", "serial_label", "customer", "site_address_display"],
		as_dict=True,
	)
	part = None
	if warranty.fitted_part:
		name = frappe.db.get_value("Item", warranty.part_item, "item_name")
		part = " ".join(filter(None, (name or warranty.part_item, warranty.part_serial)))
	return frappe._dict(
		customer_name=warranty.customer_name or warranty.customer,
		unit_name=unit.unit_name,
		item_name=unit.item_name,
		serial_label=unit.serial_label,
		# the warranty may be another customer's than the unit: the unit's place is shown to its owner only
		place=unit.site_address_display if unit.customer == warranty.customer else None,
		part=part,
		status=status(warranty.as_dict()),
		covered=covered(warranty),
		exclusions=exclusions(warranty),
		terms=frappe.db.get_value("Warranty Policy", warranty.policy, "terms") if warranty.policy else None,
	)


def _exclusion(exclusion: Exclusion) -> str:
	words = _(exclusion.cause)
	limits = []
	if exclusion.applies_to:
		limits.append(_("only {0}").format(kind_words(exclusion.applies_to)))
	if exclusion.item_group:
		limits.append(_(exclusion.item_group))
	return _("{0} ({1})").format(words, ", ".join(limits)) if limits else words
