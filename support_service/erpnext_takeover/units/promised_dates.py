"""Keeps the warranty expiry date of a Serial No where the warranty policy would give another day.

ERPNext clears that date when a unit comes in for repair and sets a new one when it goes out again. The date on the day of
the takeover is what the customer was promised, so it is written to the warranty's ledger with its reason. From then on the
ledger counts, and ERPNext's field only shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from support_service.constants.words import N_
from support_service.erpnext_takeover.records import say
from support_service.service_coverage.vocabulary import Kind
from support_service.service_coverage.warranty import store as warranty_store
from support_service.service_coverage.warranty.register import WarrantyRegister, Why
from support_service.service_coverage.warranty.rules import Event, Terms

SAID = N_("The Serial No in ERPNext shows a warranty until {0}.")


@dataclass(frozen=True, slots=True)
class Promise:
	"""until: the last day of warranty on the Serial No before the unit was made."""

	unit: str
	serial: str
	until: date


def keep(promises: Sequence[Promise]) -> None:
	"""Extend or correct the warranties of these units to the day promised; start one where no policy gave any."""
	if not promises:
		return
	register = WarrantyRegister(promise.unit for promise in promises)
	for promise in promises:
		_keep(register, promise)
	register.flush()


def _keep(register: WarrantyRegister, promise: Promise) -> None:
	row, fact = register.own(promise.unit), register.facts[promise.unit]
	first = (row["starts_on"] if row else None) or fact["delivered_on"]
	if not first or promise.until <= first or (row and row["ends_on"] == promise.until):
		return  # nothing to keep: no start, over before its start, or the same day
	why = Why(f"Serial No|{promise.serial}", first, say(SAID, promise.until), ("Serial No", promise.serial))
	if row is None:
		terms = Terms(first, dict.fromkeys(Kind, promise.until), dict.fromkeys(Kind, 100.0))
		register.begin(promise.unit, None, terms, why)
		return
	longer = row["ends_on"] is None or promise.until > row["ends_on"]
	register.change(row, Event.EXTENDED if longer else Event.CORRECTED, why, terms=_terms(row, promise.until))


def _terms(row: dict[str, Any], until: date) -> Terms:
	"""The same kinds of costs as the policy covers, up to the day promised."""
	terms = warranty_store.as_terms(row)
	covered = {kind: until for kind in Kind if terms.until.get(kind)} or dict.fromkeys(Kind, until)
	shares = {kind: terms.shares.get(kind) or 100.0 for kind in covered}
	return replace(terms, until={**terms.until, **covered}, shares={**terms.shares, **shares})
