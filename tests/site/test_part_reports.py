"""The reports about parts: numbers counted by hand, two companies, and nobody counts what they may not see."""

from types import SimpleNamespace

import frappe
import pytest
from frappe.desk.query_report import run
from frappe.utils import add_days, nowdate

from support_service.service_charging import purchases, supplier_claims
from support_service.service_parts.consumption import UnknownGroupingError
from support_service.service_parts.report.part_consumption import part_consumption
from support_service.service_parts.report.parts_per_visit import parts_per_visit
from support_service.service_parts.report.warranty_cost_per_request import warranty_cost_per_request
from support_service.service_parts.report.warranty_cost_per_supplier import warranty_cost_per_supplier
from tests.factories import (
	company,
	insert,
	make_customer,
	make_customer_user,
	make_done_visit,
	make_installed_unit,
	make_item,
	make_service_engineer,
	make_service_request,
	make_service_team,
	make_stock_receipt,
	make_supplier,
	make_supplier_claim,
	make_user,
	make_warehouse,
	unique,
)
from tests.site import coverage_world
from tests.site.queries import count_queries
from tests.site.removed_world import make_purchase, make_store, step, swap
from tests.site.test_supplier_claim import bought
from tests.site.test_van_stock import other_currency_company

pytestmark = pytest.mark.usefixtures("clean_transaction")
MONTH = "this month"


def month() -> str:
	return nowdate()[:7]


@pytest.fixture
def done(stock_settings_as_before) -> SimpleNamespace:
	"""Three visits for one customer: two boards and a cable, one board, nothing; boards cost 30, cables 4. Product: a printer."""
	team = make_service_team()
	engineer = make_service_engineer(team=team.name)
	customer = make_customer().name
	printer, board, cable = make_item(is_stock_item=0).name, make_item().name, make_item().name
	unit = make_installed_unit(customer=customer, item_code=printer).name
	make_stock_receipt(board, engineer.van_warehouse, 10, rate=30)
	make_stock_receipt(cable, engineer.van_warehouse, 10, rate=4)
	made = SimpleNamespace(
		team=team.name,
		lead=team.lead,
		engineer=engineer.name,
		user=engineer.user,
		customer=customer,
		printer=printer,
		board=board,
		cable=cable,
	)
	parts = ([(board, 2), (cable, 1)], [(board, 1)], [])
	for used, kind in zip(parts, ("Fault", "Repair", "Fault"), strict=True):
		case = make_service_request(customer=customer, installed_unit=unit, request_type=kind, team=team.name)
		made.visit = make_done_visit(
			*({"item_code": item, "qty": qty} for item, qty in used),
			service_request=case.name,
			engineer=engineer.name,
		)
		made.visit.submit()
	return made


