"""Stock of vans: filled up by ERPNext's reorder levels, once; its value and age, for whoever may see them."""

from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import add_days, nowdate

from support_service.service_parts.report.van_replenishment import van_replenishment
from support_service.service_parts.report.van_stock import van_stock
from support_service.service_parts.vans import api, notices
from support_service.service_parts.vans.errors import ReplenishmentError, VanStockListError
from support_service.service_parts.vans.replenishment import needed_of
from tests.factories import (
	company,
	insert,
	make_item,
	make_service_engineer,
	make_service_team,
	make_stock_receipt,
	make_stock_receipts,
	make_user,
	make_warehouse,
	unique,
)
from tests.site import visit_world

pytestmark = pytest.mark.usefixtures("clean_transaction")


@pytest.fixture(scope="module")
def people(site) -> SimpleNamespace:
	"""A lead with two engineers, and somebody of another team."""
	frappe.db.rollback()
	lead = make_user("After-Sales Lead").name
	team = make_service_team(lead=lead).name
	first, second = (make_service_engineer(team=team, van_warehouse=None) for _number in range(2))
	stranger = make_service_engineer()
	made = SimpleNamespace(
		lead=lead,
		team=team,
		first=first.name,
		first_user=first.user,
		second=second.name,
		stranger=stranger.name,
		stranger_user=stranger.user,
	)
	frappe.db.commit()
	return made


@pytest.fixture
def vans(people) -> SimpleNamespace:
	"""Two vans and the store that fills them up, in one company."""
	made = SimpleNamespace(**{name: make_warehouse().name for name in ("first", "second", "store")})
	for name in ("first", "second"):
		values = {"van_warehouse": getattr(made, name), "supplying_warehouse": made.store}
		frappe.db.set_value("Service Engineer", getattr(people, name), values)
	return made


def stock_list(*items: tuple[str, float, float], **values):
	rows = [{"item_code": item, "min_qty": low, "max_qty": high} for item, low, high in items]
	return insert("Van Stock List", {"list_name": unique("List"), "items": rows}, values)


def lacking(**filters) -> dict[tuple[str, str], dict]:
	return {(row["warehouse"], row["item_code"]): row for row in van_replenishment.execute(filters)[1]}


