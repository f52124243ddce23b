"""Several processes tell of the same deliveries at the same moment: each unit is made once, each event stands once."""

from datetime import date

import frappe
import pytest

from support_service.foundation.names.keys import key_of
from support_service.installed_base.placements import NewUnit, place
from tests.factories import make_customer
from tests.faults.workers import Crew, Outcome
from tests.faults.world import fresh

SIZES = (2, 4)
ROUNDS = 5
PIECES = 30


def tell(user: str, document: str, ready) -> Outcome:
	"""What each process does: the hook of a delivery, a takeover and a sweep may all tell of the same one."""
	customer, row = document.split("|")
	ready()
	frappe.db.rollback()  # the snapshot is from before the others'
	try:
		place(units(customer, row))
		frappe.db.commit()
	except Exception as error:
		frappe.db.rollback()
		return Outcome(document, type(error).__name__, str(error))
	return Outcome(document, "", "")


def units(customer: str, row: str) -> list[NewUnit]:
	return [
		NewUnit(
			source_key=key_of("Delivery Note Item", row, number + 1),
			customer=customer,
			happened_on=date(2026, 3, 2),
			reference=("Delivery Note", f"DN-{row}"),
		)
		for number in range(PIECES)
	]


@pytest.fixture(scope="module")
def crew(site):
	crew = Crew(site, SIZES, tell)
	yield crew
	crew.stop()


@pytest.mark.parametrize("size", SIZES)
def test_told_at_once_each_stands_once(crew, size: int) -> None:
	customer = make_customer().name
	frappe.db.commit()
	for _round in range(ROUNDS):
		row = frappe.generate_hash(length=10)
		outcomes = crew.submit([("Administrator", f"{customer}|{row}")] * size)
		fresh()
		assert [outcome.error for outcome in outcomes] == [""] * size, outcomes
		keys = [unit.source_key for unit in units(customer, row)]
		made = frappe.get_all("Installed Unit", {"source_key": ("in", keys)}, pluck="name")
		assert len(made) == PIECES
		events = frappe.get_all(
			"Installed Unit Event", {"reference_name": f"DN-{row}"}, ["installed_unit", "event"]
		)
		assert sorted(event.installed_unit for event in events) == sorted(made)
