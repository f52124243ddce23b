"""The count of a van: what was expected stays, the store posts a Stock Reconciliation, and nothing moves twice."""

from types import SimpleNamespace

import frappe
import pytest
from erpnext.stock.report.stock_ledger_variance import stock_ledger_variance
from frappe.utils import flt, today

from support_service.foundation.typed import FilledByTheAppError
from support_service.service_parts.vans import api, entered
from support_service.service_parts.vans.errors import PostedAtOtherTimeError, VanCountError
from tests.factories import (
	make_item,
	make_service_engineer,
	make_service_team,
	make_stock_receipt,
	make_user,
	make_warehouse,
	unique,
)
from tests.ledger_oracle import stock
from tests.site import visit_world

pytestmark = pytest.mark.usefixtures("clean_transaction")
RECONCILIATION = "Stock Reconciliation"


@pytest.fixture(scope="module")
def people(site) -> SimpleNamespace:
	"""A lead with an engineer, a stranger, and the store clerk who posts."""
	frappe.db.rollback()
	lead = make_user("After-Sales Lead").name
	team = make_service_team(lead=lead).name
	engineer = make_service_engineer(team=team, van_warehouse=None)
	made = SimpleNamespace(
		lead=lead,
		team=team,
		engineer=engineer.name,
		user=engineer.user,
		stranger=make_service_engineer(van_warehouse=None).user,
		store=make_user("Stock User", "Stock Manager").name,
	)
	frappe.db.commit()
	return made


@pytest.fixture
def van(people) -> SimpleNamespace:
	"""Five plain parts, two with numbers, four of one batch, in the engineer's van; the engineer is logged in."""
	made = visit_world.make_van()
	frappe.db.set_value("Service Engineer", people.engineer, "van_warehouse", made.warehouse)
	frappe.set_user(people.user)
	return made


def begin(people) -> str:
	return api.begin_count(people.engineer)["name"]


def enter_all(count: str, van, plain: float = 5, numbers: list[str] | None = None, batch: float = 4) -> None:
	api.enter(count, van.plain, plain)
	api.enter(count, van.serial, serials=van.numbers if numbers is None else numbers)
	api.enter(count, van.batch, batch, batch_no=van.batch_no)


def post(people, count: str):
	"""The store submits the draft of the count, as its form does."""
	frappe.set_user(people.store)
	draft = frappe.get_doc(RECONCILIATION, frappe.db.get_value("Van Count", count, "stock_reconciliation"))
	draft.submit()
	return draft


def assert_books(item: str, warehouse: str) -> None:
	"""ERPNext's own report finds nothing wrong; a reconciliation sets a balance, so the ledger has no sum to compare."""
	where = frappe._dict(item_code=item, warehouse=warehouse, include_disabled=1)
	where.company = frappe.db.get_value("Warehouse", warehouse, "company")
	assert stock_ledger_variance.execute(where)[1] == []


def holds(van) -> list[float]:
	return [stock(item, van.warehouse) for item in (van.plain, van.serial, van.batch)]


def row(count: str, item: str):
	return next(row for row in frappe.get_doc("Van Count", count).rows if row.item_code == item)


def test_what_was_expected_stays_when_the_difference_is_posted(people, van):
	frappe.set_user("Administrator")
	cables = make_item().name
	make_stock_receipt(cables, van.warehouse, 304, rate=2)
	frappe.set_user(people.user)
	count = begin(people)
	enter_all(count, van)
	api.enter(count, cables, 300)
	shown = api.finish_count(count)
	assert (shown["status"], shown["moved"]) == ("Counted", [])
	assert stock(cables, van.warehouse) == 304, "nothing moves before the store posts"
	draft = post(people, count)
	assert [(item.item_code, item.qty, item.current_qty) for item in draft.items] == [(cables, 300, 304)]
	counted = frappe.get_doc("Van Count", count)
	assert counted.status == "In the Books"
	assert (row(count, cables).expected, row(count, cables).found, row(count, cables).difference) == (
		304,
		300,
		-4,
	)
	assert (counted.difference_value, counted.differences) == (-8, 1)
	assert stock(cables, van.warehouse) == 300
	frappe.set_user("Administrator")
	assert_books(cables, van.warehouse)


def test_missing_numbers_and_batches_are_posted(people, van):
	count = begin(people)
	enter_all(count, van, plain=6, numbers=van.numbers[:1], batch=1)
	api.finish_count(count)
	post(people, count)
	assert holds(van) == [6, 1, 1]
	assert frappe.db.get_value("Serial No", van.numbers[0], "warehouse") == van.warehouse
	assert not frappe.db.get_value("Serial No", van.numbers[1], "warehouse")
	frappe.set_user("Administrator")
	for item in (van.plain, van.serial, van.batch):
		assert_books(item, van.warehouse)