class TestFillingUp:
	@pytest.mark.parametrize(
		("level", "quantity", "projected", "needed"),
		[
			(5, 10, 6, 0),
			(5, 10, 5, 10),
			(5, 2, 1, 4),
			(0, 0, 0, 0),
			(0, 3, 0, 3),
			(5, 10, -2, 10),
			(5, 1, -2, 7),
		],
	)
	def test_as_erpnexts_reorder_counts(self, level, quantity, projected, needed):
		assert needed_of(level, quantity, projected) == needed

	def test_a_list_sets_the_levels_of_many_vans(self, people, vans):
		item = make_item().name
		doc = stock_list((item, 2, 6))
		frappe.set_user(people.lead)
		assert api.apply_stock_list(doc.name, [people.first, people.second]) == {"vans": 2, "levels": 2}
		assert api.apply_stock_list(doc.name, [people.first, people.second])["levels"] == 0
		found = frappe.get_all(
			"Item Reorder",
			{"parent": item},
			["warehouse", "warehouse_reorder_level", "warehouse_reorder_qty", "material_request_type"],
		)
		assert {tuple(row.values()) for row in found} == {
			(vans.first, 2, 4, "Transfer"),
			(vans.second, 2, 4, "Transfer"),
		}

	def test_an_empty_report_says_why(self, people, vans):
		frappe.set_user(people.lead)
		asked = {"engineer": people.first}
		_columns, rows, why, *_more = van_replenishment.execute(asked)
		assert (rows, "No minimum is set" in why) == ([], True)
		doc = stock_list((item := make_item().name, 2, 6))
		api.apply_stock_list(doc.name, [people.first])
		assert van_replenishment.execute(asked)[2] is None, "what lacks needs no word"
		make_stock_receipt(item, vans.first, 6)
		_columns, rows, why, *_more = van_replenishment.execute(asked)
		assert (rows, "Nothing lacks" in why) == ([], True)
		frappe.db.set_value("Service Engineer", people.first, "van_warehouse", None)
		assert "has a van" in van_replenishment.execute(asked)[2]

	def test_only_for_vans_of_led_teams(self, people, vans):
		doc = stock_list((make_item().name, 2, 6))
		frappe.set_user(people.lead)
		with pytest.raises(frappe.PermissionError):
			api.apply_stock_list(doc.name, [people.stranger])
		frappe.set_user(people.first_user)
		with pytest.raises(frappe.PermissionError):
			api.apply_stock_list(doc.name, [people.first])

	def test_a_list_that_cannot_be(self):
		item = make_item().name
		with pytest.raises(VanStockListError, match="more than 3"):
			stock_list((item, 3, 3))
		with pytest.raises(VanStockListError, match="twice"):
			stock_list((item, 1, 3), (item, 1, 3))

	def test_what_lacks_is_requested_once(self, people, vans):
		item, enough = make_item().name, make_item().name
		make_stock_receipts(vans.store, {"item_code": item, "qty": 9, "basic_rate": 5})
		make_stock_receipt(item, vans.first, 1)
		make_stock_receipt(enough, vans.first, 8)
		frappe.set_user(people.lead)
		api.apply_stock_list(stock_list((item, 2, 6), (enough, 2, 6)).name, [people.first])
		found = lacking(engineer=people.first)
		assert list(found) == [(vans.first, item)]
		row = found[(vans.first, item)]
		assert (row["needed"], row["projected"], row["source"], row["free"]) == (4, 1, vans.store, 9)
		rows = [{"warehouse": vans.first, "item_code": item}, {"warehouse": vans.first, "item_code": enough}]
		made = api.request_for_vans(rows)
		again = api.request_for_vans(rows)
		assert again == {"requests": [], "nothing_for": [vans.first]}
		request = frappe.get_doc("Material Request", made["requests"][0])
		assert (request.docstatus, request.material_request_type) == (1, "Material Transfer")
		assert [(row.item_code, row.qty, row.from_warehouse, row.warehouse) for row in request.items] == [
			(item, 4, vans.store, vans.first)
		]
		assert lacking(engineer=people.first) == {}
		frappe.set_user("Administrator")
		request.cancel()
		assert list(lacking(engineer=people.first)) == [(vans.first, item)]

	def test_pieces_are_whole(self, people, vans):
		item = make_item().name
		frappe.set_user(people.lead)
		api.apply_stock_list(stock_list((item, 1.5, 4)).name, [people.first])
		assert lacking(engineer=people.first)[(vans.first, item)]["needed"] == 3

	def test_an_engineer_requests_for_the_own_van_only(self, people, vans):
		item = make_item().name
		frappe.set_user(people.lead)
		api.apply_stock_list(stock_list((item, 1, 4)).name, [people.first, people.second])
		frappe.set_user(people.first_user)
		assert list(lacking()) == [(vans.first, item)]
		with pytest.raises(frappe.PermissionError):
			api.request_for_vans([{"warehouse": vans.second, "item_code": item}])
		assert len(api.request_for_vans([{"warehouse": vans.first, "item_code": item}])["requests"]) == 1

	def test_a_van_does_not_fill_up_itself(self, people, vans):
		item = make_item().name
		frappe.db.set_value("Service Engineer", people.first, "supplying_warehouse", vans.first)
		frappe.set_user(people.lead)
		api.apply_stock_list(stock_list((item, 1, 4)).name, [people.first])
		with pytest.raises(ReplenishmentError, match="from itself"):
			api.request_for_vans([{"warehouse": vans.first, "item_code": item}])


