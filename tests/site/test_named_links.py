"""Whoever names a document in a link must be allowed to see it: every DocType of ours × every link field × every role."""

from collections import Counter
from typing import Any

import frappe
import pytest

from support_service.constants.custom_fields import CUSTOM_FIELDS
from support_service.permissions import links_to_ours, named_links
from support_service.permissions.named_links import HiddenLinkError
from support_service.permissions.rule import rule_in
from support_service.permissions.scope import Through
from tests import factories
from tests.access import link_cells, matrix
from tests.access.world import PERSONAS, World
from tests.site.queries import count_queries

PARENTS = [
	doctype for doctype in matrix.TABLES if doctype not in matrix.PARENTS and doctype not in matrix.FOREIGN
]


def allows(doc: Any, right: str) -> bool:
	"""Whether the links of `doc` are let through; what the role may do with the DocType is other tests' business."""
	try:
		doc.has_permission(right)
	except HiddenLinkError:
		return False
	return True


def may_name(persona: str, target: str, name: str, world: World) -> bool:
	"""The oracle: what a list shows them. A customer may name themselves and the company they write to."""
	if persona.startswith("customer") and target in ("Customer", "Company"):
		own = world.sides[persona[-1]]["customer"]
		return target == "Company" or name == own
	return link_cells.is_shown(target, name)


@pytest.mark.parametrize("doctype", PARENTS)
def test_a_link_names_what_its_writer_sees(doctype: str, world: World) -> None:
	wrong, count = [], Counter()
	names: dict[str, list[str]] = {}
	for persona in PERSONAS:
		frappe.set_user("Administrator")
		stored = frappe.get_doc(doctype, world.record(doctype, "a")).as_dict()
		for field in link_cells.fields_of(doctype):
			frappe.set_user("Administrator")
			if field.target not in names:
				names[field.target] = link_cells.names_of(field.target, world)
			frappe.set_user(world.users[persona])
			for name in names[field.target]:
				expected = may_name(persona, field.target, name, world)
				for right in ("create", "write"):
					doc = frappe.get_doc({"doctype": doctype} if right == "create" else stored)
					if right == "write" and (
						field.names_already(doc, name)
						or (field.fetched_from and not field.table_field and doc.get(field.fetched_from))
					):
						count["stands there already, or Frappe fills it"] += 1
						assert allows(doc, right)
						continue
					field.put(doc, name)
					count["let through" if expected else "refused"] += 1
					if allows(doc, right) != expected:
						wrong.append(
							f"{persona} {right} {doctype}.{field.table_field or ''}.{field.fieldname} → {field.target} "
							f"{name}: {'refused' if expected else 'let through'}"
						)
	frappe.set_user("Administrator")
	assert not wrong, "\n".join(wrong)
	if any(link_cells.fields_of(doctype)):
		assert count["refused"] and count["let through"], count


def test_who_sees_all_of_what_links_name(world: World) -> None:
	"""Where a role sees every document of a kind there is nothing to refuse: said here, so that it is not overlooked."""
	targets = {field.target for doctype in PARENTS for field in link_cells.fields_of(doctype)}
	ours = {target for target in targets if named_links.is_ours(target)}
	narrowed = {
		persona: {target for target in ours if not named_links.sees_all(target, world.users[persona])}
		for persona in PERSONAS
	}
	of_cases = {"Service Request", "Engineer Visit", "Coverage Decision", "Service Clock"}
	of_cases |= {"Part Need", "Removed Part", "Equipment Loan", "Service Mail", "Service Message"}
	of_vans = {"Van Count", "Van Handover"}
	own = (of_cases | of_vans) & ours
	# findings name their run, mails their mailbox, answers their client, deliveries their webhook: for managers only
	admins = {"Takeover Run", "Service Mailbox", "Service API Client", "Service Webhook"}
	# what comes in at the desk; an engineer sees the call-backs given to them
	of_the_desk = {"Alert Source", "Service Robot", "Service Call Back"}
	assert narrowed["manager"] == set()
	assert narrowed["agent"] == admins
	assert narrowed["lead"] == own | admins
	assert narrowed["engineer"] == narrowed["other_engineer"] == own | admins | of_the_desk
	assert narrowed["guest"] == narrowed["nobody"] == ours


def test_not_there_and_not_yours_are_told_in_the_same_words(world: World) -> None:
	frappe.set_user(world.users["engineer"])
	told = []
	for name in (world.record("Service Request", "b"), "SR-none"):
		doc = frappe.get_doc({"doctype": "Engineer Visit", "service_request": name})
		with pytest.raises(HiddenLinkError) as refusal:
			doc.insert()
		told.append(str(refusal.value).replace(name, "…"))
	assert told[0] == told[1]


