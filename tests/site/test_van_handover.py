"""A van changes hands: counted, confirmed by both, given over in one step; one engineer per van."""

from types import SimpleNamespace

import frappe
import pytest

from support_service.erpnext_desk.api import getdoc
from support_service.field_service.errors import EngineerNotFitError
from support_service.foundation.typed import FilledByTheAppError
from support_service.service_parts.vans import api
from support_service.service_parts.vans.errors import VanHandoverError
from tests.factories import (
	make_engineer_visit,
	make_item,
	make_service_engineer,
	make_service_team,
	make_stock_receipt,
	make_user,
	make_warehouse,
)
from tests.ledger_oracle import stock

pytestmark = pytest.mark.usefixtures("clean_transaction")


@pytest.fixture(scope="module")
def people(site) -> SimpleNamespace:
	"""A lead with two engineers, and a lead of another team."""
	frappe.db.rollback()
	lead = make_user("After-Sales Lead").name
	team = make_service_team(lead=lead).name
	giver = make_service_engineer(team=team, van_warehouse=None)
	taker = make_service_engineer(team=team, van_warehouse=None)
	made = SimpleNamespace(
		lead=lead,
		giver=giver.name,
		giver_user=giver.user,
		taker=taker.name,
		taker_user=taker.user,
		other_lead=make_service_team().lead,
	)
	frappe.db.commit()
	return made


@pytest.fixture
def van(people) -> SimpleNamespace:
	"""The giver's van with five parts; the lead is logged in."""
	van, item = make_warehouse().name, make_item().name
	make_stock_receipt(item, van, 5)
	frappe.db.set_value("Service Engineer", people.giver, "van_warehouse", van)
	frappe.db.set_value("Service Engineer", people.taker, "van_warehouse", None)
	frappe.set_user(people.lead)
	return SimpleNamespace(warehouse=van, item=item)


def steps_shown(handover):
	"""What the form offers its reader, which comes with the document."""
	frappe.response.pop("docs", None)
	getdoc(handover.doctype, handover.name)
	return frappe.response["docs"][0].get("__onload").steps


def hand_over(people, **values):
	doc = {"doctype": "Van Handover", "from_engineer": people.giver, "to_engineer": people.taker, **values}
	return frappe.get_doc(doc).insert()


def count(handover, van, found: float = 5, field: str = "count") -> None:
	name = frappe.db.get_value("Van Handover", handover.name, field)
	api.enter(name, van.item, found)
	api.finish_count(name)


def both_confirm(people, handover) -> None:
	frappe.set_user(people.giver_user)
	assert api.confirm_handover(handover.name, "from")["status"] == "Counted"
	frappe.set_user(people.taker_user)
	api.confirm_handover(handover.name, "to")


def vans(people) -> tuple:
	return tuple(
		frappe.db.get_value("Service Engineer", name, "van_warehouse")
		for name in (people.giver, people.taker)
	)


def test_counted_confirmed_and_given_over(people, van):
	visit = make_engineer_visit(engineer=people.giver)
	assert visit.warehouse == van.warehouse
	handover = hand_over(people)
	count(handover, van, found=4)
	both_confirm(people, handover)
	handover.reload()
	assert handover.status == "Handed Over" and handover.handed_over_at
	assert vans(people) == (None, van.warehouse)
	assert not frappe.db.get_value("Engineer Visit", visit.name, "warehouse"), (
		"it draws from the engineer's van"
	)
	draft = frappe.db.get_value("Van Count", handover.count, "stock_reconciliation")
	assert frappe.db.get_value("Stock Reconciliation Item", {"parent": draft}, ["qty", "current_qty"]) == (
		4,
		5,
	)
	assert stock(van.item, van.warehouse) == 5


def test_it_is_counted_first(people, van):
	handover = hand_over(people)
	frappe.set_user(people.giver_user)
	with pytest.raises(VanHandoverError, match="Count the van first"):
		api.confirm_handover(handover.name, "from")


def test_a_discarded_count_is_begun_anew(people, van):
	handover = hand_over(people)
	first = handover.count
	api.discard_count(first, "Interrupted")
	handover.reload()
	assert handover.count != first and handover.status == "Being Counted"


def test_a_count_discarded_after_a_confirmation(people, van):
	"""What was confirmed was that count: the next one is confirmed again."""
	handover = hand_over(people)
	count(handover, van, found=3)
	frappe.set_user(people.giver_user)
	api.confirm_handover(handover.name, "from")
	frappe.set_user(people.lead)
	api.discard_count(handover.count, "Two were under the seat")
	handover.reload()
	assert (handover.status, handover.from_confirmed_at) == ("Being Counted", None)
	count(handover, van)
	both_confirm(people, handover)
	assert vans(people) == (None, van.warehouse)


