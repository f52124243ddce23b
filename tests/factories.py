"""One factory per document: `make_<doctype>(**overrides)` inserts a valid one on the real site and returns it.

Names are random, so tests do not depend on each other's order. Callers that need other connections to see a
document commit themselves.
"""

from typing import Any

import frappe
from erpnext.controllers.item_variant import create_variant

from tests import users

COMPANY = "Acme Service"


def unique(prefix: str) -> str:
	return f"{prefix} {frappe.generate_hash(length=8)}"


def insert(doctype: str, defaults: dict[str, Any], overrides: dict[str, Any]) -> Any:
	return frappe.get_doc({"doctype": doctype, **defaults, **overrides}).insert(ignore_permissions=True)


def company() -> str:
	return COMPANY if frappe.db.exists("Company", COMPANY) else frappe.get_all("Company", pluck="name")[0]


def make_user(*roles: str, **overrides: Any) -> Any:
	"""A desk user with `roles`; password `Test-pass-2026`."""
	email = f"u{frappe.generate_hash(length=8)}@example.com"
	kept = tuple(roles)
	if not overrides and users.copy(email, kept):
		return frappe.get_doc("User", email)
	frappe.local.conf.throttle_user_limit = 100_000  # Frappe stops at 60 new users an hour; tests need more
	defaults = {
		"email": email,
		"first_name": email.split("@")[0],
		"send_welcome_email": 0,
		"new_password": "Test-pass-2026",
		"user_type": "System User",
		"roles": [{"role": role} for role in roles],
	}
	user = insert("User", defaults, overrides)
	if not overrides:
		users.keep(email, kept)
	return user


def make_customer(**overrides: Any) -> Any:
	return insert(
		"Customer",
		{
			"customer_name": unique("Customer"),
			"customer_type": "Company",
			"customer_group": "Commercial",
			"territory": "All Territories",
		},
		overrides,
	)


def make_contact(customer: str, address: str | None = None, **overrides: Any) -> Any:
	"""A Contact of `customer` made by whoever runs the test, which is staff."""
	name = unique("Contact")
	values: dict[str, Any] = {
		"first_name": name,
		"links": [{"link_doctype": "Customer", "link_name": customer}],
	}
	if address:
		values["email_ids"] = [{"email_id": address, "is_primary": 1}]
	return insert("Contact", values, overrides)


def make_address(customer: str | None = None, **overrides: Any) -> Any:
	"""An address in Ningbo, of nobody unless `customer` says whose."""
	values: dict[str, Any] = {
		"address_title": unique("Site"),
		"address_line1": "1 Road",
		"city": "Ningbo",
		"country": "China",
	}
	if customer:
		values["links"] = [{"link_doctype": "Customer", "link_name": customer}]
	return insert("Address", values, overrides)


def make_customer_user(customer: str, **overrides: Any) -> Any:
	"""A portal user of `customer`, with a Contact."""
	user = make_user("Customer", user_type="Website User", **overrides)
	make_contact(customer, user.name, first_name=user.first_name, user=user.name)
	give_portal_access(customer, user.name)
	return user


def give_portal_access(customer: str, user: str) -> None:
	"""List `user` among the Portal Users of `customer`, as its form does."""
	doc = frappe.get_doc("Customer", customer)
	doc.append("portal_users", {"user": user})
	doc.save(ignore_permissions=True)


def make_item(**overrides: Any) -> Any:
	code = unique("Item")
	return insert(
		"Item",
		{
			"item_code": code,
			"item_name": code,
			"item_group": "Products",
			"stock_uom": "Nos",
			"is_stock_item": 1,
			"valuation_rate": 100,
		},
		overrides,
	)


def make_template_item(**overrides: Any) -> Any:
	"""An item with variants by an attribute of its own, which has the values 1 and 2."""
	values = [{"attribute_value": value, "abbr": value} for value in ("1", "2")]
	attribute = insert(
		"Item Attribute", {"attribute_name": unique("Size"), "item_attribute_values": values}, {}
	).name
	return make_item(has_variants=1, attributes=[{"attribute": attribute}], **overrides)


def make_variant(template: Any, value: str = "1") -> Any:
	return create_variant(template.name, {template.attributes[0].attribute: value}).insert()


def make_warehouse(**overrides: Any) -> Any:
	return insert("Warehouse", {"warehouse_name": unique("Van"), "company": company()}, overrides)


def make_service_team(**overrides: Any) -> Any:
	if "lead" not in overrides:
		overrides["lead"] = make_user("After-Sales Lead").name
	return insert("Service Team", {"team_name": unique("Team"), "department_queue": "After-Sales"}, overrides)


