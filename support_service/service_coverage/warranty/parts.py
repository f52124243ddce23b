"""Warranties of replacement parts: each part inside a unit has its own, as the unit's policy says, until it is taken out.

What is inside now (after fitting, removal, or the cancellation of either) is compared with the warranties there are, so
that the order in which a visit's rows are written does not matter and a repeat does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from support_service.constants.words import N_
from support_service.foundation import language
from support_service.installed_base import fitted_parts
from support_service.installed_base.fitted_parts import FittedPart
from support_service.service_coverage.warranty import rules, store
from support_service.service_coverage.warranty.register import WarrantyRegister, Why
from support_service.service_coverage.warranty.rules import Event, Status
from support_service.service_coverage.warranty.store import Row

# begins the key of ledger rows that void the warranty of a part taken out
TAKEN_OUT = "taken out"


def follow_entry(entry: Document, method: str | None = None) -> None:
	"""doc_event after_insert of Fitted Part Entry; acts once per unit, at the last row of the document."""
	if entry.flags.more_to_come:
		return
	register = WarrantyRegister([entry.installed_unit])
	inside = {part.entry: part for part in fitted_parts.inside_now(entry.installed_unit)}
	known = {row["fitted_part"]: row for row in register.by_unit[entry.installed_unit] if row["fitted_part"]}
	why = Why(
		entry.name,
		getdate(entry.happened_at),
		reference=(str(entry.voucher_type), str(entry.voucher_no)),
	)
	_close(register, {name: row for name, row in known.items() if name not in inside}, why)
	for name, part in inside.items():
		if name not in known:
			_begin(register, entry.installed_unit, part)
		elif known[name]["status"] == Status.VOID:
			_open_again(register, known[name], why)
	register.flush()


def _begin(register: WarrantyRegister, unit: str, part: FittedPart) -> None:
	fitted_on = getdate(part.since)
	own = register.own(unit)
	policy = register.policies.by_name.get(own["policy"] or "") if own else None
	policy = policy or register.policy_for(unit, fitted_on)
	terms = rules.part_terms(policy, fitted_on, store.as_terms(own) if own else None) if policy else None
	if terms is None:
		return
	reference = (part.voucher_type, part.voucher_no) if part.voucher_type and part.voucher_no else None
	register.begin(
		unit,
		policy,
		terms,
		Why(part.entry, fitted_on, _say(N_("Fitted as a replacement")), reference),
		part={"fitted_part": part.entry, "part_item": part.item_code, "part_serial": part.serial_label},
	)


def _close(register: WarrantyRegister, gone: Mapping[str, Row], why: Why) -> None:
	for row in gone.values():
		if row["status"] != Status.VOID:
			taken_out = replace(why, key=f"{TAKEN_OUT}|{why.key}", reason=_say(N_("The part was taken out")))
			register.change(row, Event.VOIDED, taken_out)


def _open_again(register: WarrantyRegister, row: Row, why: Why) -> None:
	"""Undo the voiding of a part whose removal was cancelled; a warranty voided by a person or a sale stays void."""
	ledger: list[Any] = register.ledgers().get(row["name"], [])
	if ledger and f"|{TAKEN_OUT}|" in ledger[-1].entry_key:
		again = replace(why, reason=_say(N_("The part is inside again")))
		register.change(row, Event.CORRECTED, again, terms=store.as_terms(row))


def _say(text: str) -> str:
	return _(text, language.of_site())
