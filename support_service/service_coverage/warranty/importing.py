"""Imports warranties given before the app was installed, by Data Import or REST, with the days they were given for.

They go through the register, so that they have a ledger, which says that they were imported. Where the unit has a warranty
that its policy gave and nobody has changed, the imported one corrects it; where it has any other, the row is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.utils import flt, formatdate, getdate

from support_service.foundation import language, typed
from support_service.service_coverage.vocabulary import Kind
from support_service.service_coverage.warranty import rules
from support_service.service_coverage.warranty.policies import COLUMNS
from support_service.service_coverage.warranty.policy_rules import Policy
from support_service.service_coverage.warranty.register import WarrantyRegister, Why
from support_service.service_coverage.warranty.rules import Event, State, Terms
from support_service.service_coverage.warranty.store import Row
from support_service.service_coverage.warranty.warranties import WarrantyRefusedError

if TYPE_CHECKING:
	from support_service.service_coverage.doctype.service_warranty.service_warranty import ServiceWarranty

# what follows from the unit; a row may repeat it
OF_UNIT = ("unit_name", "item_code", "serial_label", "company", "customer", "customer_name")
# columns the app fills itself, and those of parts, whose warranty comes with the visit that fitted them
NOT_IMPORTED = (
	"fitted_part",
	"part_item",
	"part_serial",
	"source_key",
	"awaits_start",
	"suspension",
	"settled_on",
	"entries",
	"told_until",
	"reference_doctype",
	"reference_name",
)


# what the unit's own delivery, installation and acceptance do to a warranty
BY_POLICY = {str(Event.REGISTERED), str(Event.STARTED)}


def take_in(warranty: ServiceWarranty) -> str:
	"""Store the warranty described by `warranty`, a document not saved yet; returns its name.

	The caller has checked the right to create one and that what it links exists. Raises WarrantyRefusedError,
	typed.FilledByTheAppError.
	"""
	unit = warranty.installed_unit
	register = WarrantyRegister([unit])
	if unit not in register.facts:
		_refuse(warranty, ["installed_unit"], _("choose a unit."))
	typed.refuse_given(warranty, NOT_IMPORTED)
	_check_unit(warranty, register.facts[unit])
	terms = terms_of(warranty, register.policies.by_name.get(warranty.policy or ""))
	_check_status(warranty, terms)
	said = _("Imported by {0}.", language.of_site()).format(frappe.session.user)
	why = Why(frappe.generate_hash(length=12), terms.starts_on, said)
	row = _put(register, warranty, terms, why)
	row["imported"] = 1
	register.flush()
	return row["name"]


def terms_of(warranty: ServiceWarranty, policy: Policy | None) -> Terms:
	"""The terms in an imported row: last days per kind, or `ends_on` for everything its policy covers."""
	if not warranty.starts_on:
		_refuse(warranty, ["starts_on"], _("say when the warranty began."))
	starts_on = getdate(warranty.starts_on)
	until = {kind: warranty.get(f"{column}_until") for kind, column in COLUMNS.items()}
	if not any(until.values()):
		if not warranty.ends_on:
			_refuse(warranty, ["ends_on"], _("say up to which day it covers."))
		covered = [kind for kind in Kind if not policy or policy.months.get(kind)]
		until = dict.fromkeys(covered, warranty.ends_on)
	days = {kind: getdate(day) for kind, day in until.items() if day}
	shares = {kind: _share(warranty, kind, policy) for kind in days}
	_refuse_shares_of_nothing(warranty, [kind for kind in Kind if kind not in days])
	terms = Terms(starts_on, {kind: days.get(kind) for kind in Kind}, shares)
	if not days or min(days.values()) < starts_on:
		_refuse(
			warranty, ["starts_on", "ends_on"], _("a warranty covers something, and ends after it begins.")
		)
	if warranty.ends_on and getdate(warranty.ends_on) != terms.ends_on:
		_refuse(
			warranty,
			["ends_on"],
			_("the days given for what is covered end on {0}.").format(formatdate(terms.ends_on)),
		)
	return terms


def _share(warranty: ServiceWarranty, kind: Kind, policy: Policy | None) -> float:
	"""The share given beside a last day; where it is empty that of the policy, else 100 percent."""
	fieldname = f"share_{COLUMNS[kind]}"
	if warranty.get(fieldname) in (None, ""):
		return (policy.shares.get(kind) if policy else None) or 100.0
	given = flt(warranty.get(fieldname))
	if not 0 <= given <= 100:
		_refuse(warranty, [fieldname], _("enter a percentage from 0 to 100."))
	if not given:
		_refuse(
			warranty,
			[fieldname],
			_("0 percent covers nothing. Leave it empty, and give a last day only for what is covered."),
		)
	return given


def _refuse_shares_of_nothing(warranty: ServiceWarranty, uncovered: list[Kind]) -> None:
	"""Refuse a share above 0 percent for a kind without a last day, of which nothing is covered."""
	for kind in uncovered:
		share, day = f"share_{COLUMNS[kind]}", f"{COLUMNS[kind]}_until"
		if typed.given(warranty, [share]):
			_refuse(
				warranty,
				[share],
				_("nothing is covered here without a last day. Give {0}, or leave the share empty.").format(
					typed.labels(warranty, [day])
				),
			)


def _put(register: WarrantyRegister, warranty: ServiceWarranty, terms: Terms, why: Why) -> Row:
	present = register.own(warranty.installed_unit)
	if not present:
		policy = register.policies.by_name.get(warranty.policy or "")
		return register.begin(warranty.installed_unit, policy, terms, why)
	events = {entry["event"] for entry in register.ledgers()[present["name"]]}
	if present["imported"] or not events <= BY_POLICY:
		_refuse(
			warranty,
			["installed_unit"],
			_("unit {0} has warranty {1}. Extend or correct that one.").format(
				warranty.installed_unit, present["name"]
			),
		)
	if warranty.policy and warranty.policy != present["policy"]:
		_refuse(
			warranty, ["policy"], _("the warranty of this unit was given by {0}.").format(present["policy"])
		)
	register.change(present, Event.CORRECTED, why, terms=terms)
	return present


def _check_unit(warranty: ServiceWarranty, fact: Row) -> None:
	"""Refuse a row whose columns about the unit differ from the unit; they are not stored from the row."""
	for name in OF_UNIT:
		said = warranty.get(name)
		if said and not typed.same(warranty, name, said, fact[name]):
			_refuse(
				warranty, [name], _("unit {0} says {1}.").format(warranty.installed_unit, fact[name] or "–")
			)


def _check_status(warranty: ServiceWarranty, terms: Terms) -> None:
	status = str(rules.status_on(State(terms), getdate()))
	if typed.given(warranty, ["status"]) and warranty.status != status:
		_refuse(
			warranty,
			["status"],
			_("by its days the warranty is {0}. Void or suspend it afterwards, with the reason.").format(
				_(status, context=warranty.doctype)
			),
		)


def _refuse(warranty: ServiceWarranty, fieldnames: list[str], why: str) -> Any:
	frappe.throw(_("{0}: {1}").format(typed.labels(warranty, fieldnames), why), WarrantyRefusedError)
