"""Goods that come back without saying which: the unit is found where that is certain, else somebody is asked."""

from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from erpnext.controllers.sales_and_purchase_return import make_return_doc
from frappe.utils import add_days, today

from support_service.installed_base import api
from support_service.installed_base.deliveries import documents as deliveries
from support_service.installed_base.deliveries import return_questions
from support_service.installed_base.deliveries import sweep as delivery_sweep
from support_service.patches.v0_5 import returns_somebody_was_asked_about
from tests.factories import (
	company,
	insert,
	make_customer,
	make_item,
	make_stock_receipt,
	make_user,
	unique,
)
from tests.site.delivery_world import deliver, deliver_rows, events_of, give_back, goods, receive, unit_of
from tests.site.visit_world import make_batch, messages
from tests.site.warranty_world import the_warranty

RETURNS = ("Delivery Note", "Sales Invoice")


@pytest.fixture
def world(clean_transaction) -> SimpleNamespace:
	"""Pieces without serial numbers that are followed, and a customer."""
	world = goods(1)
	world.item = make_item(service_unit_tracking="Yes").name
	line = {"item_code": world.item, "t_warehouse": world.warehouse, "qty": 20, "basic_rate": 10}
	insert(
		"Stock Entry",
		{
			"stock_entry_type": "Material Receipt",
			"company": company(),
			"set_posting_time": 1,
			"posting_date": add_days(today(), -60),
			"items": [line],
		},
		{},
	).submit()
	frappe.clear_messages()
	return world


def row(world: SimpleNamespace, qty: int, **values: Any) -> dict[str, Any]:
	return {"item_code": world.item, "qty": qty, "warehouse": world.warehouse, "rate": 50, **values}


def sold(world: SimpleNamespace, qty: int, **values: Any) -> Any:
	note = deliver_rows(world, row(world, qty), posting_date=add_days(today(), -30), **values)
	world.note = world.__dict__.get("note") or note.name
	return note


def comes_back(world: SimpleNamespace, qty: int, doctype: str = "Sales Invoice", **values: Any) -> Any:
	"""A credit note of its own, which names no delivery; or a returning Delivery Note, whose row was typed by hand.

	ERPNext 15 submits no Delivery Note that takes goods back without naming the delivery.
	"""
	if doctype == "Sales Invoice":
		return deliver_rows(world, row(world, -qty, **values), doctype=doctype, is_return=1)
	back = make_return_doc(doctype, world.note)
	back.items[0].update({"dn_detail": None, "qty": -qty, **values})
	back.insert(ignore_permissions=True)
	back.submit()
	return back


def states(world: SimpleNamespace, customer: str | None = None) -> list[str]:
	return frappe.get_all(
		"Installed Unit",
		{"item_code": world.item, "customer": customer or world.customer},
		pluck="state",
		order_by="name",
	)


def tasks(document: Any) -> list[Any]:
	return frappe.get_all(
		"ToDo",
		{"reference_type": document.doctype, "reference_name": document.name},
		["allocated_to", "description", "status"],
		order_by="name",
	)


def asked(document: Any) -> bool:
	return any("Installed Units came back" in task.description for task in tasks(document))


@pytest.mark.parametrize("doctype", RETURNS)
def test_the_only_one_the_customer_has_is_the_one(world, doctype) -> None:
	sold(world, 1)
	sold(world, 2, customer=make_customer().name)
	back = comes_back(world, 1, doctype)
	assert states(world) == ["Returned"]
	assert not tasks(back)
	unit = frappe.get_doc("Installed Unit", {"item_code": world.item, "customer": world.customer})
	assert events_of(unit.name)[-1] == ("Returned", back.name)
	assert the_warranty(unit.name).status == "Suspended"
	back.cancel()
	assert states(world) == ["In Service"]


@pytest.mark.parametrize("doctype", RETURNS)
def test_as_many_as_the_customer_has_are_all_of_them(world, doctype) -> None:
	sold(world, 2)
	comes_back(world, 2, doctype)
	assert states(world) == ["Returned", "Returned"]


@pytest.mark.parametrize("doctype", RETURNS)
def test_one_of_three_is_asked_about_and_nothing_is_guessed(world, doctype) -> None:
	sold(world, 3)
	back = comes_back(world, 1, doctype)
	assert states(world) == ["In Service"] * 3
	assert any("Units That Came Back" in str(message) and back.name in str(message) for message in messages())
	assert asked(back)
	shown = frappe.get_all("Comment", {"reference_name": back.name}, pluck="content")
	assert any("Installed Units came back" in text for text in shown)


