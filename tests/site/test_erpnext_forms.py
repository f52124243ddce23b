"""What ERPNext's own forms show of us: connections with their numbers, the line at the top, Create → Service Request."""

from typing import Any

import frappe
import pytest
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice
from frappe.desk.form.meta import get_meta
from frappe.utils import add_days, add_months, nowdate

from support_service.erpnext_desk import api, at_a_glance, connections, new_case
from support_service.permissions.named_links import HiddenLinkError
from tests import factories
from tests.factories import (
	make_contact,
	make_customer,
	make_engineer_visit,
	make_installed_unit,
	make_item,
	make_project,
	make_service_channel,
	make_service_contract,
	make_service_request,
	make_service_team,
	make_supplier,
	make_user,
	make_warranty_policy,
)
from tests.site import delivery_world
from tests.site.queries import count_queries, queries_of

CASE = "Service Request"
# who takes calls and sells, too
DESK = ("Service Desk Agent", "Stock User", "Accounts User")


def numbers(doctype: str, name: str, user: str = "Administrator") -> dict[str, tuple[Any, Any]]:
	"""DocType → (all, still open) as the form shows it to `user`."""
	frappe.set_user(user)
	answer = api.get_open_count(doctype, name)["count"]
	frappe.set_user("Administrator")
	rows = answer["external_links_found"] + answer["internal_links_found"]
	return {row["doctype"]: (row["count"], row["open_count"]) for row in rows}


@pytest.mark.parametrize("doctype", connections.FORMS)
def test_every_connection_leads_somewhere_by_an_index(doctype: str):
	"""Each field exists, links to the form's DocType (or holds its number), and begins an index."""
	meta = frappe.get_meta(doctype)
	ours = connections.FORMS[doctype]
	assert ours.named_by or ours.named_here
	for kind, fieldname in ours.named_by.items():
		tables = [
			frappe.get_meta(kind),
			*(frappe.get_meta(df.options) for df in frappe.get_meta(kind).get_table_fields()),
		]
		owner = next(table for table in tables if table.has_field(fieldname))
		field = owner.get_field(fieldname)
		if field.fieldtype == "Dynamic Link":
			assert field.options == ours.dynamic[fieldname]
		elif fieldname != "serial_label":
			assert field.options == doctype, (kind, fieldname)
		first = frappe.db.sql(f"show index from `tab{owner.name}` where seq_in_index = 1", as_dict=True)
		assert fieldname in {row.Column_name for row in first}, (owner.name, fieldname)
	for kind, here in ours.named_here.items():
		table, fieldname = here if isinstance(here, tuple) else (None, here)
		owner = frappe.get_meta(meta.get_field(table).options) if table else meta
		assert owner.get_field(fieldname).options == kind


@pytest.mark.parametrize("doctype", connections.FORMS)
def test_erpnext_keeps_its_own_connections(doctype: str):
	"""What ERPNext shows stays in its place; ours is one group at the end."""
	groups = frappe.get_meta(doctype).get_dashboard_data().transactions
	assert [group["label"] for group in groups].count(connections.GROUP) == 1
	assert groups[-1]["label"] == connections.GROUP
	if doctype == "Customer":
		assert "Sales Order" in [kind for group in groups[:-1] for kind in group["items"]]


def test_the_group_is_labelled_in_english_for_everybody():
	"""Frappe keeps a form's connections in a cache that all languages share; the desk translates the label."""
	frappe.clear_cache(doctype="Customer")
	frappe.local.lang = "zh"
	labels = [group["label"] for group in get_meta("Customer").get("__dashboard").transactions]
	frappe.clear_cache(doctype="Customer")
	assert labels[-1] == "After-Sales Service"


def test_a_customer_shows_cases_units_contracts_and_visits():
	customer = make_customer().name
	unit = make_installed_unit(customer=customer).name
	case = make_service_request(customer=customer, installed_unit=unit).name
	over = make_service_request(customer=customer).name
	frappe.db.set_value(CASE, over, "status", "Closed")
	make_engineer_visit(service_request=case)
	make_service_contract(customer=customer)
	make_service_request()  # another customer's
	shown = numbers("Customer", customer)
	assert shown[CASE] == (2, 1)
	assert shown["Engineer Visit"] == (1, 1)
	assert shown["Installed Unit"] == (1, 0)
	assert shown["Service Contract"] == (1, 0)
	assert shown["Sales Order"] == (0, 0)


def test_numbers_count_what_the_reader_may_see():
	"""An engineer sees the cases of the own team; the others are not even counted."""
	customer, team = make_customer().name, make_service_team()
	engineer = factories.make_service_engineer(team=team.name).user
	make_service_request(customer=customer, team=team.name)
	for _other in range(2):
		make_service_request(customer=customer, team=make_service_team().name)
	assert numbers("Customer", customer)[CASE] == (3, 3)
	assert numbers("Customer", customer, engineer)[CASE] == (1, 1)