def make_service_engineer(**overrides: Any) -> Any:
	"""An engineer with user, team and van warehouse of their own."""
	if "user" not in overrides:
		overrides["user"] = make_user("Service Engineer").name
	if "team" not in overrides:
		overrides["team"] = make_service_team().name
	if "van_warehouse" not in overrides:
		overrides["van_warehouse"] = make_warehouse().name
	return insert("Service Engineer", {"engineer_name": unique("Engineer")}, overrides)


def make_installed_unit(**overrides: Any) -> Any:
	if "customer" not in overrides:
		overrides["customer"] = make_customer().name
	return insert("Installed Unit", {"unit_name": unique("Unit"), "serial_label": unique("SN")}, overrides)


def make_unit_reading(**overrides: Any) -> Any:
	"""The first reading of a unit's page counter, unless overridden."""
	if "installed_unit" not in overrides:
		overrides["installed_unit"] = make_installed_unit().name
	return insert(
		"Unit Reading", {"meter": "Pages", "value": 1, "read_at": frappe.utils.now_datetime()}, overrides
	)


def make_service_channel(name: str = "Hotline") -> str:
	if not frappe.db.exists("Service Channel", name):
		insert("Service Channel", {"channel_name": name}, {})
	return name


def make_service_request(**overrides: Any) -> Any:
	if "customer" not in overrides:
		overrides["customer"] = make_customer().name
	return insert(
		"Service Request",
		{
			"subject": unique("Does not start"),
			"request_type": "Fault",
			"channel": make_service_channel(),
			"company": company(),
		},
		overrides,
	)


def make_engineer_visit(**overrides: Any) -> Any:
	"""A planned visit of a new engineer for a new case, unless overridden."""
	if "engineer" not in overrides:
		overrides["engineer"] = make_service_engineer().name
	if "service_request" not in overrides:
		overrides["service_request"] = make_service_request().name
	now = frappe.utils.now_datetime()
	return insert(
		"Engineer Visit",
		{"planned_start": now, "planned_end": frappe.utils.add_to_date(now, hours=2)},
		overrides,
	)


def make_done_visit(*parts: dict[str, Any], **overrides: Any) -> Any:
	"""A visit with a complete report, ready to be submitted, with `parts` as its part rows."""
	now = frappe.utils.now_datetime()
	report = {
		"arrived_at": frappe.utils.add_to_date(now, hours=-1),
		"left_at": now,
		"outcome": "Parts Needed",
		"findings": "Worn out",
		"work_done": "Replaced",
		"unsigned_reason": "Customer had left",
		"parts": [dict(part) for part in parts],
	}
	return make_engineer_visit(**{**report, **overrides})


def make_stock_receipt(item_code: str, warehouse: str, qty: float = 1, rate: float = 100, **row: Any) -> Any:
	"""Put `qty` of an item into a warehouse with a submitted Stock Entry; `row` takes serial_no or batch_no."""
	return make_stock_receipts(warehouse, {"item_code": item_code, "qty": qty, "basic_rate": rate, **row})


def make_stock_receipts(warehouse: str, *rows: dict[str, Any]) -> Any:
	"""The same for several items, with one Stock Entry."""
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"company": frappe.db.get_value("Warehouse", warehouse, "company"),
			"items": [
				{
					"t_warehouse": warehouse,
					"use_serial_batch_fields": int(bool(row.get("serial_no") or row.get("batch_no"))),
					**row,
				}
				for row in rows
			],
		}
	)
	entry.insert(ignore_permissions=True)
	entry.submit()
	return entry


def make_email_account(**overrides: Any) -> Any:
	"""The default outgoing account, on a mail server of this machine; `smtp_port` to point it at a real one."""
	return insert(
		"Email Account",
		{
			"email_account_name": unique("Service"),
			"email_id": f"service-{frappe.generate_hash(length=6)}@example.com",
			"enable_outgoing": 1,
			"default_outgoing": 1,
			"smtp_server": "127.0.0.1",
			"smtp_port": 25,
			"no_smtp_authentication": 1,
		},
		overrides,
	)


def make_service_calendar(**overrides: Any) -> Any:
	"""Monday to Friday 09:00–17:00 without a break, in the site's time zone, unless overridden."""
	week = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
	return insert(
		"Service Calendar",
		{
			"calendar_name": unique("Calendar"),
			"time_zone": frappe.utils.get_system_timezone(),
			"windows": [{"day": day, "from_time": "09:00:00", "to_time": "17:00:00"} for day in week],
		},
		overrides,
	)