class TestConsumption:
	def rows(self, **filters):
		return part_consumption.execute(filters)[1]

	def test_per_part(self, done):
		rows = self.rows(customer=done.customer)
		assert [(row["item_code"], row["qty"], row["cost"], row["visits"]) for row in rows] == [
			(done.board, 3, 90, 2),
			(done.cable, 1, 4, 1),
		]
		_columns, _rows, _message, chart, summary = part_consumption.execute({"customer": done.customer})
		assert chart["data"]["datasets"][0]["values"] == [3, 1]
		assert [card["value"] for card in summary] == [2, 94]

	@pytest.mark.parametrize(
		("group", "values"),
		[
			("Product", [("printer", "board", 3), ("printer", "cable", 1)]),
			("Request Type", [("Fault", "board", 2), ("Fault", "cable", 1), ("Repair", "board", 1)]),
			("Month", [(MONTH, "board", 3), (MONTH, "cable", 1)]),
		],
	)
	def test_per_group(self, done, group, values):
		rows = self.rows(customer=done.customer, group_by=group)
		field = {"Product": "product", "Request Type": "request_type", "Month": "month"}[group]
		known = {done.printer: "printer", done.board: "board", done.cable: "cable"}
		values = [(month() if group == "Month" else what, *rest) for what, *rest in values]
		found = [(known.get(row[field], row[field]), known[row["item_code"]], row["qty"]) for row in rows]
		assert sorted(found) == sorted(values)

	def test_per_cause_of_one_product(self, done):
		"""The same words are one cause, however they were formatted."""
		cases = frappe.get_all("Service Request", {"customer": done.customer}, pluck="name", order_by="name")
		for name, cause in zip(
			cases, ("<p>Worn &amp; dirty <b>bearing</b></p>", "worn & dirty bearing", None), strict=True
		):
			frappe.db.set_value("Service Request", name, "cause", cause)
		filters = {"customer": done.customer, "product": done.printer, "group_by": "Cause"}
		_columns, rows, _message, chart, _cards = part_consumption.execute(filters)
		found = {(row["cause"].casefold(), row["item_code"]): row for row in rows}
		bearing = "worn & dirty bearing"
		assert set(found) == {(bearing, done.board), (bearing, done.cable)}
		board = found[bearing, done.board]
		assert (board["qty"], board["cost"], board["visits"]) == (3, 90, 2)
		assert [label.casefold() for label in chart["data"]["labels"]] == [bearing]
		assert chart["data"]["datasets"][0]["values"] == [4]
		visits = {row["cause"].casefold(): row for row in parts_per_visit.execute(filters)[1]}
		assert (visits[bearing]["visits"], visits[bearing]["pieces"], visits[""]["visits"]) == (2, 4, 1)

	def test_filters(self, done):
		where = {"customer": done.customer}
		assert [row["item_code"] for row in self.rows(**where, item_code=done.cable)] == [done.cable]
		assert self.rows(**where, to_date=add_days(nowdate(), -2)) == []
		assert len(self.rows(**where, from_date=add_days(nowdate(), -1), to_date=nowdate())) == 2
		assert self.rows(**where, product=done.board) == []
		with pytest.raises(UnknownGroupingError):
			self.rows(group_by="name) --")

	def test_a_cancelled_visit_used_nothing(self, done):
		before = len(self.rows(customer=done.customer))
		for name in frappe.get_all("Engineer Visit", {"customer": done.customer}, pluck="name"):
			frappe.get_doc("Engineer Visit", name).cancel()
		assert (before, self.rows(customer=done.customer)) == (2, [])

	def test_an_engineer_counts_pieces_and_no_money(self, done):
		frappe.set_user(done.user)
		columns, rows, _message, _chart, summary = part_consumption.execute({"customer": done.customer})
		assert [row["qty"] for row in rows] == [3, 1]
		assert not {"cost", "currency"} & {key for row in rows for key in row}
		assert "cost" not in {column["fieldname"] for column in columns}
		assert len(summary) == 1

	def test_another_team_counts_nothing(self, done):
		frappe.set_user(make_service_engineer().user)
		assert self.rows(customer=done.customer) == []
		frappe.set_user(done.lead)
		assert [row["cost"] for row in self.rows(customer=done.customer)] == [90, 4]

	def test_two_currencies_are_not_added(self, done):
		other = other_currency_company()
		abroad = make_warehouse(company=other).name
		make_stock_receipt(done.board, abroad, 5, rate=7)
		case = make_service_request(customer=done.customer, company=other, team=done.team)
		row = {"item_code": done.board, "qty": 2, "warehouse": abroad}
		make_done_visit(row, service_request=case.name, engineer=done.engineer).submit()
		rows = [row for row in self.rows(customer=done.customer) if row["item_code"] == done.board]
		assert {(row["currency"], row["qty"], row["cost"]) for row in rows} == {
			("CNY", 3, 90),
			("EUR", 2, 14),
		}
		cards = part_consumption.execute({"customer": done.customer})[4]
		assert [(card.get("currency"), card["value"]) for card in cards] == [
			(None, 2),
			("CNY", 94),
			("EUR", 14),
		]
		assert len(self.rows(customer=done.customer, company=company())) == 2


