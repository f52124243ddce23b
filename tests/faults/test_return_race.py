"""Two processes follow two returns, or two installations, of the same delivered row at the same moment.

Each reads before the other is committed; none takes a unit the other one takes.
"""

import frappe
import pytest
from erpnext.controllers.sales_and_purchase_return import make_return_doc
from frappe.utils import today

from support_service.installed_base import api
from support_service.installed_base.deliveries import documents as deliveries
from tests.factories import company, make_customer, make_item, make_stock_receipt, make_warehouse
from tests.faults.workers import Crew, Outcome
from tests.faults.world import fresh

AT_ONCE = 2
PIECES = 3
UNIT = "Installed Unit"


def tell(user: str, task: str, ready) -> Outcome:
	"""What each process does; task: the document, and the unit somebody names, if any."""
	doctype, name, unit = task.split("|")
	doc = frappe.get_doc(doctype, name)
	frappe.get_all(UNIT, {"item_code": doc.items[0].item_code}, pluck="state")  # its snapshot is from here
	ready()
	try:
		if unit:
			api.name_returned_units(doctype, name, [unit])
		else:
			deliveries.follow_submitted(doc)
		frappe.db.commit()
	except Exception as error:
		frappe.db.rollback()
		return Outcome(name, type(error).__name__, str(error))
	return Outcome(name, "", "")


@pytest.fixture(scope="module")
def crew(site):
	crew = Crew(site, (AT_ONCE,), tell)
	yield crew
	crew.stop()


@pytest.fixture
def delivered(site):
	"""A submitted delivery of three pieces without serial numbers."""
	item, warehouse = make_item(service_unit_tracking="Yes").name, make_warehouse().name
	make_stock_receipt(item, warehouse, PIECES)
	note = frappe.get_doc(
		{
			"doctype": "Delivery Note",
			"company": company(),
			"customer": make_customer().name,
			"items": [{"item_code": item, "qty": PIECES, "warehouse": warehouse, "rate": 50}],
		}
	)
	note.insert()
	note.submit()
	frappe.db.commit()
	return note


def units(note, field: str) -> list[object]:
	fresh()
	return frappe.get_all(UNIT, {"item_code": note.items[0].item_code}, pluck=field, order_by="name")


def at_once(crew: Crew, *tasks: tuple[str, str, str]) -> list[str]:
	frappe.db.commit()
	return [outcome.error for outcome in crew.submit([("Administrator", "|".join(task)) for task in tasks])]


def not_followed(monkeypatch, make) -> tuple[str, str, str]:
	"""A submitted document whose units do not follow it yet."""
	with monkeypatch.context() as patch:
		patch.setattr(deliveries, "follow_submitted", lambda doc: None)
		doc = make()
		doc.insert()
		doc.submit()
	return doc.doctype, doc.name, ""


def a_return(note, **values):
	back = make_return_doc("Delivery Note", note.name)
	back.items[0].update({"qty": -1, **values})
	return back


def test_two_returns_of_a_row_take_two_units(crew, delivered, monkeypatch) -> None:
	tasks = [not_followed(monkeypatch, lambda: a_return(delivered)) for _number in range(AT_ONCE)]
	assert at_once(crew, *tasks) == ["", ""]
	assert units(delivered, "state") == ["In Service", "Returned", "Returned"]


def test_two_installations_of_a_row_install_two_units(crew, delivered, monkeypatch) -> None:
	def note():
		row = {
			"item_code": delivered.items[0].item_code,
			"qty": 1,
			"prevdoc_docname": delivered.name,
			"prevdoc_doctype": "Delivery Note",
			"prevdoc_detail_docname": delivered.items[0].name,
		}
		values = {"customer": delivered.customer, "inst_date": today(), "territory": "All Territories"}
		return frappe.get_doc(
			{"doctype": "Installation Note", "company": delivered.company, **values, "items": [row]}
		)

	tasks = [not_followed(monkeypatch, note) for _number in range(AT_ONCE)]
	assert at_once(crew, *tasks) == ["", ""]
	assert [bool(day) for day in units(delivered, "installed_on")] == [True, True, False]


def test_two_answers_for_one_piece_are_one(crew, delivered) -> None:
	"""Two people name different units for the one piece that came back: the second one hears of it."""
	back = a_return(delivered, dn_detail=None)
	back.insert()
	back.submit()
	frappe.db.commit()
	names = units(delivered, "name")
	errors = at_once(crew, *((back.doctype, back.name, name) for name in names[:AT_ONCE]))
	assert sorted(errors) == ["", "ReturnedUnitsError"]
	assert sorted(units(delivered, "state")) == ["In Service", "In Service", "Returned"]