def test_who_reads_none_of_ours_is_told_nothing():
	customer = make_customer().name
	case = make_service_request(customer=customer).name
	seller = make_user("Sales User").name
	assert CASE not in numbers("Customer", customer, seller)
	frappe.set_user(seller)
	with pytest.raises(frappe.PermissionError):
		api.get_open_count(CASE, case)


def test_contact_item_and_supplier():
	customer, item, vendor = make_customer().name, make_item().name, make_supplier().name
	contact = make_contact(customer).name
	unit = make_installed_unit(customer=customer, contact=contact, item_code=item).name
	case = make_service_request(customer=customer, contact=contact, installed_unit=unit, vendor=vendor)
	assert case.item_code == item
	make_warranty_policy(item=item)
	assert numbers("Contact", contact) == {CASE: (1, 1), "Installed Unit": (1, 0)}
	of_item = numbers("Item", item)
	assert (of_item[CASE], of_item["Installed Unit"], of_item["Warranty Policy"]) == ((1, 1), (1, 0), (1, 0))
	assert numbers("Supplier", vendor)[CASE] == (1, 1)


def test_a_project_shows_its_cases_and_contracts():
	customer = make_customer().name
	project = make_project(customer).name
	make_service_request(customer=customer, project=project)
	make_service_contract(customer=customer, project=project)
	shown = numbers("Project", project)
	assert (shown[CASE], shown["Service Contract"]) == ((1, 1), (1, 0))


def test_a_part_that_visits_used_shows_them():
	visit = make_engineer_visit()
	visit.append("parts", {"item_code": make_item().name, "qty": 1})
	visit.save(ignore_permissions=True)
	assert numbers("Item", visit.parts[0].item_code)["Engineer Visit"] == (1, 1)


def test_a_serial_number_shows_its_unit_and_cases():
	world = delivery_world.goods(1)
	delivery_world.deliver(world)
	unit = frappe.get_doc("Installed Unit", {"serial_no": world.numbers[0]})
	make_service_request(customer=world.customer, installed_unit=unit.name)
	shown = numbers("Serial No", world.numbers[0])
	assert (shown["Installed Unit"], shown[CASE]) == ((1, 0), (1, 1))


@pytest.mark.parametrize("doctype", ["Delivery Note", "Sales Invoice"])
def test_a_delivery_shows_the_units_it_made(doctype: str):
	world = delivery_world.goods(2)
	row = {"item_code": world.item, "qty": 2, "warehouse": world.warehouse, "rate": 500}
	row.update(use_serial_batch_fields=1, serial_no="\n".join(world.numbers))
	doc = delivery_world.deliver_rows(world, row, doctype=doctype)
	assert numbers(doctype, doc.name)["Installed Unit"] == (2, 0)


def test_an_invoice_of_a_contract_names_it():
	contract = make_service_contract()
	invoice = frappe.get_all("Sales Invoice", {"docstatus": ("<", 2)}, pluck="name", limit=1)
	if not invoice:
		invoice = [delivery_world.deliver_rows(*_sold(), doctype="Sales Invoice").name]
	frappe.db.set_value("Sales Invoice", invoice[0], "service_contract", contract.name)
	found = api.get_open_count("Sales Invoice", invoice[0])["count"]["internal_links_found"]
	named = next(row for row in found if row["doctype"] == "Service Contract")
	assert (named["count"], named["names"]) == (1, [contract.name])


def _sold() -> tuple[Any, dict[str, Any]]:
	world = delivery_world.goods(1)
	row = {"item_code": world.item, "qty": 1, "warehouse": world.warehouse, "rate": 500}
	return world, {**row, "use_serial_batch_fields": 1, "serial_no": world.numbers[0]}


# --- the line at the top


def opened(doctype: str, name: str, user: str = "Administrator") -> Any:
	"""What the form of `doctype` gets from the server beside the document."""
	frappe.set_user(user)
	frappe.local.response = frappe._dict(docs=[])
	api.getdoc(doctype, name)
	frappe.set_user("Administrator")
	return frappe.local.response.docs[0].get("__onload").get("after_sales")


def test_a_customer_at_a_glance():
	customer = make_customer().name
	case = make_service_request(customer=customer).name
	assert opened("Customer", customer)["cases"] == {"open": 1, "late": 0, "only": case}
	late = make_service_request(customer=customer).name
	frappe.db.set_value(CASE, late, "clock_state", "Overdue")
	contract = make_service_contract(customer=customer)
	told = opened("Customer", customer)
	assert told["cases"] == {"open": 2, "late": 1, "only": None}
	assert [row["name"] for row in told["contracts"]] == [contract.name]
	assert told["contracts"][0]["until"] == frappe.utils.getdate(contract.end_date)