def test_a_share_of_the_document_does_not_make_up_for_it(world: World) -> None:
	claim = factories.make_supplier_claim()
	user = world.users["lead"]
	frappe.share.add("Supplier Claim", claim.name, user, write=1)
	frappe.set_user(user)
	claim = frappe.get_doc("Supplier Claim", claim.name)
	claim.service_request = world.record("Service Request", "b")
	with pytest.raises(HiddenLinkError):
		claim.save()


@pytest.mark.parametrize("name", [["like", "%"], {"name": "x"}])
def test_a_link_names_one_document(name: Any, world: World) -> None:
	frappe.set_user(world.users["engineer"])
	with pytest.raises(HiddenLinkError):
		frappe.get_doc({"doctype": "Engineer Visit", "service_request": name}).insert()


def test_a_client_cannot_say_that_links_were_checked(world: World) -> None:
	frappe.set_user(world.users["engineer"])
	values = {"doctype": "Engineer Visit", "service_request": world.record("Service Request", "b")}
	doc = frappe.get_doc(values)
	doc.flags.checked_links = [world.users["engineer"], [["Engineer Visit", "service_request"]]]
	with pytest.raises(HiddenLinkError):
		doc.insert()


def test_a_field_an_admin_adds_is_checked_at_once(world: World) -> None:
	field = frappe.get_doc(
		{
			"doctype": "Custom Field",
			"dt": "Service Team",
			"fieldname": "example_case",
			"fieldtype": "Link",
			"label": "Example",
			"options": "Service Request",
		}
	)
	# the column is not needed to be refused, and adding one would end the transaction
	field.db_insert()
	frappe.clear_cache(doctype="Service Team")
	try:
		frappe.set_user(world.users["lead"])
		doc = frappe.get_doc("Service Team", world.sides["a"]["team"])
		doc.example_case = world.record("Service Request", "b")
		assert not allows(doc, "write")
		doc.example_case = world.record("Service Request", "a")
		assert allows(doc, "write")
	finally:
		frappe.set_user("Administrator")
		frappe.db.rollback()
		frappe.clear_cache(doctype="Service Team")


def test_what_decides_who_sees_a_document_is_set_once(world: World) -> None:
	"""Fields through which a rule reaches the document it follows."""
	checked = []
	for doctype, paths in frappe.get_hooks("has_permission", app_name="support_service").items():
		rule = rule_in(paths[0], doctype)
		if not rule or not named_links.is_ours(doctype):
			continue
		for clause in rule.scope(world.users["engineer"]).clauses:
			if not isinstance(clause, Through):
				continue
			checked.append(doctype)
			stored = frappe.get_doc(doctype, world.record(doctype, "b"))
			assert stored.get(clause.field), f"{doctype} names nothing"
			stored.set(clause.field, world.record(clause.doctype, "a"))
			with pytest.raises(frappe.ValidationError):
				stored.flags.ignore_permissions = True
				stored.save()
	assert {"Service Clock", "Coverage Decision", "Service Message", "Supplier Claim"} <= set(checked)


@pytest.mark.parametrize(
	("doctype", "fieldname"),
	[
		("Engineer Visit", "service_request"),
		("Service Survey", "service_request"),
		("Service Warranty", "installed_unit"),
		("Unit Reading", "installed_unit"),
		("Unit Reading", "engineer_visit"),
		("Coverage Decision", "engineer_visit"),
	],
)
def test_whose_document_it_is_stays(doctype: str, fieldname: str) -> None:
	assert frappe.get_meta(doctype).get_field(fieldname).set_only_once


class TestWhatItCosts:
	def test_no_more_where_the_role_sees_everything_of_ours(self, world: World) -> None:
		"""Users, addresses and contacts have rules of Frappe's own: the stored document is read for them."""
		visit = self.known(world, "manager")
		assert count_queries(lambda: named_links.has_permission(visit, "write")) <= 3

	def test_one_reading_of_the_stored_document_where_nothing_is_new(self, world: World) -> None:
		visit = self.known(world, "engineer")
		assert count_queries(lambda: named_links.has_permission(visit, "write")) <= 6
		assert count_queries(lambda: named_links.has_permission(visit, "submit")) <= 1, "asked once per save"

	def test_reading_asks_nothing(self, world: World) -> None:
		visit = self.known(world, "engineer")
		assert count_queries(lambda: named_links.has_permission(visit, "read")) == 0

	def known(self, world: World, persona: str) -> Any:
		"""A visit in the hands of somebody whose roles and permissions are in the caches, as after any request."""
		frappe.set_user(world.users[persona])
		named_links.has_permission(
			frappe.get_doc("Engineer Visit", world.record("Engineer Visit", "a")), "write"
		)
		return frappe.get_doc("Engineer Visit", world.record("Engineer Visit", "a"))


