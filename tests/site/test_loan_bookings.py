"""Booking pieces for coming days: no two loans have one piece on one day, and what is free is shown and named."""

import frappe
import pytest
from frappe.utils import add_days, getdate, today

from support_service.service_parts import api
from support_service.service_parts import errors as part_errors
from support_service.service_parts.loans import bookings, desk_api, errors, hand_over, moves, pool, take_back
from support_service.service_parts.needs import errors as need_errors
from tests.factories import insert, make_done_visit, make_item, make_stock_receipts, unique
from tests.ledger_oracle import stock
from tests.site.loan_world import SIGNED, all_of, crew, lend, make_loan, piece

pytestmark = pytest.mark.usefixtures("loan_settings_as_before")


def day(number: int):
	return getdate(add_days(today(), number))


def booked(*pieces, days):
	return bookings.book(make_loan(*pieces, days=days).name)


def free_serials(stocked, days) -> set[str]:
	lines = pool.free(stocked.company, stocked.serial, day(days[0]), day(days[1]))
	return {line["serial_no"] for line in lines if line["free"]}


class TestAskedFor:
	"""A request holds nothing; who asks for a piece that somebody else has booked is told so when the request is saved."""

	def said(self) -> str:
		messages = " ".join(message["message"] for message in frappe.get_message_log())
		frappe.clear_messages()
		return messages

	def test_on_one_of_these_days(self, stocked):
		other = booked(piece(stocked), days=(1, 1))
		frappe.clear_messages()
		loan = make_loan(piece(stocked), days=(0, 4))
		said = self.said()
		assert loan.status == "Requested"
		assert all(word in said for word in (stocked.numbers[0], other.name, other.customer_name, "Choose"))
		loan.save()
		assert not self.said()  # said once
		loan.until_date = day(5)
		loan.save()
		assert other.name in self.said()

	def test_on_other_days(self, stocked):
		other = booked(piece(stocked), days=(6, 9))
		frappe.clear_messages()
		make_loan(piece(stocked), days=(0, 4))
		assert f"for other days, too: with loan {other.name}" in self.said()

	def test_what_is_free_or_over_is_said_nothing_of(self, stocked):
		lent = lend(make_loan(piece(stocked), days=(-3, 0)))
		take_back.take_back(lent.name, all_of(lent))
		frappe.clear_messages()
		make_loan(piece(stocked), days=(0, 4))
		make_loan({"item_code": stocked.plain, "qty": 2}, days=(0, 4))
		assert not self.said()


class TestOverlap:
	def test_booked_for_tuesday_wanted_by_somebody_else_from_monday_to_friday(self, stocked):
		booked(piece(stocked), days=(1, 1))
		with pytest.raises(errors.PieceBookedError, match=stocked.numbers[1]) as refused:
			booked(piece(stocked), days=(0, 4))
		assert stocked.numbers[0] in str(refused.value)

	@pytest.mark.parametrize(
		("days", "fits"), [((0, 2), True), ((0, 3), False), ((5, 5), False), ((6, 9), True), ((4, 4), False)]
	)
	def test_the_first_and_the_last_day_count(self, stocked, days, fits):
		booked(piece(stocked), days=(3, 5))
		if fits:
			assert booked(piece(stocked), days=days).status == "Booked"
		else:
			with pytest.raises(errors.PieceBookedError):
				booked(piece(stocked), days=days)

	def test_handed_over_before_its_first_day_it_must_be_free_until_then(self, stocked):
		booked(piece(stocked), days=(0, 1))
		later = booked(piece(stocked), days=(2, 4))
		with pytest.raises(errors.PieceBookedError):
			hand_over.hand_over(later.name, SIGNED)

	def test_plain_pieces_are_counted_on_their_busiest_day(self, stocked):
		booked({"item_code": stocked.plain, "qty": 2}, days=(0, 3))
		booked({"item_code": stocked.plain, "qty": 2}, days=(5, 8))
		assert booked({"item_code": stocked.plain, "qty": 3}, days=(2, 6)).status == "Booked"
		with pytest.raises(errors.PieceBookedError, match="only 0"):
			booked({"item_code": stocked.plain, "qty": 1}, days=(3, 3))
		assert booked({"item_code": stocked.plain, "qty": 2}, days=(4, 4)).status == "Booked"

	def test_what_is_lent_still_belongs_to_the_heap(self, stocked):
		lend(make_loan({"item_code": stocked.plain, "qty": 4}, days=(0, 2)))
		assert booked({"item_code": stocked.plain, "qty": 5}, days=(3, 5)).status == "Booked"

	def test_batches_are_heaps_of_their_own(self, stocked):
		row = {"item_code": stocked.batch, "batch_no": stocked.batch_no}
		booked({**row, "qty": 3}, days=(0, 3))
		with pytest.raises(errors.PieceBookedError, match="only 1"):
			booked({**row, "qty": 2}, days=(1, 1))

	def test_what_is_late_is_not_free_today(self, stocked):
		loan = lend(make_loan(piece(stocked), days=(0, 1)))
		frappe.db.set_value(
			"Equipment Loan", loan.name, {"from_date": day(-9), "until_date": day(-5)}, update_modified=False
		)
		with pytest.raises(errors.PieceBookedError, match=loan.name):
			booked(piece(stocked), days=(0, 2))
		assert booked(piece(stocked), days=(1, 3)).status == "Booked"

	def test_what_came_back_early_is_free(self, stocked):
		loan = lend(make_loan(piece(stocked), days=(0, 9)))
		take_back.take_back(loan.name, all_of(loan), command="x")
		assert booked(piece(stocked), days=(0, 9)).status == "Booked"