def test_an_empty_van(people, van):
	count = begin(people)
	enter_all(count, van, 0, [], 0)
	api.finish_count(count)
	post(people, count)
	assert holds(van) == [0, 0, 0]


def test_numbers_that_are_batches_too(people, van):
	frappe.set_user("Administrator")
	both = make_item(has_serial_no=1, has_batch_no=1).name
	batch = visit_world.make_batch(both)
	numbers = [unique("SB"), unique("SB")]
	make_stock_receipt(both, van.warehouse, 2, serial_no="\n".join(numbers), batch_no=batch)
	frappe.set_user(people.user)
	count = begin(people)
	enter_all(count, van)
	api.enter(count, both, serials=numbers[:1])
	api.finish_count(count)
	post(people, count)
	assert stock(both, van.warehouse) == 1
	assert [frappe.db.get_value("Serial No", number, "warehouse") for number in numbers] == [
		van.warehouse,
		None,
	]


def test_without_a_difference_nothing_is_drafted(people, van):
	count = begin(people)
	enter_all(count, van)
	shown = api.finish_count(count)
	assert (shown["status"], shown["stock_reconciliation"]) == ("No Difference", None)
	assert not frappe.db.exists(RECONCILIATION, {"van_count": count})


def test_every_item_is_counted(people, van):
	count = begin(people)
	api.enter(count, van.plain, 5)
	with pytest.raises(VanCountError, match="2 items are not counted yet"):
		api.finish_count(count)


def test_it_is_begun_once_and_finished_once(people, van):
	count = begin(people)
	assert begin(people) == count
	enter_all(count, van, plain=4)
	first = api.finish_count(count)
	assert api.finish_count(count)["stock_reconciliation"] == first["stock_reconciliation"]
	assert frappe.db.count(RECONCILIATION, {"van_count": count}) == 1
	with pytest.raises(VanCountError, match="is Counted already"):
		api.enter(count, van.plain, 3)


def test_what_moves_during_the_count_is_counted_again(people, van):
	count = begin(people)
	enter_all(count, van)
	frappe.set_user("Administrator")
	make_stock_receipt(van.plain, van.warehouse, 2)
	frappe.set_user(people.user)
	shown = api.finish_count(count)
	assert (shown["status"], shown["moved"]) == ("Open", [van.plain])
	assert (row(count, van.plain).expected, row(count, van.plain).counted) == (7, 0)
	api.enter(count, van.plain, 7)
	assert api.finish_count(count)["status"] == "No Difference"


def test_what_moves_before_it_is_posted_is_not_undone(people, van):
	"""Four of five found, then two received and one number given away: six are there, and one number."""
	count = begin(people)
	enter_all(count, van, plain=4, numbers=van.numbers[:1], batch=3)
	api.finish_count(count)
	frappe.set_user("Administrator")
	came = unique("SN")
	make_stock_receipt(van.plain, van.warehouse, 2)
	make_stock_receipt(van.serial, van.warehouse, 1, serial_no=came)
	make_stock_receipt(van.batch, van.warehouse, 5, batch_no=van.batch_no)
	post(people, count)
	assert holds(van) == [6, 2, 8]
	assert frappe.db.get_value("Serial No", came, "warehouse") == van.warehouse
	assert (row(count, van.plain).moved, row(count, van.plain).expected) == (2, 5)
	frappe.set_user("Administrator")
	for item in (van.plain, van.serial, van.batch):
		assert_books(item, van.warehouse)


def test_dated_back_it_would_apply_later_movements_twice(people, van):
	"""Five expected, four found, then two issued: two are left, on whatever day the store posts."""
	count = begin(people)
	enter_all(count, van, plain=4)
	api.finish_count(count)
	frappe.set_user("Administrator")
	issue(van.plain, van.warehouse, 2)
	frappe.set_user(people.store)
	draft = frappe.get_doc(RECONCILIATION, frappe.db.get_value("Van Count", count, "stock_reconciliation"))
	draft.update({"set_posting_time": 1, "posting_date": today(), "posting_time": "00:00:01"})
	with pytest.raises(PostedAtOtherTimeError, match="Edit Posting Date and Time"):
		draft.submit()
	assert stock(van.plain, van.warehouse) == 3
	post(people, count)
	assert stock(van.plain, van.warehouse) == 2


