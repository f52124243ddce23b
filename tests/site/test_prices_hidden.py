"""Prices and costs are read by those whose roles have their permission level, through every door; made from the metadata, so that a
new amount is covered from its first day."""

from types import SimpleNamespace

import frappe
import pytest
from frappe.desk import reportview
from frappe.utils import nowdate
from frappe.www.printview import get_html_and_style

from support_service.erpnext_desk import api as desk_api
from support_service.permissions import prices
from support_service.service_charging import api as charging_api
from support_service.service_charging.decision import by_hand as decisions_by_hand
from tests.factories import (
	insert,
	make_installed_unit,
	make_item,
	make_stock_receipt,
	make_user,
	make_warehouse,
)
from tests.site.coverage_world import (
	make_case_on,
	make_contract_for,
	make_price,
	make_service_item,
	make_terms,
	visit_on,
)

ENGINEER, AGENT, LEAD, MANAGER = (
	"Service Engineer",
	"Service Desk Agent",
	"After-Sales Lead",
	"Service Manager",
)
ROLES = (ENGINEER, AGENT, LEAD, MANAGER, "Customer")
# DocType → roles that read its amounts. The rows of a table are read like their document
READERS = {
	"Engineer Visit": {LEAD, MANAGER},
	"Coverage Decision": {AGENT, LEAD, MANAGER},
	"Equipment Loan": {AGENT, LEAD, MANAGER},
	"Removed Part": {LEAD, MANAGER},
	"Service Contract": {AGENT, LEAD, MANAGER},
	"Service Contract Template": {AGENT, LEAD, MANAGER},
	"Van Count": {LEAD, MANAGER},
}
# what a damaged device costs stands on the Loan Slip, which the customer signs at the engineer's
SIGNED = {("Equipment Loan Piece", "damage_value"): {ENGINEER, AGENT, LEAD, MANAGER}}
# not an amount of money by its type, but it says one
ALSO = {("Coverage Decision Line", "details"), ("Coverage Decision Line", "entitlement_qty")}
# amounts that appear nowhere else
PART_COST, PART_PRICE, LABOUR_PRICE, CONTRACT_PRICE = 7413.57, 9187.31, 6271.43, 8352.79
SECRETS = {
	"cost": ("7413.57", "7,413.57"),
	# of the part, of the hour, of both with the journey
	"price": ("9187.31", "9,187.31", "6271.43", "6,271.43", "15518.74", "15,518.74"),
	"contract": ("8352.79", "8,352.79"),
}


def amounts():
	"""(DocType, field, permission level, parents) of every amount in our DocTypes."""
	modules = frappe.get_all("Module Def", {"app_name": "support_service"}, pluck="name")
	for doctype in frappe.get_all("DocType", {"module": ("in", modules)}, pluck="name"):
		meta = frappe.get_meta(doctype)
		parents = [doctype]
		if meta.istable:
			parents = frappe.get_all(
				"DocField", {"fieldtype": "Table", "options": doctype}, pluck="parent", distinct=True
			)
		for field in meta.fields:
			if field.fieldtype == "Currency" or (doctype, field.fieldname) in ALSO:
				yield doctype, field, parents


def test_every_amount_is_read_by_whom_the_table_says():
	wrong = []
	for doctype, field, parents in amounts():
		for parent in parents:
			rows = frappe.get_meta(parent).permissions
			readers = {row.role for row in rows if row.permlevel == field.permlevel and row.read}
			if readers & set(ROLES) != SIGNED.get((doctype, field.fieldname), READERS.get(parent, set())):
				wrong.append(f"{doctype}.{field.fieldname} in {parent}: {sorted(readers & set(ROLES))}")
	assert not wrong, "give these fields a permission level, or say who reads them: " + "; ".join(wrong)


@pytest.fixture
def world(committed_crew, stock_settings_as_before):
	terms = make_terms(labour_item=make_service_item(LABOUR_PRICE, "Labour"))
	unit = make_installed_unit()
	item, warehouse = make_item().name, make_warehouse().name
	make_price(item, PART_PRICE)
	make_stock_receipt(item, warehouse, 3, rate=PART_COST)
	case = make_case_on(unit)
	removed = {"removed_qty": 1, "removed_goes_to": "Back to Us"}
	visit = visit_on(case, {"item_code": item, "qty": 1, **removed}, warehouse=warehouse, work_minutes=60)
	visit.submit()
	contract = make_contract_for(
		unit, {"kind": "Visits", "included": 1}, price=CONTRACT_PRICE, item_code=terms.labour_item
	)
	changed = {"price": ["1", str(CONTRACT_PRICE)]}
	log_change(contract, changed)
	log_change(visit, {"parts_cost": ["0", str(PART_COST)]}, {"amount": ["0", str(PART_COST)]})
	decision = visit.reload().coverage_decision
	users = {role: make_user(role).name for role in (AGENT, MANAGER)}
	users[ENGINEER] = visit.engineer_user
	users["Nobody"] = make_user().name
	return SimpleNamespace(
		case=case,
		visit=visit,
		decision=decision,
		contract=contract,
		users=users,
		part=part_of(visit),
		loan=loan_of(case, item),
		count=count_of(visit, item),
	)