def test_against_its_delivery_the_last_pieces_of_the_row_come_back_as_before(world) -> None:
	note = sold(world, 3)
	back = give_back(note, qty=1)
	assert states(world) == ["In Service", "In Service", "Returned"]
	assert not tasks(back)


def test_nothing_on_record_nothing_to_ask(world) -> None:
	back = comes_back(world, 1)
	assert not tasks(back)
	assert states(world) == []


def test_who_submits_is_asked_and_else_the_managers(world) -> None:
	sold(world, 2)
	seller = make_user("Stock User", "Stock Manager", "Sales User", "Accounts User")
	manager = make_user("Service Manager").name
	frappe.set_user(seller.name)
	back = comes_back(world, 1, "Delivery Note")
	frappe.set_user("Administrator")
	assert [task.allocated_to for task in tasks(back)] == [seller.name]
	frappe.db.set_value("User", seller.name, "enabled", 0)
	frappe.db.delete("ToDo", {"reference_name": back.name})
	frappe.db.delete("Postponed Work", {"reference_name": back.name})
	deliveries.follow_submitted(frappe.get_doc("Delivery Note", back.name))
	assert manager in [task.allocated_to for task in tasks(back)]


def test_the_answer_is_the_return(world) -> None:
	sold(world, 3)
	back = comes_back(world, 2)
	[question] = api.units_to_name(back.doctype, back.name)
	assert (question["item_code"], question["pieces"]) == (world.item, 2)
	first, second, third = (unit["name"] for unit in question["candidates"])
	assert api.name_returned_units(back.doctype, back.name, [second]) == 1
	assert states(world) == ["In Service", "Returned", "In Service"]
	assert {task.status for task in tasks(back)} == {"Open"}
	assert api.name_returned_units(back.doctype, back.name, frappe.as_json([third])) == 0
	assert states(world) == ["In Service", "Returned", "Returned"]
	assert {task.status for task in tasks(back)} == {"Closed"}
	assert events_of(third)[-1] == ("Returned", back.name)
	assert the_warranty(third).status == "Suspended"
	with pytest.raises(return_questions.ReturnedUnitsError):
		api.name_returned_units(back.doctype, back.name, [first])
	back.cancel()
	assert states(world) == ["In Service"] * 3


def test_no_more_than_came_back_and_none_of_somebody_else(world) -> None:
	sold(world, 3)
	other = make_customer().name
	sold(world, 1, customer=other)
	back = comes_back(world, 1)
	[question] = api.units_to_name(back.doctype, back.name)
	names = [unit["name"] for unit in question["candidates"]]
	with pytest.raises(return_questions.ReturnedUnitsError, match="Only 1"):
		api.name_returned_units(back.doctype, back.name, names[:2])
	foreign = frappe.db.get_value("Installed Unit", {"customer": other})
	with pytest.raises(return_questions.ReturnedUnitsError):
		api.name_returned_units(back.doctype, back.name, [foreign])
	assert states(world) == ["In Service"] * 3


def test_who_may_not_write_the_return_may_not_say(world) -> None:
	sold(world, 2)
	back = comes_back(world, 1)
	delivered = sold(world, 1)
	with pytest.raises(frappe.ValidationError, match="takes back no goods"):
		api.units_to_name(delivered.doctype, delivered.name)
	frappe.set_user(make_user("After-Sales Lead").name)
	with pytest.raises(frappe.PermissionError):
		api.units_to_name(back.doctype, back.name)
	with pytest.raises(frappe.PermissionError):
		api.name_returned_units("Customer", world.customer, [])


def test_once_asked_only_the_answer_counts(world) -> None:
	"""Another of them leaves by its delivery afterwards: that the last one must be it is still a guess."""
	note = sold(world, 2)
	back = comes_back(world, 1)
	assert back.name not in delivery_sweep.submitted(back.doctype, add_days(today(), -1))
	give_back(note, qty=1)
	deliveries.follow_submitted(frappe.get_doc(back.doctype, back.name))
	assert states(world) == ["In Service", "Returned"]
	assert len(tasks(back)) == len({task.allocated_to for task in tasks(back)})
	back.cancel()
	assert {task.status for task in tasks(back)} == {"Closed"}


