"""A store of devices to lend, the settings, the crew and the looks at stock that the tests of loans share."""

from functools import cache
from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from frappe.utils import add_days, today

from support_service.service_parts.loans import bookings, came_back, hand_over
from tests.factories import (
	company,
	insert,
	make_customer,
	make_customer_user,
	make_installed_unit,
	make_item,
	make_service_engineer,
	make_service_request,
	make_service_team,
	make_stock_receipts,
	make_user,
	make_warehouse,
	unique,
)
from tests.ledger_oracle import ledger_sum, stock
from tests.site.visit_world import make_batch

SIGNED = {"signature": "data:image/png;base64,iVBORw0KGgo=", "signed_by": "Ms Wang"}


@pytest.fixture
def stocked(clean_transaction) -> SimpleNamespace:
	"""A store with pieces to lend, named in the settings, and the crew."""
	crew()
	return fill(set_places())


@pytest.fixture
def loan_settings_as_before():
	"""Settings are rolled back in the database; the cache in Redis is not."""
	yield
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.clear_document_cache("Support Service Settings")


def set_places(of_company: str | None = None, **values: Any) -> SimpleNamespace:
	"""Store, loan warehouse and inspection of a company, entered in the settings."""
	of_company = of_company or company()
	places = SimpleNamespace(
		company=of_company,
		store=make_warehouse(company=of_company).name,
		lent=make_warehouse(company=of_company).name,
		inspection=make_warehouse(company=of_company).name,
	)
	settings = frappe.get_doc("Support Service Settings")
	row = next((one for one in settings.company_defaults if one.company == of_company), None)
	row = row or settings.append("company_defaults", {"company": of_company})
	row.update(
		{
			"loan_source_warehouse": places.store,
			"loan_warehouse": places.lent,
			"loan_inspection_warehouse": places.inspection,
			**values,
		}
	)
	settings.update(
		{
			"loan_days": 14,
			"loan_reminder_days": 2,
			"loan_lead_days": 3,
			"loan_manager_days": 7,
			"remind_customer_of_loans": 1,
		}
	)
	settings.save(ignore_permissions=True)
	return places


def fill(places: SimpleNamespace, serials: int = 3) -> SimpleNamespace:
	"""A serial item with some pieces, a plain one with five, and four of one batch in the store."""
	serial = make_item(has_serial_no=1).name
	plain = make_item().name
	batch = make_item(has_batch_no=1).name
	numbers = [unique("SN") for _ in range(serials)]
	batch_no = make_batch(batch)
	make_stock_receipts(
		places.store,
		{"item_code": serial, "qty": serials, "basic_rate": 300, "serial_no": "\n".join(numbers)},
		{"item_code": plain, "qty": 5, "basic_rate": 80},
		{"item_code": batch, "qty": 4, "basic_rate": 12, "batch_no": batch_no},
	)
	return SimpleNamespace(
		**vars(places), serial=serial, plain=plain, batch=batch, numbers=numbers, batch_no=batch_no
	)


@cache
def crew() -> SimpleNamespace:
	"""One team with lead and engineer, one customer with a login and a case about a unit of theirs."""
	lead = make_user("After-Sales Lead").name
	team = make_service_team(lead=lead).name
	engineer = make_service_engineer(team=team)
	customer = make_customer().name
	portal = make_customer_user(customer).name
	unit = make_installed_unit(customer=customer)
	made = SimpleNamespace(
		lead=lead,
		team=team,
		engineer=engineer.name,
		engineer_user=engineer.user,
		van=engineer.van_warehouse,
		manager=make_user("Service Manager").name,
		store=make_user("Stock User").name,
		customer=customer,
		portal=portal,
		unit=unit.name,
		case=case_of(customer, team, engineer, unit=unit.name),
	)
	frappe.db.commit()
	return made


def case_of(customer: str, team: str, engineer: Any, unit: str | None = None, **values: Any) -> str:
	case = make_service_request(customer=customer, team=team, installed_unit=unit, **values)
	frappe.db.set_value(
		"Service Request",
		case.name,
		{
			"status": "In Progress",
			"team": team,
			"engineer": engineer.name,
			"engineer_user": engineer.user,
			"contact_email": "someone@customer.example.com",
		},
	)
	return case.name


def make_loan(*pieces: dict[str, Any], days: tuple[int, int] = (0, 7), **values: Any) -> Any:
	"""A requested loan from `days` after today, of the crew's case unless overridden."""
	first, last = days
	return insert(
		"Equipment Loan",
		{
			"service_request": crew().case,
			"from_date": add_days(today(), first),
			"until_date": add_days(today(), last),
			"pieces": [{"qty": 1, **piece} for piece in pieces],
		},
		values,
	)


def piece(stocked: SimpleNamespace, number: int = 0) -> dict[str, Any]:
	return {"item_code": stocked.serial, "serial_no": stocked.numbers[number]}


def all_three(stocked: SimpleNamespace) -> list[dict[str, Any]]:
	return [
		{**piece(stocked), "condition": "Good", "accessories": "Power supply"},
		{"item_code": stocked.plain, "qty": 2},
		{"item_code": stocked.batch, "qty": 3, "batch_no": stocked.batch_no},
	]


def lend(loan: Any) -> Any:
	"""Book it and hand it over; returns the loan as it is stored."""
	bookings.book(loan.name)
	return hand_over.hand_over(loan.name, SIGNED)


def all_of(loan: Any, **values: Any) -> list[came_back.Back]:
	return [came_back.Back(row.name, row.still_out(), **values) for row in loan.pieces if row.still_out() > 0]


def held(stocked: SimpleNamespace, warehouse: str) -> list[float]:
	"""Pieces of the three items in a warehouse; the Bin and the ledger agree."""
	found = []
	for item in (stocked.serial, stocked.plain, stocked.batch):
		assert stock(item, warehouse) == ledger_sum(item, warehouse)
		found.append(stock(item, warehouse))
	return found


def entries_of(loan: str) -> list[Any]:
	return frappe.get_all(
		"Stock Entry",
		{"equipment_loan": loan},
		["name", "docstatus", "service_consumption_key"],
		order_by="creation",
	)