def part_of(visit):
	"""The part that the visit took out, with what it is worth and what its supplier credits."""
	name = frappe.db.get_value("Removed Part", {"engineer_visit": visit.name})
	values = dict.fromkeys(("value_rate", "credit_expected", "credit_received"), PART_COST)
	frappe.db.set_value("Removed Part", name, values)
	return name


def loan_of(case, item):
	"""A loan of which a piece came back damaged and is charged."""
	days = {"from_date": nowdate(), "until_date": nowdate()}
	pieces = [{"item_code": item, "qty": 1}]
	made = insert("Equipment Loan", {"service_request": case.name, "pieces": pieces, **days}, {})
	row = {"parent": made.name, "parenttype": made.doctype, "parentfield": "returns", "idx": 1}
	values = {"item_code": item, "qty": 1, "state": "Back", "charge": PART_PRICE}
	frappe.get_doc({"doctype": "Equipment Loan Return", **row, **values}).db_insert()
	return made.name


def count_of(visit, item):
	"""A count of the engineer's van that has lost a part."""
	values = {"engineer": visit.engineer, "engineer_user": visit.engineer_user, "team": visit.team}
	head = frappe.get_doc(
		{
			"doctype": "Van Count",
			"name": frappe.generate_hash(length=10),
			"company": visit.company,
			"warehouse": visit.parts[0].warehouse,
			"status": "In the Books",
			"difference_value": PART_COST,
			**values,
		}
	)
	head.db_insert()
	row = {
		"parent": head.name,
		"parenttype": head.doctype,
		"parentfield": "rows",
		"idx": 1,
		"item_code": item,
	}
	amounts = {"valuation_rate": PART_COST, "difference_value": PART_COST}
	frappe.get_doc({"doctype": "Van Count Row", **row, **amounts}).db_insert()
	return head.name


def log_change(doc, changed, of_row=None):
	"""A change as Frappe keeps it under the form."""
	as_rows = [[name, *values] for name, values in changed.items()]
	data = {"changed": as_rows, "added": [], "removed": [], "row_changed": []}
	if of_row:
		rows = [[name, *values] for name, values in of_row.items()]
		data["row_changed"] = [["parts", 0, doc.parts[0].name, rows]]
		data["added"] = [["parts", {"item_code": "x", "amount": PART_COST}]]
	values = {"ref_doctype": doc.doctype, "docname": doc.name, "data": frappe.as_json(data)}
	frappe.get_doc({"doctype": "Version", **values}).insert(ignore_permissions=True)


def form(doctype, name):
	frappe.local.response = frappe._dict(docs=[])
	desk_api.getdoc(doctype, name)
	shown = frappe.as_json(frappe.local.response)
	frappe.local.response = frappe._dict(docs=[])
	return shown


def form_again(doctype, name):
	frappe.local.response = frappe._dict()
	desk_api.get_docinfo(doctype=doctype, name=name)
	shown = frappe.as_json(frappe.local.response)
	frappe.local.response = frappe._dict(docs=[])
	return shown


def rest(doctype, name):
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	doc.apply_fieldlevel_read_permissions()
	return frappe.as_json(doc.as_dict())


def rest_client(doctype, name):
	return frappe.as_json(frappe.client.get(doctype, name))


def value(doctype, name):
	fields = [field.fieldname for field in frappe.get_meta(doctype).fields if field.fieldtype == "Currency"]
	return frappe.as_json(frappe.client.get_value(doctype, fields, {"name": name}))


def listed(doctype, name):
	return frappe.as_json(frappe.get_list(doctype, filters={"name": name}, fields=["*"]))


def rows_of(doctype, name):
	found = []
	for field in frappe.get_meta(doctype).get_table_fields():
		fields = [
			one.fieldname for one in frappe.get_meta(field.options).fields if one.fieldtype == "Currency"
		]
		found += frappe.get_list(
			doctype,
			filters={"name": name},
			fields=[f"`tab{field.options}`.`{one}`" for one in fields] or ["name"],
		)
	return frappe.as_json(found)


def report_view(doctype, name):
	fields = [field.fieldname for field in frappe.get_meta(doctype).fields if field.fieldtype == "Currency"]
	frappe.local.form_dict = frappe._dict(
		doctype=doctype,
		fields=frappe.as_json([f"`tab{doctype}`.`{one}`" for one in ["name", *fields]]),
		filters=frappe.as_json([[doctype, "name", "=", name]]),
		start=0,
		page_length=20,
	)
	try:
		return frappe.as_json(reportview.get())
	finally:
		frappe.local.form_dict = frappe._dict()