def test_it_is_posted_at_what_a_piece_is_worth_now(people, van):
	"""Four of five found; then they are worth 90 instead of 80: one is missing, the others stay worth 90."""
	count = begin(people)
	enter_all(count, van, plain=4)
	api.finish_count(count)
	frappe.set_user("Administrator")
	revalued = frappe.get_doc(
		{
			"doctype": RECONCILIATION,
			"company": frappe.db.get_value("Warehouse", van.warehouse, "company"),
			"purpose": RECONCILIATION,
			"items": [
				{"item_code": van.plain, "warehouse": van.warehouse, "qty": 5, "valuation_rate": 90},
			],
		}
	)
	revalued.insert()
	revalued.submit()
	draft = post(people, count)
	assert (draft.items[0].valuation_rate, draft.items[0].current_valuation_rate) == (90, 90)
	frappe.set_user("Administrator")
	place = {"item_code": van.plain, "warehouse": van.warehouse}
	assert frappe.db.get_value("Bin", place, ["actual_qty", "stock_value"]) == (4, 360)
	assert_books(van.plain, van.warehouse)


def test_a_rate_that_the_store_has_entered_stays(people, van):
	count = begin(people)
	enter_all(count, van, plain=4)
	api.finish_count(count)
	frappe.set_user(people.store)
	draft = frappe.get_doc(RECONCILIATION, frappe.db.get_value("Van Count", count, "stock_reconciliation"))
	draft.items[0].valuation_rate = 70
	draft.save()
	assert post(people, count).items[0].valuation_rate == 70


def test_more_left_than_was_found(people, van):
	count = begin(people)
	enter_all(count, van, plain=1)
	api.finish_count(count)
	frappe.set_user("Administrator")
	issue(van.plain, van.warehouse, 3)
	with pytest.raises(VanCountError, match="more has left"):
		post(people, count)


def issue(item: str, warehouse: str, qty: float) -> None:
	frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Issue",
			"company": frappe.db.get_value("Warehouse", warehouse, "company"),
			"items": [{"s_warehouse": warehouse, "item_code": item, "qty": qty}],
		}
	).submit()


class TestItsDocument:
	def counted(self, people, van) -> str:
		count = begin(people)
		enter_all(count, van, plain=4)
		api.finish_count(count)
		return count

	def test_cancelled_it_waits_again_and_amended_it_is_posted(self, people, van):
		count = self.counted(people, van)
		draft = post(people, count)
		draft.cancel()
		assert frappe.db.get_value("Van Count", count, ["status", "stock_reconciliation"]) == (
			"Counted",
			None,
		)
		assert stock(van.plain, van.warehouse) == 5
		amended = frappe.copy_doc(draft)
		amended.update({"amended_from": draft.name, "van_count": count, "docstatus": 0})
		amended.insert()
		amended.submit()
		assert frappe.db.get_value("Van Count", count, ["status", "stock_reconciliation"]) == (
			"In the Books",
			amended.name,
		)
		assert stock(van.plain, van.warehouse) == 4

	def test_deleted_another_is_made(self, people, van):
		count = self.counted(people, van)
		first = frappe.db.get_value("Van Count", count, "stock_reconciliation")
		frappe.set_user("Administrator")
		frappe.delete_doc(RECONCILIATION, first)
		assert not frappe.db.get_value("Van Count", count, "stock_reconciliation")
		frappe.set_user(people.lead)
		again = api.draft_again(count)
		assert frappe.db.get_value(RECONCILIATION, again["stock_reconciliation"], "van_count") == count
		assert api.draft_again(count)["stock_reconciliation"] == again["stock_reconciliation"]

	def test_discarded_it_is_gone(self, people, van):
		count = self.counted(people, van)
		draft = frappe.db.get_value("Van Count", count, "stock_reconciliation")
		with pytest.raises(frappe.PermissionError):
			api.discard_count(count, "Wrong van")
		frappe.set_user(people.lead)
		with pytest.raises(VanCountError, match="Say why"):
			api.discard_count(count, " ")
		assert api.discard_count(count, "Wrong van")["status"] == "Discarded"
		assert not frappe.db.exists(RECONCILIATION, draft)
		frappe.set_user(people.user)
		assert begin(people) != count

	def test_a_copy_posts_nothing_of_the_count(self, people, van):
		count = self.counted(people, van)
		frappe.set_user(people.store)
		draft = frappe.get_doc(
			RECONCILIATION, frappe.db.get_value("Van Count", count, "stock_reconciliation")
		)
		copied = frappe.copy_doc(draft)
		copied.van_count = count
		copied.insert()
		assert not copied.van_count

	def test_it_goes_on_naming_its_count(self, people, van):
		count = self.counted(people, van)
		frappe.set_user(people.store)
		draft = frappe.get_doc(
			RECONCILIATION, frappe.db.get_value("Van Count", count, "stock_reconciliation")
		)
		draft.van_count = None
		with pytest.raises(FilledByTheAppError):
			draft.save()

	def test_posted_it_is_not_discarded(self, people, van):
		count = self.counted(people, van)
		post(people, count)
		frappe.set_user(people.lead)
		with pytest.raises(VanCountError, match="is posted"):
			api.discard_count(count, "Wrong")