class TestReport:
	def rows(self, **filters) -> dict[str, dict]:
		return {row["item_code"]: row for row in van_stock.execute(filters)[1]}

	def receive(self, item: str, van: str, qty: float, rate: float, days_ago: int, **row) -> None:
		"""Put stock into the van on a day in the past."""
		entry = frappe.get_doc(
			{
				"doctype": "Stock Entry",
				"stock_entry_type": "Material Receipt",
				"company": frappe.db.get_value("Warehouse", van, "company"),
				"set_posting_time": 1,
				"posting_date": add_days(nowdate(), -days_ago),
				"items": [
					{
						"t_warehouse": van,
						"item_code": item,
						"qty": qty,
						"basic_rate": rate,
						"use_serial_batch_fields": int(bool(row)),
						**row,
					}
				],
			}
		)
		entry.submit()

	def test_value_and_age_by_hand(self, people, vans):
		"""Four pieces 300 days ago and six 10 days ago: on average 126 days. Numbers: 200 days. A batch: 20 days."""
		plain = make_item().name
		serial = make_item(has_serial_no=1).name
		batch = make_item(has_batch_no=1).name
		number = unique("SN")
		self.receive(plain, vans.first, 4, 10, 300)
		self.receive(plain, vans.first, 6, 10, 10)
		self.receive(serial, vans.first, 1, 70, 200, serial_no=number)
		self.receive(batch, vans.first, 3, 2, 20, batch_no=visit_world.make_batch(batch))
		frappe.set_user(people.lead)
		rows = self.rows(team=people.team)
		row = rows[plain]
		assert (row["qty"], row["value"], row["oldest"], row["average_age"], row["idle"]) == (
			10,
			100,
			300,
			126,
			10,
		)
		assert (rows[serial]["oldest"], rows[serial]["value"], rows[serial]["state"]) == (200, 70, "Old")
		assert (rows[batch]["oldest"], rows[batch]["state"]) == (20, "Good")
		assert set(self.rows(team=people.team, not_moved_for=150)) == {serial}
		assert set(self.rows(team=people.team, aged_only=1)) == {plain, serial}
		summary = van_stock.execute({"team": people.team})[4]
		assert [card["value"] for card in summary] == [3, 2, 0, 0, 176]

	def test_an_engineer_sees_the_own_van_without_values(self, people, vans):
		item = make_item().name
		make_stock_receipt(item, vans.first, 1)
		make_stock_receipt(item, vans.second, 1)
		frappe.set_user(people.first_user)
		columns, rows, _message, _chart, summary = van_stock.execute({})
		assert [row["warehouse"] for row in rows] == [vans.first]
		assert "value" not in rows[0] and "value" not in [column["fieldname"] for column in columns]
		assert len(summary) == 4
		assert van_stock.execute({"engineer": people.second})[1] == []

	def test_two_companies_in_their_own_currencies(self, people, vans):
		other = other_currency_company()
		abroad = make_warehouse(company=other).name
		frappe.db.set_value("Service Engineer", people.second, "van_warehouse", abroad)
		item = make_item().name
		make_stock_receipt(item, vans.first, 2, rate=50)
		make_stock_receipt(item, abroad, 3, rate=7)
		frappe.set_user(people.lead)
		_columns, rows, _message, chart, summary = van_stock.execute({"team": people.team})
		assert {(row["currency"], row["value"]) for row in rows} == {("CNY", 100), ("EUR", 21)}
		assert chart is None, "amounts of two currencies stand in no one chart"
		assert [(card["currency"], card["value"]) for card in summary[4:]] == [("CNY", 100), ("EUR", 21)]
		assert [
			row["value"] for row in van_stock.execute({"company": company(), "team": people.team})[1]
		] == [100]


def other_currency_company() -> str:
	name = "Service Abroad"
	if not frappe.db.exists("Company", name):
		insert("Company", {"company_name": name, "default_currency": "EUR", "country": "Germany"}, {})
	return name


class TestNotices:
	def said(self, user: str) -> list[str]:
		return frappe.get_all("Notification Log", {"for_user": user}, pluck="subject", order_by="creation")

	def test_the_lead_is_told_once_a_week(self, people, vans):
		item = make_item().name
		TestReport().receive(item, vans.first, 1, 5, 400)
		notices.notify_of_team(people.team)
		notices.notify_of_team(people.team)
		[said] = self.said(people.lead)
		assert said == f"Items in the vans of {people.team} that somebody should look at: 1 old."
		frappe.db.set_value(
			"Notification Log", {"for_user": people.lead}, "creation", add_days(nowdate(), -8)
		)
		notices.notify_of_team(people.team)
		assert len(self.said(people.lead)) == 2

	def test_nothing_wrong_nothing_said(self, people, vans):
		make_stock_receipt(make_item().name, vans.first, 1)
		notices.notify_of_team(people.team)
		assert self.said(people.lead) == []

	@pytest.mark.parametrize("how", ["inactive", "disabled"])
	def test_who_leaves_a_full_van(self, people, vans, how):
		item = make_item().name
		make_stock_receipt(item, vans.first, 1)
		if how == "inactive":
			leaver = frappe.get_doc("Service Engineer", people.first)
			leaver.active = 0
		else:
			leaver = frappe.get_doc("User", people.first_user)
			leaver.enabled = 0
		leaver.save()
		assert [said for said in self.said(people.lead) if f"there is stock in the van {vans.first}" in said]
		frappe.set_user(people.lead)
		rows = van_stock.execute({"team": people.team, "aged_only": 1})[1]
		assert [(row["item_code"], row["state"]) for row in rows] == [(item, "Left Behind")]