class TestTakenOtherwise:
	"""A unit booked for Tuesday is not drawn, scanned or given out on Monday without a word."""

	def visit(self, *parts):
		return make_done_visit(*parts, service_request=crew().case, engineer=crew().engineer)

	def test_a_visit_is_refused_and_told_which_are_free(self, stocked):
		loan = booked(piece(stocked), days=(1, 4))
		taken = {"item_code": stocked.serial, "qty": 1, "warehouse": stocked.store}
		visit = self.visit({**taken, "serial_nos": stocked.numbers[0].lower()})
		(problem,) = api.stock_before_submit(visit.name)["problems"]
		with pytest.raises(part_errors.BookedPieceError, match=loan.name) as refused:
			visit.submit()
		assert stocked.numbers[1] in str(refused.value) and "Row 1" in str(refused.value)
		assert problem == str(refused.value)
		visit = self.visit({**taken, "serial_nos": stocked.numbers[1]})
		visit.submit()
		assert stock(stocked.serial, stocked.store) == 2

	def test_a_scan_is_refused(self, stocked):
		loan = booked(piece(stocked), days=(1, 4))
		visit = self.visit()
		with pytest.raises(part_errors.BookedPieceError, match=loan.name):
			api.scan(visit.name, stocked.numbers[0])
		assert api.scan(visit.name, stocked.numbers[1])["serial_no"] == stocked.numbers[1]
		moves.release(loan.name)
		assert api.scan(visit.name, stocked.numbers[0])["means"] == "fitted"

	def test_pieces_without_numbers_leave_enough_for_the_loans(self, stocked):
		loan = booked({"item_code": stocked.plain, "qty": 3}, days=(1, 4))
		taken = {"item_code": stocked.plain, "warehouse": stocked.store}
		with pytest.raises(part_errors.BookedPieceError, match=f"{loan.name}.*2 would be left"):
			self.visit({**taken, "qty": 1}, {**taken, "qty": 2}).submit()
		frappe.db.rollback()

	def test_as_many_as_no_loan_needs(self, stocked):
		booked({"item_code": stocked.plain, "qty": 3}, days=(1, 4))
		booked({"item_code": stocked.batch, "qty": 4, "batch_no": stocked.batch_no}, days=(1, 4))
		self.visit({"item_code": stocked.plain, "warehouse": stocked.store, "qty": 2}).submit()
		with pytest.raises(part_errors.BookedPieceError):
			self.visit(
				{
					"item_code": stocked.batch,
					"warehouse": stocked.store,
					"qty": 1,
					"batch_no": stocked.batch_no,
				}
			).submit()

	@pytest.mark.parametrize("setting", ["Warn", "Refuse"])
	def test_erpnext_picks_one_by_itself(self, stocked, setting):
		"""A delivery that names no number gets the oldest: which one that is turns out while it is posted."""
		frappe.db.set_single_value("Support Service Settings", "reserved_parts_taken", setting)
		loans = [booked(piece(stocked, number), days=(1, 4)).name for number in (0, 1)]
		note = insert(
			"Delivery Note",
			{
				"customer": crew().customer,
				"company": stocked.company,
				"items": [{"item_code": stocked.serial, "qty": 2, "rate": 1, "warehouse": stocked.store}],
			},
			{},
		)
		frappe.clear_messages()
		if setting == "Refuse":
			with pytest.raises(need_errors.BookedPieceError, match="released on the loan"):
				note.submit()
			return
		note.submit()
		assert any(loan in str(frappe.get_message_log()) for loan in loans)

	def test_what_nobody_has_booked_goes_without_a_word(self, stocked):
		booked(piece(stocked), days=(1, 4))
		frappe.clear_messages()
		lend(make_loan(piece(stocked, 1)))
		entry = frappe.get_doc(
			{
				"doctype": "Stock Entry",
				"stock_entry_type": "Material Issue",
				"company": stocked.company,
				"items": [{"item_code": stocked.plain, "qty": 1, "s_warehouse": stocked.store}],
			}
		)
		entry.insert()
		entry.submit()
		assert "booked by loan" not in str(frappe.get_message_log())