def test_contracts_that_are_over_or_ended_are_not_in_force():
	customer = make_customer().name
	over = make_service_contract(customer=customer)
	ended = make_service_contract(customer=customer)
	frappe.db.set_value(
		over.doctype,
		over.name,
		{"start_date": add_months(nowdate(), -24), "end_date": add_days(nowdate(), -1)},
	)
	frappe.db.set_value(
		ended.doctype,
		ended.name,
		{"start_date": add_months(nowdate(), -3), "terminated_on": add_days(nowdate(), -1)},
	)
	assert opened("Customer", customer)["contracts"] == []


def test_an_engineer_is_told_of_the_own_cases_only():
	customer, team = make_customer().name, make_service_team()
	engineer = factories.make_service_engineer(team=team.name).user
	own = make_service_request(customer=customer, team=team.name).name
	make_service_request(customer=customer, team=make_service_team().name)
	assert opened("Customer", customer, engineer)["cases"] == {"open": 1, "late": 0, "only": own}


def test_a_seller_is_told_nothing():
	customer = make_customer().name
	make_service_request(customer=customer)
	assert opened("Customer", customer, make_user("Sales User").name) is None


def test_a_serial_number_tells_its_unit_and_who_pays():
	world = delivery_world.goods(1)
	make_warranty_policy(item=world.item)
	delivery_world.deliver(world)
	told = opened("Serial No", world.numbers[0])
	assert told["unit"]["name"] == frappe.db.get_value("Installed Unit", {"serial_no": world.numbers[0]})
	assert [row["in_force"] for row in told["coverage"]["warranties"]] == [True]
	assert {line["kind"] for line in told["coverage"]["lines"]} == {"Labour", "Travel", "Part"}
	assert told["cases"]["open"] == 0


def test_a_serial_number_in_stock_tells_nothing():
	world = delivery_world.goods(1)
	assert opened("Serial No", world.numbers[0]) is None


def test_what_goes_wrong_beside_a_form_does_not_close_it(monkeypatch):
	def broken(_doc):
		raise RuntimeError("out of order")

	monkeypatch.setitem(at_a_glance.SHOWN, "Customer", broken)
	assert opened("Customer", make_customer().name) is None


def test_opening_a_customer_costs_a_few_queries_more():
	customer = make_customer().name
	for _case in range(3):
		make_service_request(customer=customer)
	doc = frappe.get_doc("Customer", customer)
	at_a_glance.onload(doc)
	assert count_queries(lambda: at_a_glance.onload(doc)) <= 2


def test_our_connections_are_counted_in_one_statement_for_who_sees_all():
	customer = make_customer().name
	make_service_request(customer=customer)
	ours = list(connections.FORMS["Customer"].named_by)
	frappe.set_user(make_user("Service Desk Agent").name)
	api.get_open_count("Customer", customer, items=ours)
	statements = queries_of(lambda: api.get_open_count("Customer", customer, items=ours))
	assert sum(any(f"`tab{kind}`" in one for kind in ours) for one in statements) == 1, statements


# --- Create → Service Request


def values(doctype: str, name: str, **more: Any) -> dict[str, Any]:
	frappe.set_user(make_user(*DESK).name)
	try:
		return api.new_case(doctype, name, **more)
	finally:
		frappe.set_user("Administrator")


def saved(answer: dict[str, Any]) -> Any:
	"""The case that a person gets who adds subject and channel and saves."""
	frappe.set_user(make_user(*DESK).name)
	case = frappe.get_doc(
		{"doctype": CASE, "subject": "Noise", "channel": make_service_channel(), **answer["values"]}
	)
	case.insert()
	frappe.set_user("Administrator")
	return case


def known_customer() -> tuple[str, str, str]:
	"""A customer with primary contact and address."""
	customer = make_customer()
	contact = make_contact(
		customer.name, "caller@example.com", phone_nos=[{"phone": "021 5555", "is_primary_phone": 1}]
	)
	address = factories.insert(
		"Address",
		{
			"address_title": customer.name,
			"address_type": "Shipping",
			"address_line1": "1 Long Road",
			"city": "Shanghai",
			"country": "China",
			"links": [{"link_doctype": "Customer", "link_name": customer.name}],
		},
		{},
	)
	customer.db_set({"customer_primary_contact": contact.name, "customer_primary_address": address.name})
	return customer.name, contact.name, address.name


def test_from_a_customer_comes_the_primary_contact_and_address():
	customer, contact, address = known_customer()
	answer = values("Customer", customer)
	assert answer["values"]["contact_phone"] == "021 5555"
	case = saved(answer)
	assert (case.customer, case.contact, case.site_address) == (customer, contact, address)
	assert (case.contact_email, case.customer_name) == (
		"caller@example.com",
		frappe.db.get_value("Customer", customer, "customer_name"),
	)