def make_service_level_policy(**overrides: Any) -> Any:
	"""First Response in 4 hours on a calendar of its own, for a customer of its own, unless overridden.

	A scope of one's own (`scope={"item": …}`, `scope={}` for every case) replaces the customer.
	"""
	scope = overrides.pop("scope") if "scope" in overrides else {"customer": make_customer().name}
	if "calendar" not in overrides:
		overrides["calendar"] = make_service_calendar().name
	return insert(
		"Service Level Policy",
		{
			"policy_name": unique("Policy"),
			"targets": [{"clock": "First Response", "target": 4, "unit": "Hours", "pauses_for_customer": 0}],
			**scope,
		},
		overrides,
	)


def make_service_contract_template(**overrides: Any) -> Any:
	"""Twelve months with four visits a year, without a price, unless overridden."""
	return insert(
		"Service Contract Template",
		{
			"template_name": unique("Template"),
			"months": 12,
			"entitlements": [{"kind": "Visits", "included": 4, "per": "Contract Year", "share": 100}],
		},
		overrides,
	)


def make_service_contract(*, submit: bool = True, **overrides: Any) -> Any:
	"""A contract for all units of a customer of its own, this year from today, with four visits a year."""
	if "customer" not in overrides:
		overrides["customer"] = make_customer().name
	start = frappe.utils.getdate(overrides.get("start_date"))
	contract = insert(
		"Service Contract",
		{
			"title": unique("Contract"),
			"company": company(),
			"start_date": start,
			"end_date": frappe.utils.add_days(frappe.utils.add_years(start, 1), -1),
			"all_units": 1,
			"entitlements": [{"kind": "Visits", "included": 4, "per": "Contract Year", "share": 100}],
		},
		overrides,
	)
	if submit:
		contract.submit()
	return contract


def make_warranty_policy(**overrides: Any) -> Any:
	"""A year of everything from delivery, for an item of its own unless `scope` says otherwise."""
	scope = overrides.pop("scope") if "scope" in overrides else {"item": make_item().name}
	return insert("Warranty Policy", {"policy_name": unique("Warranty"), **scope}, overrides)


def make_project(customer: str | None = None, **overrides: Any) -> Any:
	defaults = {"project_name": unique("Project"), "company": company(), "customer": customer}
	return insert("Project", defaults, overrides)


def make_supplier(**overrides: Any) -> Any:
	group = frappe.get_all("Supplier Group", {"is_group": 0}, pluck="name")[0]
	return insert("Supplier", {"supplier_name": unique("Supplier"), "supplier_group": group}, overrides)


def make_supplier_claim(**overrides: Any) -> Any:
	"""A draft claim for one piece of an item, without serial number, unless overridden."""
	if "supplier" not in overrides:
		overrides["supplier"] = make_supplier().name
	if "item_code" not in overrides:
		overrides["item_code"] = make_item().name
	return insert("Supplier Claim", {"company": company(), "qty": 1, "reason": "Fails when warm"}, overrides)


def make_part_need(**overrides: Any) -> Any:
	"""One piece of a new item, needed for a new case, unless overridden."""
	if "service_request" not in overrides:
		overrides["service_request"] = make_service_request().name
	if "item_code" not in overrides:
		overrides["item_code"] = make_item().name
	return insert("Part Need", {"qty": 1}, overrides)


def make_spare_parts_list(*parts: str, **overrides: Any) -> Any:
	"""The list of `parts` of a new product, unless overridden."""
	if "item_code" not in overrides:
		overrides["item_code"] = make_item().name
	return insert("Spare Parts List", {"parts": [{"item_code": part} for part in parts]}, overrides)


def make_takeover_run(*kinds: str, **overrides: Any) -> Any:
	"""A run over `kinds` (fields of Takeover Run) that is not started."""
	chosen = (
		"serial_nos",
		"assets",
		"issues",
		"warranty_claims",
		"maintenance_schedules",
		"maintenance_visits",
		"portal_access",
	)
	values = {"dry_run": 0, "company": "", **{fieldname: int(fieldname in kinds) for fieldname in chosen}}
	return insert("Takeover Run", values, overrides)


def make_knowledge_article(**overrides: Any) -> Any:
	"""An article, published for all customers; what it says is not searched before a commit."""
	defaults = {
		"title": unique("Pump leaks"),
		"symptom": "<p>Water below the pump</p>",
		"solution": "<p>Replace the seal.</p>",
		"state": "Published",
		"audience": "Customers",
	}
	return insert("Knowledge Article", defaults, overrides)