def test_the_lead_confirms_in_somebodys_place_with_a_reason(people, van):
	handover = hand_over(people)
	count(handover, van)
	assert steps_shown(handover)["in_place_of"] == ["from", "to"]
	with pytest.raises(VanHandoverError, match="in the engineer's place"):
		api.confirm_handover(handover.name, "from")
	api.confirm_handover(handover.name, "from", "Left the company")
	assert steps_shown(handover)["in_place_of"] == ["to"]
	api.confirm_handover(handover.name, "to", "On holiday")
	handover.reload()
	assert (handover.status, handover.from_reason) == ("Handed Over", "Left the company")


def test_nobody_else_confirms(people, van):
	handover = hand_over(people)
	count(handover, van)
	frappe.set_user(people.taker_user)
	with pytest.raises(frappe.PermissionError):
		api.confirm_handover(handover.name, "from")
	frappe.set_user(people.other_lead)
	with pytest.raises(frappe.PermissionError):
		api.confirm_handover(handover.name, "to", "I may not")
	with pytest.raises(frappe.PermissionError):
		hand_over(people)


def test_back_to_the_store(people, van):
	handover = hand_over(people, to_engineer=None)
	count(handover, van)
	frappe.set_user(people.giver_user)
	api.confirm_handover(handover.name, "from")
	frappe.set_user(make_user("Stock User").name)
	assert api.confirm_handover(handover.name, "to")["status"] == "Handed Over"
	assert vans(people) == (None, None)


def test_two_swap(people, van):
	frappe.set_user("Administrator")
	other = make_warehouse().name
	frappe.db.set_value("Service Engineer", people.taker, "van_warehouse", other)
	frappe.set_user(people.lead)
	with pytest.raises(VanHandoverError, match="Let the two swap"):
		hand_over(people)
	handover = hand_over(people, swap=1)
	count(handover, van)
	assert frappe.db.get_value("Van Handover", handover.name, "status") == "Being Counted"
	api.finish_count(handover.other_count)
	both_confirm(people, handover)
	assert vans(people) == (other, van.warehouse)


def test_undone_while_nothing_else_happened(people, van):
	handover = hand_over(people)
	count(handover, van)
	both_confirm(people, handover)
	frappe.set_user(people.lead)
	assert api.undo_handover(handover.name, "Wrong one")["status"] == "Undone"
	assert vans(people) == (van.warehouse, None)


def test_not_undone_once_something_moved(people, van):
	handover = hand_over(people)
	count(handover, van)
	both_confirm(people, handover)
	frappe.set_user("Administrator")
	make_stock_receipt(van.item, van.warehouse, 1)
	frappe.set_user(people.lead)
	with pytest.raises(VanHandoverError, match="moved stock"):
		api.undo_handover(handover.name, "Wrong one")


def test_cancelled_its_count_ends(people, van):
	handover = hand_over(people)
	with pytest.raises(VanHandoverError, match="being handed over"):
		hand_over(people)
	assert api.cancel_handover(handover.name, "Stays")["status"] == "Cancelled"
	assert frappe.db.get_value("Van Count", handover.count, "status") == "Discarded"
	assert hand_over(people).status == "Being Counted"


def test_the_van_went_elsewhere_meanwhile(people, van):
	handover = hand_over(people)
	count(handover, van)
	frappe.set_user("Administrator")
	frappe.db.set_value("Service Engineer", people.giver, "van_warehouse", make_warehouse().name)
	with pytest.raises(EngineerNotFitError, match="has another van"):
		both_confirm(people, handover)


class TestOneEngineerPerVan:
	def test_a_second_one_is_refused(self, people, van):
		with pytest.raises(EngineerNotFitError, match="hand it over with a Van Handover"):
			make_service_engineer(van_warehouse=van.warehouse)

	def test_what_cannot_fill_it_up_is_refused(self, people, van):
		frappe.set_user("Administrator")
		giver = frappe.get_doc("Service Engineer", people.giver)
		giver.supplying_warehouse = van.warehouse
		with pytest.raises(EngineerNotFitError, match="cannot fill up the van"):
			giver.save()
		giver.reload()
		giver.supplying_warehouse = make_warehouse().name
		giver.save()

	def test_who_shared_one_before_is_warned_and_saved(self, people, van):
		frappe.set_user("Administrator")
		frappe.db.set_value("Service Engineer", people.taker, "van_warehouse", van.warehouse)
		frappe.clear_messages()
		taker = frappe.get_doc("Service Engineer", people.taker)
		taker.phone = "+86 10 5555 0101"
		taker.save()
		assert "A van has one engineer" in str(frappe.message_log)


def test_its_values_are_the_apps(people, van):
	"""Nobody writes a hand-over past its steps."""
	handover = frappe.get_doc("Van Handover", hand_over(people).name)
	handover.status = "Handed Over"
	with pytest.raises(frappe.PermissionError):
		handover.save()
	handover.reload()
	api.cancel_handover(handover.name, "Again")
	with pytest.raises(FilledByTheAppError):
		hand_over(people, from_confirmed_at="2026-01-01 10:00:00")