class TestPerVisit:
	def test_visits_without_parts_count(self, done):
		_columns, rows, _message, chart, summary = parts_per_visit.execute({"customer": done.customer})
		[row] = rows
		assert (row["month"], row["visits"], row["with_parts"], row["pieces"]) == (month(), 3, 2, 4)
		assert (row["per_visit"], row["cost"], row["cost_per_visit"]) == (1.33, 94, 31.33)
		assert chart["data"] == {
			"labels": [month()],
			"datasets": [{"name": "Pieces per Visit", "values": [1.33]}],
		}
		assert [card["value"] for card in summary] == [3, 1.33]

	def test_per_request_type(self, done):
		rows = parts_per_visit.execute({"customer": done.customer, "group_by": "Request Type"})[1]
		assert [(row["request_type"], row["visits"], row["per_visit"]) for row in rows] == [
			("Fault", 2, 1.5),
			("Repair", 1, 1),
		]

	def test_an_engineer_sees_no_money(self, done):
		frappe.set_user(done.user)
		assert "cost" not in parts_per_visit.execute({"customer": done.customer})[1][0]


class TestWarrantyCost:
	def test_cost_claims_and_credit(self, stock_settings_as_before):
		"""Two boards for 80 each under warranty, one bought elsewhere is charged; one claim, 50 credited."""
		unit = coverage_world.make_unit_with_warranty()
		coverage_world.make_terms()
		supplier = make_supplier().name
		board = make_item().name
		receipt = bought(board, 4, rate=80, supplier=supplier)
		charged = coverage_world.make_case_on(make_installed_unit())
		for case, qty in ((coverage_world.make_case_on(unit), 2), (charged, 1)):
			row = {"item_code": board, "qty": qty, "warehouse": receipt.items[0].warehouse}
			coverage_world.visit_on(case, row).submit()
		claim = make_supplier_claim(supplier=supplier, item_code=board)
		credit(claim, supplier, board, 50)
		[row] = warranty_cost_per_supplier.execute({"supplier": supplier})[1]
		assert (row["month"], row["visits"], row["cost"], row["claims"], row["credited"], row["net"]) == (
			month(),
			1,
			160,
			1,
			50,
			110,
		)
		summary = warranty_cost_per_supplier.execute({"supplier": supplier})[4]
		assert [card["value"] for card in summary] == [160, 50]
		assert warranty_cost_per_supplier.execute({"supplier": supplier, "to_date": "2020-01-01"})[1] == []

	def test_the_credit_of_removed_parts(self, stock_settings_as_before):
		"""Of a note over 90 in dollars that credits two parts each has its own; a claim that shares it adds the rest, once."""
		van = make_store()
		notes = [debit_note(van.supplier, van.plain, 2, 45, currency="USD", rate=7) for _ in range(2)]
		for note in notes:
			for _piece in range(2):
				part = step(swap(van, "plain"), "receive")
				step(part, "test_defective")
				step(part, "return_to_vendor", supplier=van.supplier, vendor_reference="RMA")
				part = step(part, "credit", debit_note=note.name)
				assert (part.credit_currency, part.credit_received) == ("USD", 45)
		self.credited(van.supplier, 4 * 45 * 7)
		make_supplier_claim(supplier=van.supplier, item_code=van.plain).db_set("debit_note", notes[0].name)
		make_supplier_claim(supplier=van.supplier, item_code=van.plain).db_set("debit_note", notes[0].name)
		self.credited(van.supplier, 4 * 45 * 7)
		frappe.db.set_value("Removed Part", part.name, {"status": "Returned to Vendor", "credit_received": 0})
		self.credited(van.supplier, 3 * 45 * 7)

	def credited(self, supplier: str, amount: float) -> None:
		[row] = warranty_cost_per_supplier.execute({"supplier": supplier})[1]
		assert (row["credited"], row["net"]) == (amount, -amount)

	def test_suppliers_are_found_at_once(self, stock_settings_as_before):
		"""By number, else by the latest purchase, as for one piece; and with as many queries for four pieces as for one."""
		store = make_store()
		first, second = make_supplier().name, make_supplier().name
		number = unique("NO")
		make_purchase(store.serial, store.store, 1, first, serial_no=number)
		for seller in (first, second):
			make_purchase(store.serial, store.store, 1, seller, serial_no=unique("NO"))
			make_purchase(store.plain, store.store, 1, seller)
		pieces = [
			(store.serial, number.lower()),
			(store.serial, None),
			(store.plain, None),
			(store.batch, "X"),
		]
		sellers = purchases.suppliers_of(pieces)
		assert list(sellers.values()) == [first, second, second, ""]
		for item, serial in pieces[:3]:
			assert supplier_claims.find_purchase(item, serial).supplier == sellers[item, serial]
		one, all_of_them = (
			count_queries(lambda wanted=wanted: purchases.suppliers_of(wanted))
			for wanted in ([pieces[0], pieces[-1]], pieces)
		)
		assert all_of_them == one

	def test_one_month_is_a_bar(self, done):
		def kind(**filters):
			return parts_per_visit.execute({"customer": done.customer, "group_by": "Month", **filters})[3][
				"type"
			]

		assert kind() == "bar"
		frappe.db.set_value("Engineer Visit", done.visit.name, "left_at", add_days(done.visit.left_at, -40))
		assert kind() == "line"

	def test_not_for_whoever_sees_no_prices(self, done):
		frappe.set_user(done.user)
		for report in (warranty_cost_per_supplier, warranty_cost_per_request):
			with pytest.raises(frappe.PermissionError):
				report.execute({})