def test_from_a_contact_comes_its_customer():
	customer = make_customer().name
	contact = make_contact(customer, "caller@example.com").name
	case = saved(values("Contact", contact))
	assert (case.customer, case.contact) == (customer, contact)


def test_a_contact_of_two_customers_leaves_the_choice():
	one, other = make_customer().name, make_customer().name
	links = [{"link_doctype": "Customer", "link_name": name} for name in (one, other)]
	contact = make_contact(one, links=links).name
	answer = values("Contact", contact)["values"]
	assert answer["contact"] == contact
	assert "customer" not in answer


def test_from_a_serial_number_comes_its_unit_and_whoever_has_it():
	world = delivery_world.goods(1)
	delivery_world.deliver(world)
	case = saved(values("Serial No", world.numbers[0]))
	assert (case.customer, case.serial_label, case.item_code) == (
		world.customer,
		world.numbers[0],
		world.item,
	)
	assert case.installed_unit == frappe.db.get_value("Installed Unit", {"serial_no": world.numbers[0]})


def test_a_serial_number_without_a_unit_still_says_what_it_is():
	world = delivery_world.goods(1)
	answer = values("Serial No", world.numbers[0])["values"]
	assert (answer["item_code"], answer["serial_label"]) == (world.item, world.numbers[0])
	assert "installed_unit" not in answer


@pytest.mark.parametrize("doctype", ["Delivery Note", "Sales Invoice"])
def test_a_delivery_of_several_pieces_asks_which(doctype: str):
	world = delivery_world.goods(2)
	row = {"item_code": world.item, "qty": 2, "warehouse": world.warehouse, "rate": 500}
	row.update(use_serial_batch_fields=1, serial_no="\n".join(world.numbers))
	doc = delivery_world.deliver_rows(world, row, doctype=doctype)
	answer = values(doctype, doc.name)
	assert {unit["serial_label"] for unit in answer["choices"]} == set(world.numbers)
	assert answer["values"]["customer"] == world.customer  # not known yet is an answer, too
	piece = answer["choices"][1]["name"]
	case = saved(values(doctype, doc.name, unit=piece))
	assert (case.installed_unit, case.customer) == (piece, world.customer)


def test_the_invoice_of_a_delivery_knows_its_pieces():
	world = delivery_world.goods(2)
	note = delivery_world.deliver(world)
	invoice = make_sales_invoice(note.name).insert()
	answer = values("Sales Invoice", invoice.name)
	assert {unit["serial_label"] for unit in answer["choices"]} == set(world.numbers)


def test_a_delivery_of_one_piece_asks_nothing():
	world = delivery_world.goods(1)
	project = make_project(world.customer).name
	doc = delivery_world.deliver(world, project=project)
	answer = values("Delivery Note", doc.name)
	assert answer["values"]["project"] == project
	assert answer["values"]["serial_label"] == world.numbers[0]
	assert "choices" not in answer


def test_what_was_sold_on_is_not_offered_to_the_first_customer():
	world = delivery_world.goods(2)
	doc = delivery_world.deliver(world)
	unit = frappe.get_doc("Installed Unit", {"serial_no": world.numbers[0]})
	unit.db_set("customer", make_customer().name)
	answer = values("Delivery Note", doc.name)
	assert answer["values"]["serial_label"] == world.numbers[1]


@pytest.mark.parametrize("role", ["Service Engineer", "Sales User"])
def test_who_may_not_open_cases_is_refused(role: str):
	customer = make_customer().name
	frappe.set_user(make_user(role).name)
	with pytest.raises(frappe.PermissionError):
		api.new_case("Customer", customer)


def test_a_record_the_caller_may_not_read_is_refused():
	world = delivery_world.goods(1)
	doc = delivery_world.deliver(world)
	agent = make_user(*DESK).name
	frappe.permissions.add_user_permission("Customer", make_customer().name, agent)
	frappe.set_user(agent)
	with pytest.raises(frappe.PermissionError):
		api.new_case("Delivery Note", doc.name)


def test_a_unit_the_caller_may_not_see_is_refused():
	customer = make_customer().name
	own, foreign = make_installed_unit(customer=customer).name, make_installed_unit().name
	agent = make_user("Service Desk Agent").name
	frappe.permissions.add_user_permission("Installed Unit", own, agent)
	frappe.set_user(agent)
	with pytest.raises(HiddenLinkError):
		api.new_case("Customer", customer, unit=foreign)


def test_a_record_of_another_kind_says_what_to_do():
	with pytest.raises(new_case.NothingToServeError):
		values("Item", make_item().name)