class TestStrangers:
	def test_a_number_from_elsewhere_is_named_and_not_posted(self, people, van):
		frappe.set_user("Administrator")
		other, stranger = make_warehouse().name, unique("SN")
		make_stock_receipt(van.serial, other, 1, serial_no=stranger)
		frappe.set_user(people.user)
		count = begin(people)
		enter_all(count, van, numbers=[*van.numbers, stranger])
		shown = api.finish_count(count)
		assert (shown["status"], shown["stock_reconciliation"]) == ("Counted", None)
		assert f"{stranger} is in {other} by the books" in row(count, van.serial).note
		assert frappe.db.get_value("Serial No", stranger, "warehouse") == other

	def test_an_unknown_number_is_refused(self, people, van):
		with pytest.raises(VanCountError, match="is unknown"):
			api.enter(begin(people), van.serial, serials=["never seen"])

	def test_an_item_nobody_expected(self, people, van):
		frappe.set_user("Administrator")
		extra = make_item(valuation_rate=7).name
		frappe.set_user(people.user)
		count = begin(people)
		enter_all(count, van)
		api.scan(count, extra)
		api.scan(count, extra)
		api.finish_count(count)
		post(people, count)
		assert stock(extra, van.warehouse) == 2


class TestScanning:
	def test_each_code_counts_a_piece(self, people, van):
		count = begin(people)
		for number in van.numbers:
			api.scan(count, number.lower())
		api.scan(count, van.numbers[0])
		assert entered.lines(row(count, van.serial).found_serials) == van.numbers
		for _piece in range(3):
			api.scan(count, van.batch_no)
		assert row(count, van.batch).found == 3

	def test_a_box_of_four_is_four_pieces(self, people, van):
		frappe.set_user("Administrator")
		item = frappe.get_doc("Item", van.plain)
		item.append("uoms", {"uom": "Box", "conversion_factor": 4})
		item.append("barcodes", {"barcode": unique("box"), "uom": "Box"})
		item.save()
		frappe.set_user(people.user)
		count = begin(people)
		api.scan(count, item.barcodes[0].barcode)
		api.scan(count, van.plain)
		assert row(count, van.plain).found == 5

	def test_what_a_code_cannot_say_is_said(self, people, van):
		count = begin(people)
		with pytest.raises(VanCountError, match="Scan the number on each piece"):
			api.scan(count, van.serial)
		with pytest.raises(VanCountError, match="Scan or choose the batch"):
			api.scan(count, van.batch)
		with pytest.raises(VanCountError, match="Nothing is known"):
			api.scan(count, "nothing of that name")


class TestWho:
	def test_only_the_engineer_and_the_lead(self, people, van):
		count = begin(people)
		frappe.set_user(people.stranger)
		assert count not in frappe.get_list("Van Count", pluck="name")
		for call in (lambda: api.begin_count(people.engineer), lambda: api.enter(count, van.plain, 1)):
			with pytest.raises(frappe.PermissionError):
				call()
		frappe.set_user(people.lead)
		assert api.enter(count, van.plain, 1)["found"] == 1
		assert [van["name"] for van in api.my_vans()] == [people.engineer]

	def test_expected_quantities_are_hidden_until_it_is_over(self, people, van):
		frappe.set_user("Administrator")
		frappe.db.set_single_value("Support Service Settings", "hide_expected_in_counts", 1)
		frappe.clear_document_cache("Support Service Settings", "Support Service Settings")
		frappe.set_user(people.user)
		count = begin(people)
		assert "expected" not in api.enter(count, van.plain, 4)
		read = frappe.get_doc("Van Count", count)
		read.apply_fieldlevel_read_permissions()
		assert read.rows[0].get("expected") is None and read.rows[0].get("valuation_rate") is None
		enter_all(count, van, plain=4)
		assert (
			next(one for one in api.finish_count(count)["rows"] if one["item_code"] == van.plain)["expected"]
			== 5
		)

	def test_prices_are_not_the_engineers(self, people, van):
		count = begin(people)
		read = frappe.get_doc("Van Count", count)
		read.apply_fieldlevel_read_permissions()
		assert all(not row.get("valuation_rate") for row in read.rows)
		frappe.set_user(people.lead)
		read = frappe.get_doc("Van Count", count)
		read.apply_fieldlevel_read_permissions()
		assert flt(read.rows[0].valuation_rate)


@pytest.fixture(autouse=True)
def settings_as_before():
	yield
	frappe.db.rollback()
	frappe.set_user("Administrator")
	frappe.clear_document_cache("Support Service Settings", "Support Service Settings")