class TestWarrantyCostPerRequest:
	def test_each_claim_has_its_own_figure(self, stock_settings_as_before):
		"""Two boards and an hour, one board and two hours and a credit of 50; what is charged is no cost of the warranty."""
		coverage_world.make_terms()
		activity = insert("Activity Type", {"activity_type": unique("Work"), "costing_rate": 40}, {}).name
		settings = frappe.get_doc("Support Service Settings")
		settings.update({"labour_activity": activity, "travel_activity": None, "make_timesheets": 0})
		settings.save()
		supplier, board = make_supplier().name, make_item().name
		row = {
			"item_code": board,
			"warehouse": bought(board, 4, rate=80, supplier=supplier).items[0].warehouse,
		}
		units = [coverage_world.make_unit_with_warranty() for _ in range(2)] + [make_installed_unit()]
		cases = [coverage_world.make_case_on(unit) for unit in units]
		for case, qty, minutes in zip(cases, (2, 1, 1), (60, 120, 60), strict=True):
			coverage_world.visit_on(
				case, {**row, "qty": qty}, work_minutes=minutes, travel_minutes=0
			).submit()
		claim = make_supplier_claim(supplier=supplier, item_code=board, service_request=cases[1].name)
		credit(claim, supplier, board, 50)
		found = {
			case.name: warranty_cost_per_request.execute({"service_request": case.name})[1] for case in cases
		}
		figures = ("installed_unit", "visits", "parts", "labour", "travel", "cost", "credited", "net")
		assert [[each[name] for name in figures] for each in found[cases[0].name]] == [
			[units[0].name, 1, 160, 40, 0, 200, 0, 200]
		]
		assert [[each[name] for name in figures] for each in found[cases[1].name]] == [
			[units[1].name, 1, 80, 80, 0, 160, 50, 110]
		]
		assert found[cases[2].name] == []

	def test_its_chart_has_room_for_the_numbers_only(self):
		short = warranty_cost_per_request._short
		assert short(["SR-2026-00012", "SR-2026-00107"]) == ["00012", "00107"]
		assert short(["SR-2025-00012", "SR-2026-00012"]) == ["2025-00012", "2026-00012"]
		assert short(["SR-2026-00012"]) == ["SR-2026-00012"]
		assert short([]) == []

	def test_what_nobody_knows_is_not_nothing(self, stock_settings_as_before):
		coverage_world.make_terms()
		settings = frappe.get_doc("Support Service Settings")
		settings.update({"labour_activity": None, "make_timesheets": 0})
		settings.save()
		case = coverage_world.make_case_on(coverage_world.make_unit_with_warranty())
		coverage_world.visit_on(case, work_minutes=60, travel_minutes=0).submit()
		_columns, [row], _message, chart, cards = warranty_cost_per_request.execute(
			{"customer": case.customer}
		)
		assert (row["labour"], row["cost"]) == (None, 0)
		assert chart["data"]["labels"] == [case.name] and [card["value"] for card in cards] == [0, 0, 0]