def test_a_task_says_neither_that_somebody_was_asked_nor_that_nobody_was(world) -> None:
	"""Everybody may write tasks: one like ours silences nothing, and without ours nothing is guessed."""
	note = sold(world, 2)
	back = make_return_doc("Delivery Note", note.name)
	back.items[0].update({"dn_detail": None, "qty": -1})
	back.insert()
	editor = make_user("Knowledge Base Editor").name
	frappe.set_user(editor)
	task = {"doctype": "ToDo", "reference_type": back.doctype, "reference_name": back.name}
	text = f"<div {return_questions.MARK}>x</div>"
	frappe.get_doc({**task, "allocated_to": editor, "assigned_by": editor, "description": text}).insert()
	frappe.set_user("Administrator")
	back.submit()
	assert asked(back)
	frappe.db.delete("ToDo", {"reference_name": back.name})
	give_back(note, qty=1)
	assert back.name not in delivery_sweep.submitted(back.doctype, add_days(today(), -1))
	deliveries.follow_submitted(frappe.get_doc(back.doctype, back.name))
	assert states(world) == ["In Service", "Returned"]


def test_an_answered_question_is_not_waited_for_any_more(world) -> None:
	sold(world, 2)
	back = comes_back(world, 1)
	assert back.name in return_questions.asked_about(back.doctype)
	[question] = api.units_to_name(back.doctype, back.name)
	api.name_returned_units(back.doctype, back.name, [question["candidates"][0]["name"]])
	assert back.name not in return_questions.asked_about(back.doctype)
	sold(world, 1)
	other = comes_back(world, 1)
	assert asked(other)
	other.cancel()
	assert other.name not in return_questions.asked_about(other.doctype)


def test_questions_asked_before_they_were_noted_stay_asked(world) -> None:
	sold(world, 2)
	back = comes_back(world, 1)
	frappe.db.delete("Postponed Work", {"reference_name": back.name})
	for _run in range(2):
		returns_somebody_was_asked_about.execute()
		assert frappe.db.count("Postponed Work", {"reference_name": back.name}) == 1


def test_who_may_not_read_a_unit_sees_its_number_only(world) -> None:
	"""Site and name are the customer's: of units somebody may not read the number and ERPNext's serial number are enough."""
	world = goods(2)
	deliver(world)
	units = frappe.get_all("Installed Unit", {"item_code": world.item}, pluck="name", order_by="name")
	frappe.db.set_value("Installed Unit", {"name": ("in", units)}, "site_address_display", "1 Harbour Road")
	clerk, agent = make_user("Stock User"), make_user("Stock User", "Service Desk Agent")
	for user, seen in ((clerk, []), (agent, units)):
		frappe.set_user(user.name)
		labels = {label["name"]: label for label in return_questions.labels_of(units)}
		assert [name for name in units if labels[name]["site"]] == seen
		assert [name for name in units if labels[name]["delivered_on"]] == seen
		assert all(number in str(labels) for number in world.numbers)
	frappe.set_user("Administrator")
	only = {"user": agent.name, "allow": "Installed Unit", "for_value": units[0]}
	insert("User Permission", only, {})
	frappe.set_user(agent.name)
	assert [label["name"] for label in return_questions.labels_of(units) if label["site"]] == units[:1]


def test_what_another_company_sold_is_not_taken_back(world) -> None:
	sold(world, 1)
	[unit] = frappe.get_all("Installed Unit", {"item_code": world.item}, ["name", "delivery_note"])
	other = frappe.get_doc({"doctype": "Company", "company_name": unique("Other"), "abbr": unique("O")[-5:]})
	other.update({"default_currency": "EUR", "country": "Germany"})
	other.db_insert()
	frappe.db.set_value("Delivery Note", unit.delivery_note, "company", other.name)
	back = comes_back(world, 1, "Sales Invoice")
	assert states(world) == ["In Service"]
	assert not tasks(back)
	# a unit keeps the company it was made with; who delivered it last takes it back
	frappe.db.set_value("Delivery Note", unit.delivery_note, "company", company())
	frappe.db.set_value("Installed Unit", unit.name, "company", other.name)
	comes_back(world, 1, "Sales Invoice")
	assert states(world) == ["Returned"]