class TestExtend:
	def test_without_handing_it_back(self, stocked):
		loan = lend(make_loan(piece(stocked), days=(0, 3)))
		extended = bookings.extend(loan.name, day(8), "Parts are late")
		assert (getdate(extended.until_date), extended.status) == (day(8), "Lent")
		entry = frappe.get_last_doc("Equipment Loan Entry", {"loan": loan.name, "action": "extend"})
		assert (entry.due_before, entry.due_on, entry.reason) == (day(3), day(8), "Parts are late")

	def test_refused_when_booked_by_the_next_with_what_is_free_instead(self, stocked):
		loan = lend(make_loan(piece(stocked), days=(0, 3)))
		booked(piece(stocked), days=(5, 9))
		with pytest.raises(errors.PieceBookedError) as refused:
			bookings.extend(loan.name, day(6), "Parts are late")
		text = str(refused.value)
		assert frappe.utils.formatdate(day(4)) in text
		assert stocked.numbers[1] in text
		assert bookings.extend(loan.name, day(4), "Parts are late").until_date == day(4)

	def test_a_piece_that_is_back_keeps_nobody_from_extending(self, stocked):
		loan = lend(make_loan(piece(stocked), piece(stocked, 1), days=(0, 3)))
		take_back.take_back(loan.name, all_of(loan)[:1], command="x")
		booked(piece(stocked), days=(4, 9))
		extended = bookings.extend(loan.name, day(8), "Parts are late")
		assert (getdate(extended.until_date), extended.status) == (day(8), "Partly Returned")


class TestPool:
	def test_what_is_free_on_these_days(self, stocked):
		booked(piece(stocked), days=(2, 4))
		lend(make_loan(piece(stocked, 1), days=(0, 1)))
		assert free_serials(stocked, (0, 1)) == {stocked.numbers[0], stocked.numbers[2]}
		assert free_serials(stocked, (2, 3)) == {stocked.numbers[1], stocked.numbers[2]}
		assert free_serials(stocked, (5, 5)) == set(stocked.numbers)

	def test_a_line_says_until_when_and_by_whom(self, stocked):
		loan = booked(piece(stocked), days=(4, 6))
		lines = pool.free(stocked.company, stocked.serial, day(0), day(2))
		line = next(one for one in lines if one["serial_no"] == stocked.numbers[0])
		assert (line["free"], line["free_until"], line["warehouse"]) == (1, day(3), stocked.store)
		assert [(one["loan"], one["first"], one["last"]) for one in line["taken"]] == [
			(loan.name, day(4), day(6))
		]

	def test_same_item_then_alternatives_then_the_same_group(self, stocked):
		group = insert(
			"Item Group", {"item_group_name": unique("Routers"), "parent_item_group": "All Item Groups"}, {}
		)
		wanted, other, alternative = (
			make_item(item_group=group.name, allow_alternative_item=1).name,
			make_item(item_group=group.name).name,
			make_item(allow_alternative_item=1).name,
		)
		insert("Item Alternative", {"item_code": wanted, "alternative_item_code": alternative}, {})
		for item in (other, alternative, wanted):
			make_stock_receipts(stocked.store, {"item_code": item, "qty": 1, "basic_rate": 10})
		found = pool.suggest(stocked.company, wanted, day(0), day(3))
		assert [(line["item_code"], line["fits"]) for line in found] == [
			(wanted, "same"),
			(alternative, "alternative"),
			(other, "group"),
		]


class TestCalendar:
	def test_shows_open_loans_of_these_days_and_what_is_late(self, stocked):
		early = booked(piece(stocked), days=(0, 1))
		late = lend(make_loan(piece(stocked, 1), days=(0, 1)))
		frappe.db.set_value("Equipment Loan", late.name, "until_date", day(-3), update_modified=False)
		frappe.db.set_value("Equipment Loan", late.name, "from_date", day(-8), update_modified=False)
		events = {row["name"]: row for row in desk_api.calendar_events(str(day(0)), str(day(0)))}
		assert events[early.name]["calendar_title"].startswith(stocked.numbers[0])
		assert (events[late.name]["days_late"], events[late.name]["until_date"]) == (3, day(0))
		assert early.name not in {row["name"] for row in desk_api.calendar_events(str(day(2)), str(day(9)))}