def debit_note(supplier: str, item: str, qty: float, price: float, currency: str, rate: float):
	"""A submitted debit note in another currency than the company's."""
	supplier_account(supplier, currency)
	note = frappe.get_doc(
		{
			"doctype": "Purchase Invoice",
			"supplier": supplier,
			"company": company(),
			"currency": currency,
			"conversion_rate": rate,
			"is_return": 1,
			"items": [{"item_code": item, "qty": -qty, "rate": price}],
		}
	).insert()
	note.submit()
	return note


def supplier_account(supplier: str, currency: str) -> None:
	"""ERPNext wants a payable account in the currency of the invoice or of the company."""
	payable = frappe.db.get_value("Company", company(), ["default_payable_account", "abbr"], as_dict=True)
	parent = frappe.db.get_value("Account", payable.default_payable_account, "parent_account")
	name = f"Creditors {currency} - {payable.abbr}"
	if not frappe.db.exists("Account", name):
		values = {"account_name": f"Creditors {currency}", "parent_account": parent, "company": company()}
		insert("Account", {**values, "account_currency": currency, "account_type": "Payable"}, {})
	doc = frappe.get_doc("Supplier", supplier)
	doc.default_currency = currency
	doc.set("accounts", [{"company": company(), "account": name}])
	doc.save()


def credit(claim, supplier: str, item: str, amount: float) -> None:
	"""A submitted debit note, as the supplier's credit of a claim."""
	note = frappe.get_doc(
		{
			"doctype": "Purchase Invoice",
			"supplier": supplier,
			"company": company(),
			"is_return": 1,
			"items": [{"item_code": item, "qty": -1, "rate": amount}],
		}
	).insert()
	note.submit()
	claim.db_set("debit_note", note.name)


@pytest.mark.parametrize("report", ["Part Consumption", "Parts per Visit", "Van Stock", "Van Replenishment"])
@pytest.mark.parametrize("who", ["user", "lead", "manager"])
def test_frappe_shows_them(done, who, report):
	"""Frappe asks for a right on every kind of document that a column links to."""
	frappe.set_user(make_user("Service Manager").name if who == "manager" else getattr(done, who))
	shown = run(report, {"team": done.team})
	assert shown["columns"]
	assert bool(shown["result"]) == (report != "Van Replenishment")


@pytest.mark.parametrize("who", ["lead", "manager"])
def test_frappe_shows_the_cost_of_warranties(done, who):
	frappe.set_user(make_user("Service Manager").name if who == "manager" else done.lead)
	make_supplier_claim(company=company(), supplier=make_supplier().name)
	assert run("Warranty Cost per Supplier", {})["result"]
	assert run("Warranty Cost per Request", {})["columns"]


@pytest.mark.parametrize(
	"report",
	[
		"Part Consumption",
		"Parts per Visit",
		"Warranty Cost per Supplier",
		"Warranty Cost per Request",
		"Van Stock",
	],
)
def test_customers_have_no_report(report):
	frappe.set_user(make_customer_user(make_customer().name).name)
	with pytest.raises(frappe.PermissionError):
		run(report, {})