def test_what_was_delivered_later_did_not_come_back(world) -> None:
	sold(world, 1)
	deliver_rows(world, row(world, 1))
	back = deliver_rows(
		world, row(world, -1), doctype="Sales Invoice", is_return=1, posting_date=add_days(today(), -5)
	)
	assert states(world) == ["Returned", "In Service"]
	assert not tasks(back)


class TestNumbersMadeByTheReturn:
	"""Where no number is typed, ERPNext makes new ones for what came back (frappe/erpnext#27517, #29596)."""

	@pytest.fixture
	def world(self, clean_transaction) -> SimpleNamespace:
		world = goods(2)
		frappe.db.set_value(
			"Item", world.item, "serial_no_series", f"MADE{frappe.generate_hash(length=5)}-.####"
		)
		frappe.clear_document_cache("Item", world.item)
		return world

	def test_one_of_two_is_asked_about(self, world) -> None:
		deliver(world)
		back = comes_back(world, 1)
		assert states(world) == ["In Service", "In Service"]
		assert asked(back)
		[question] = api.units_to_name(back.doctype, back.name)
		assert {unit["name"] for unit in question["candidates"]} == {
			unit_of(number).name for number in world.numbers
		}

	def test_the_only_one_is_the_one(self, world) -> None:
		deliver(world, world.numbers[:1])
		back = comes_back(world, 1, "Sales Invoice")
		assert states(world) == ["Returned"]
		assert not tasks(back)

	def test_against_the_delivery_with_the_number_left_out(self, world) -> None:
		"""Two were delivered, and one of another delivery: it is one of the two, and nobody knows which."""
		note = deliver(world)
		receive(world, [unique("SN")], add_days(today(), -60))
		deliver_rows(world, row(world, 1))
		back = make_return_doc("Delivery Note", note.name)
		back.items[0].update({"qty": -1, "use_serial_batch_fields": 1, "serial_no": None})
		back.insert()
		back.submit()
		assert states(world) == ["In Service"] * 3
		[question] = api.units_to_name(back.doctype, back.name)
		assert {unit["name"] for unit in question["candidates"]} == {
			unit_of(number).name for number in world.numbers
		}

	def test_a_typed_number_that_no_unit_has_is_none_of_ours(self, world) -> None:
		"""Sold before the app, say: ERPNext makes its Serial No while it posts, as it does for numbers of its own."""
		deliver(world, world.numbers[:1])
		back = comes_back(world, 1, use_serial_batch_fields=1, serial_no=unique("OLD"))
		assert states(world) == ["In Service"]
		assert not tasks(back)

	def test_with_the_batch_alone_the_number_is_made_too(self, world) -> None:
		world.item = make_item(
			has_serial_no=1, has_batch_no=1, serial_no_series=f"MB{frappe.generate_hash(length=5)}-.####"
		).name
		batch, number = make_batch(world.item), unique("SN")
		make_stock_receipt(world.item, world.warehouse, 1, serial_no=number, batch_no=batch)
		deliver(world, [number])
		comes_back(world, 1, use_serial_batch_fields=1, batch_no=batch)
		assert unit_of(number).state == "Returned"

	def test_what_failed_is_followed_the_next_night(self, world, monkeypatch) -> None:
		"""That its unit is missing cannot be seen: only that it failed says so."""
		deliver(world)
		yesterday = add_days(today(), -1)
		with monkeypatch.context() as patch:
			patch.setattr(return_questions, "follow", lambda doc: 1 / 0)
			back = comes_back(world, 1)
		assert not tasks(back)
		assert back.name in delivery_sweep.submitted(back.doctype, yesterday)
		deliveries.follow_submitted(back)
		assert asked(back)
		with monkeypatch.context() as patch:
			patch.setattr(return_questions, "close", lambda doc: 1 / 0)
			back.cancel()
		assert {task.status for task in tasks(back)} == {"Open"}
		assert back.name not in delivery_sweep.submitted(back.doctype, yesterday)
		assert back.name in delivery_sweep.cancelled(back.doctype, yesterday)

	def test_a_typed_number_is_the_unit_as_before(self, world) -> None:
		deliver(world)
		back = comes_back(world, 1, use_serial_batch_fields=1, serial_no=world.numbers[1])
		assert [unit_of(number).state for number in world.numbers] == ["In Service", "Returned"]
		assert not tasks(back)