def printed(doctype, name):
	return get_html_and_style(doctype, name, print_format="Standard")["html"]


def printed_by_default(doctype, name):
	return get_html_and_style(doctype, name)["html"]


DOORS = (
	form,
	form_again,
	rest,
	rest_client,
	value,
	listed,
	rows_of,
	report_view,
	printed,
	printed_by_default,
)
DOCUMENTS = {
	"Engineer Visit": lambda world: world.visit.name,
	"Coverage Decision": lambda world: world.decision,
	"Service Contract": lambda world: world.contract.name,
	"Removed Part": lambda world: world.part,
	"Equipment Loan": lambda world: world.loan,
	"Van Count": lambda world: world.count,
	# ERPNext's own: the visit links to it
	"Stock Entry": lambda world: world.visit.stock_entry,
}
SEES = {
	ENGINEER: set(),
	"Nobody": set(),
	AGENT: {"price", "contract"},
	MANAGER: {"cost", "price", "contract"},
}


def through(door, *of):
	try:
		return door(*of)
	except (frappe.PermissionError, frappe.DoesNotExistError):
		return ""
	finally:
		frappe.clear_messages()


def said(text):
	return {what for what, secrets in SECRETS.items() if any(secret in text for secret in secrets)}


FUNCTIONS = (
	(charging_api.of_case, lambda world: world.case.name),
	(charging_api.explain, lambda world: world.decision),
	(charging_api.visit_notice, lambda world: world.visit.name),
	(charging_api.preview, lambda world: world.case.installed_unit),
	(charging_api.earnings, lambda world: world.case.name),
)


@pytest.mark.parametrize("who", SEES)
def test_every_door(world, who):
	frappe.set_user(world.users[who])
	wrong, seen, opened = [], set(), set()
	try:
		for door in DOORS:
			for doctype, name in DOCUMENTS.items():
				shown = said(through(door, doctype, name(world)))
				seen |= {(door.__name__, what) for what in shown}
				opened |= {(door.__name__, doctype)} if shown else set()
				if shown - SEES[who]:
					wrong.append(f"{door.__name__} of {doctype}: {shown}")
		for function, of in FUNCTIONS:
			shown = said(frappe.as_json(through(function, of(world))))
			seen |= {(function.__name__, what) for what in shown}
			if shown - SEES[who]:
				wrong.append(f"{function.__name__}: {shown}")
	finally:
		frappe.set_user("Administrator")
	assert not wrong
	# the doors do open: otherwise nothing would be tried
	expected = {("form", what) for what in SEES[who]} | {("rest", what) for what in SEES[who]}
	assert expected <= seen
	if who == MANAGER:
		assert {
			("rows_of", "price"),
			("report_view", "contract"),
			("of_case", "price"),
			("earnings", "cost"),
			("form_again", "contract"),
		} <= seen
		assert {
			(door, doctype) for door in ("form", "rest", "rows_of") for doctype in DOCUMENTS
		} - opened <= {
			("rows_of", "Removed Part"),
			("rows_of", "Service Contract"),
		}


@pytest.mark.parametrize(
	("doctype", "level", "told"), [("Coverage Decision", 1, "price"), ("Engineer Visit", 2, "cost")]
)
def test_an_engineer_who_is_allowed_sees_them(world, doctype, level, told):
	name = DOCUMENTS[doctype](world)
	row = {"parent": doctype, "parenttype": "DocType", "parentfield": "permissions"}
	frappe.permissions.setup_custom_perms(doctype)
	allowed = {"role": ENGINEER, "permlevel": level, "read": 1}
	frappe.get_doc({"doctype": "Custom DocPerm", **row, **allowed}).insert()
	frappe.clear_cache(doctype=doctype)
	frappe.set_user(world.users[ENGINEER])
	try:
		assert (prices.sees_charges(), prices.sees_costs()) == (told == "price", told == "cost")
		for door in (form, rest, rest_client):
			assert said(through(door, doctype, name)) == {told}
		if told == "price":
			assert said(frappe.as_json(charging_api.explain(world.decision))) == {"price"}
		else:
			# what work earns belongs to what it costs
			assert "cost" in said(frappe.as_json(charging_api.earnings(world.case.name)))
	finally:
		frappe.set_user("Administrator")
		frappe.db.delete("Custom DocPerm", {"parent": doctype})
		frappe.clear_cache(doctype=doctype)


def test_a_decision_before_work_is_hidden_too(world):
	doc = decisions_by_hand.decide_before_work(world.case.name, [{"kind": "Labour", "qty": 1}])
	frappe.set_user(world.users[ENGINEER])
	try:
		assert not said(through(form, "Coverage Decision", doc.name))
		assert not said(frappe.as_json(charging_api.of_case(world.case.name)))
	finally:
		frappe.set_user("Administrator")