class TestERPNextsDocuments:
	"""Our fields on ERPNext's documents."""

	def test_each_is_checked(self) -> None:
		"""From the metadata: whichever DocType carries a link of ours to a document of ours."""
		carriers = {
			row.dt
			for row in frappe.get_all(
				"Custom Field",
				filters={"fieldtype": "Link", "dt": ("in", list(CUSTOM_FIELDS)), "module": "Support Service"},
				fields=["dt", "options"],
			)
			# rows take theirs from the row they were made from, whatever is sent: test_charged_once.py
			if named_links.is_ours(row.options) and not frappe.get_meta(row.dt).istable
		}
		path = f"{links_to_ours.__name__}.before_validate"
		events = frappe.get_doc_hooks()
		assert carriers and all(path in events[doctype]["before_validate"] for doctype in carriers)

	@pytest.mark.parametrize(
		("role", "doctype", "fieldname"),
		[
			("Stock User", "Stock Entry", "engineer_visit"),
			("Stock User", "Stock Entry", "service_request"),
			("Sales User", "Quotation", "coverage_decision"),
			("Sales User", "Sales Order", "coverage_decision"),
			("Accounts User", "Sales Invoice", "service_contract"),
			("Support Team", "Issue", "service_request"),
		],
	)
	def test_only_who_sees_it_names_it(self, role: str, doctype: str, fieldname: str, world: World) -> None:
		target = frappe.get_meta(doctype).get_field(fieldname).options
		doc = frappe.get_doc({"doctype": doctype, fieldname: world.record(target, "a")})
		frappe.set_user(factories.make_user(role).name)
		with pytest.raises(HiddenLinkError):
			links_to_ours.before_validate(doc)
		frappe.set_user(factories.make_user(role, "Service Manager").name)
		links_to_ours.before_validate(doc)

	def test_erpnext_hands_a_charge_on(self, world: World) -> None:
		"""Somebody of sales, who knows nothing of decisions, makes the order of a quotation they may read."""
		decision = world.record("Coverage Decision", "a")
		quotation = frappe.get_doc({"doctype": "Quotation", "coverage_decision": decision, "docstatus": 1})
		quotation.name = frappe.generate_hash(length=10)
		order = frappe.get_doc({"doctype": "Sales Order", "coverage_decision": decision})
		seller = factories.make_user("Sales User").name
		frappe.set_user(seller)
		with pytest.raises(HiddenLinkError):
			links_to_ours.before_validate(order)
		quotation.db_insert()
		links_to_ours.before_validate(order)

	def test_an_amendment_keeps_its_contract(self, world: World) -> None:
		contract = world.record("Service Contract", "a")
		invoice = frappe.get_doc({"doctype": "Sales Invoice", "service_contract": contract, "docstatus": 2})
		invoice.name = frappe.generate_hash(length=10)
		invoice.db_insert()
		frappe.set_user(factories.make_user("Accounts User").name)
		values = {"doctype": "Sales Invoice", "service_contract": contract}
		links_to_ours.before_validate(frappe.get_doc({**values, "amended_from": invoice.name}))
		with pytest.raises(HiddenLinkError):
			links_to_ours.before_validate(frappe.get_doc(values))


def test_a_user_permission_bounds_what_a_link_names() -> None:
	"""A name typed by hand passed elsewhere what the picker would not offer (frappe/frappe#34063)."""
	agent = factories.make_user("Service Desk Agent").name
	allowed, hidden = factories.make_customer().name, factories.make_customer().name
	frappe.get_doc(
		{"doctype": "User Permission", "user": agent, "allow": "Customer", "for_value": allowed}
	).insert(ignore_permissions=True)
	values = {"subject": "Broken", "request_type": "Fault", "channel": factories.make_service_channel()}
	frappe.set_user(agent)
	case = frappe.get_doc({"doctype": "Service Request", "customer": allowed, **values}).insert()
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc({"doctype": "Service Request", "customer": hidden, **values}).insert()
	case.customer = hidden
	with pytest.raises(frappe.PermissionError):
		case.save()
