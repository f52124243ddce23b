"""What install and migrate put beside our DocTypes: what an admin has changed since stays, and no more is given than needed."""

import frappe
import pytest

from support_service.constants.custom_fields import CUSTOM_FIELDS
from support_service.constants.grants import READ
from support_service.constants.roles import DESK_AGENT, ENGINEER, LEAD, MANAGER, STAFF
from support_service.patches.v0_8 import stock_entries_say_costs
from support_service.setup import fields, grants
from tests.factories import company, insert, make_service_engineer, make_service_team, make_user, unique

STOCK_ENTRY_FIELD = {"dt": "Stock Entry", "fieldname": "engineer_visit"}


def grant_of(doctype: str, role: str) -> dict[str, str]:
	return {"parent": doctype, "role": role, "permlevel": 0}


class TestGrants:
	@pytest.fixture(autouse=True)
	def fresh_cache(self):
		"""Grants are remembered in a cached default, which a rollback does not reach."""
		yield
		frappe.db.rollback()
		frappe.clear_cache()

	def test_one_that_an_admin_took_away_does_not_come_back(self):
		grants.apply_grants()
		frappe.db.delete("Custom DocPerm", grant_of("Item", DESK_AGENT))
		grants.apply_grants()
		assert not frappe.db.exists("Custom DocPerm", grant_of("Item", DESK_AGENT))
		assert frappe.db.exists("Custom DocPerm", grant_of("Item", LEAD))

	def test_one_that_an_admin_widened_stays_so(self):
		frappe.db.set_value("Custom DocPerm", grant_of("Item", LEAD), "write", 1)
		grants.apply_grants()
		assert frappe.db.get_value("Custom DocPerm", grant_of("Item", LEAD), "write") == 1

	def test_one_that_a_new_version_brings_is_given(self, monkeypatch):
		monkeypatch.setitem(grants.GRANTS, "Brand", {LEAD: ("select",)})
		grants.apply_grants()
		assert frappe.db.exists("Custom DocPerm", grant_of("Brand", LEAD))

	def test_after_an_uninstall_the_next_install_grants_anew(self):
		grants.forget_grants()
		frappe.db.delete("Custom DocPerm", grant_of("Item", DESK_AGENT))
		grants.apply_grants()
		assert frappe.db.exists("Custom DocPerm", grant_of("Item", DESK_AGENT))

	def test_nobody_of_ours_opens_employees_or_suppliers(self):
		user = make_user(*STAFF).name
		for doctype in ("Employee", "Supplier"):
			assert frappe.has_permission(doctype, "select", user=user)
			assert not frappe.has_permission(doctype, "read", user=user)
		assert not frappe.has_permission(
			"Employee", "select", user=make_user(DESK_AGENT, ENGINEER, LEAD).name
		)
		assert frappe.has_permission("Employee", "select", user=make_user(MANAGER).name)

	def test_engineers_open_no_stock_entry(self):
		"""It says what every part cost; whoever works with ERPNext's stock reads it by ERPNext's own roles."""
		assert not frappe.has_permission("Stock Entry", "read", user=make_user(ENGINEER, DESK_AGENT).name)
		for role in (LEAD, MANAGER):
			assert frappe.has_permission("Stock Entry", "read", user=make_user(role).name)

	@pytest.mark.parametrize("widened", [False, True])
	def test_the_row_given_before_is_taken_back_unless_an_admin_changed_it(self, widened):
		frappe.db.delete("Custom DocPerm", grant_of("Stock Entry", ENGINEER))
		grants._grant("Stock Entry", ENGINEER, READ)
		if widened:
			frappe.db.set_value("Custom DocPerm", grant_of("Stock Entry", ENGINEER), "print", 1)
		stock_entries_say_costs.execute()
		stock_entries_say_costs.execute()
		assert bool(frappe.db.exists("Custom DocPerm", grant_of("Stock Entry", ENGINEER))) == widened
		assert frappe.db.exists("Custom DocPerm", grant_of("Stock Entry", LEAD))


class TestCustomFields:
	def test_label_place_and_look_are_the_admins(self):
		mine = {"label": "Site Visit", "hidden": 1, "insert_after": "company"}
		name = frappe.db.get_value("Custom Field", STOCK_ENTRY_FIELD)
		frappe.db.set_value("Custom Field", name, dict(mine))
		fields.apply_fields()
		kept = frappe.get_doc("Custom Field", name)
		assert {key: kept.get(key) for key in mine} == mine

	def test_what_the_code_relies_on_is_repaired(self):
		wanted = {"module": fields.MODULE, **CUSTOM_FIELDS["Stock Entry"][1]}
		for broken in ({"read_only": 0}, {"fieldtype": "Data"}, {"module": None}):
			assert fields._wanted(wanted, exists=True).keys() >= broken.keys()
		assert fields._wanted(wanted, exists=False) == wanted

	def test_uninstall_never_drops_a_column_of_an_admins_field(self):
		own = frappe.get_doc(
			{
				"doctype": "Custom Field",
				"dt": "Customer",
				"fieldname": "shelf",
				"label": "Shelf",
				"fieldtype": "Data",
				"module": fields.MODULE,
				"name": "Customer-shelf",
			}
		)
		own.db_insert()
		found = set(fields.our_fields())
		assert ("Customer", "shelf") not in found
		assert ("Stock Entry", "engineer_visit") in found


def test_a_lead_who_is_an_employee_sees_all_engineers_of_the_list():
	"""ERPNext narrows a user to their own Employee unless told otherwise."""
	lead = make_user(LEAD).name
	team = make_service_team(lead=lead).name
	engineers = {make_service_engineer(team=team, employee=make_employee(user=None)).name for _ in range(2)}
	make_employee(user=lead)
	assert frappe.db.exists("User Permission", {"user": lead, "allow": "Employee"})
	frappe.set_user(lead)
	assert engineers <= set(frappe.get_list("Service Engineer", pluck="name"))
	for engineer in engineers:
		assert frappe.has_permission("Service Engineer", "read", engineer)


def make_employee(user: str | None) -> str:
	values = {
		"first_name": unique("Employee"),
		"company": company(),
		"gender": frappe.get_all("Gender", pluck="name", limit=1)[0],
		"date_of_birth": "1990-01-01",
		"date_of_joining": "2020-01-01",
		"status": "Active",
		"create_user_permission": 1,  # ERPNext's default
	}
	return insert("Employee", values, {"user_id": user} if user else {}).name
