"""ERPNext's own documents as a site has them before the app comes, and takeovers of them."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.utils import add_days, getdate, today

from support_service.erpnext_takeover.kinds import kinds
from support_service.erpnext_takeover.run import runs, worker
from tests import factories

DELIVERED = 40  # days ago


def without_our_hooks() -> None:
	"""Deliveries of before the app: nobody made units of them."""
	frappe.db.set_single_value("Support Service Settings", "units_from_deliveries", 0)
	frappe.clear_document_cache("Support Service Settings")


def make_delivery(
	customer: str, item: str, serials: list[str], *, days_ago: int = DELIVERED, **more: Any
) -> Any:
	"""A submitted Delivery Note of `serials`, which are received first where they are new."""
	warehouse = more.pop("warehouse", None) or factories.make_warehouse().name
	new = [serial for serial in serials if not frappe.db.exists("Serial No", serial)]
	if new:
		_receive(item, warehouse, new, days_ago + 1)
	note = frappe.get_doc(
		{
			"doctype": "Delivery Note",
			"customer": customer,
			"company": factories.company(),
			"set_posting_time": 1,
			"posting_date": add_days(today(), -days_ago),
			"posting_time": "10:00:00",
			"items": [
				{
					"item_code": item,
					"qty": len(serials),
					"rate": 100,
					"warehouse": warehouse,
					"use_serial_batch_fields": 1,
					"serial_no": "\n".join(serials),
				}
			],
			**more,
		}
	)
	note.insert(ignore_permissions=True)
	note.submit()
	return note


def make_return(note: Any, serials: list[str], *, days_ago: int) -> Any:
	"""The customer sends some of a delivery back."""
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return

	back = make_sales_return(note.name)
	back.update(
		{"set_posting_time": 1, "posting_date": add_days(today(), -days_ago), "posting_time": "10:00:00"}
	)
	row = back.items[0]
	row.update({"qty": -len(serials), "serial_and_batch_bundle": None, "use_serial_batch_fields": 1})
	row.serial_no = "\n".join(serials)
	back.insert(ignore_permissions=True)
	back.submit()
	return back


def _receive(item: str, warehouse: str, serials: list[str], days_ago: int) -> None:
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"company": factories.company(),
			"set_posting_time": 1,
			"posting_date": add_days(today(), -days_ago),
			"posting_time": "09:00:00",
			"items": [
				{
					"item_code": item,
					"t_warehouse": warehouse,
					"qty": len(serials),
					"basic_rate": 50,
					"use_serial_batch_fields": 1,
					"serial_no": "\n".join(serials),
				}
			],
		}
	)
	entry.insert(ignore_permissions=True)
	entry.submit()


def make_installation_note(note: Any, serials: list[str], *, days_ago: int) -> Any:
	"""Some of a delivery was installed."""
	doc = frappe.get_doc(
		{
			"doctype": "Installation Note",
			"customer": note.customer,
			"company": note.company,
			"territory": "All Territories",
			"inst_date": add_days(today(), -days_ago),
			"items": [
				{
					"item_code": note.items[0].item_code,
					"qty": len(serials),
					"serial_no": "\n".join(serials),
					"prevdoc_doctype": "Delivery Note",
					"prevdoc_docname": note.name,
					"prevdoc_detail_docname": note.items[0].name,
				}
			],
		}
	)
	doc.insert(ignore_permissions=True)
	doc.submit()
	return doc


def as_version_14_left_it(item: str) -> None:
	"""Stock Ledger Entries of `item` with their numbers as text and without bundles."""
	for entry in frappe.get_all(
		"Stock Ledger Entry", {"item_code": item}, ["name", "serial_and_batch_bundle"], order_by=None
	):
		numbers = frappe.get_all(
			"Serial and Batch Entry", {"parent": entry.serial_and_batch_bundle}, pluck="serial_no"
		)
		values = {"serial_no": "\n".join(numbers), "serial_and_batch_bundle": None}
		frappe.db.set_value("Stock Ledger Entry", entry.name, values)
		frappe.db.delete("Serial and Batch Entry", {"parent": entry.serial_and_batch_bundle})
		frappe.db.delete("Serial and Batch Bundle", {"name": entry.serial_and_batch_bundle})


def make_serial_item(**overrides: Any) -> str:
	return factories.make_item(has_serial_no=1, **overrides).name


def make_issue(**overrides: Any) -> Any:
	return factories.insert(
		"Issue", {"subject": factories.unique("Issue"), "company": factories.company()}, overrides
	)


def make_warranty_claim(**overrides: Any) -> Any:
	if "customer" not in overrides:
		overrides["customer"] = factories.make_customer().name
	return factories.insert(
		"Warranty Claim",
		{
			"complaint": factories.unique("Broken"),
			"status": "Open",
			"complaint_date": add_days(today(), -30),
			"company": factories.company(),
		},
		overrides,
	)


def sales_person() -> str:
	name = frappe.db.get_value("Sales Person", {"is_group": 0})
	return (
		name or factories.insert("Sales Person", {"sales_person_name": factories.unique("Seller")}, {}).name
	)


def make_maintenance_schedule(*, submit: bool = True, **overrides: Any) -> Any:
	item = overrides.pop("item", None) or factories.make_item().name
	start = getdate(overrides.pop("start_date", add_days(today(), -60)))
	row = {
		"item_code": item,
		"start_date": start,
		"end_date": add_days(start, 360),
		"periodicity": "Quarterly",
		"no_of_visits": 4,
		"sales_person": sales_person(),
		"serial_no": overrides.pop("serial_no", None),
	}
	doc = frappe.get_doc(
		{
			"doctype": "Maintenance Schedule",
			"customer": factories.make_customer().name,
			"transaction_date": start,
			"company": factories.company(),
			"items": [row],
			**overrides,
		}
	)
	doc.insert(ignore_permissions=True)
	doc.generate_schedule()
	doc.save(ignore_permissions=True)
	if submit:
		doc.submit()
	return doc


def make_maintenance_visit(*, submit: bool = True, **overrides: Any) -> Any:
	purpose = {
		"service_person": sales_person(),
		"work_done": "Cleaned the fans",
		"item_code": overrides.pop("item", None) or factories.make_item().name,
		"serial_no": overrides.pop("serial_no", None),
		"description": "Yearly check",
	}
	doc = factories.insert(
		"Maintenance Visit",
		{
			"customer": overrides.pop("customer", None) or factories.make_customer().name,
			"company": factories.company(),
			"mntc_date": add_days(today(), -20),
			"mntc_time": "14:30:00",
			"completion_status": "Fully Completed",
			"maintenance_type": "Breakdown",
			"customer_feedback": "Very quick",
			"purposes": [purpose],
		},
		overrides,
	)
	if submit:
		doc.submit()
	return doc


def make_run(*chosen: str, dry_run: bool = False, **scope: Any) -> Any:
	"""A run over `chosen` kinds (all if none), not started."""
	return factories.make_takeover_run(*(chosen or kinds()), dry_run=int(dry_run), **scope)


def take_over(*chosen: str, dry_run: bool = False, **scope: Any) -> Any:
	"""Make a run and work it off; commits, as the engine does. Returns the run as it ended."""
	run = make_run(*chosen, dry_run=dry_run, **scope)
	runs.start(run.name, in_background=False)
	frappe.db.commit()
	worker.work_off(run.name)
	return frappe.get_doc("Takeover Run", run.name)


def finding(run: str, doctype: str, name: str) -> Any:
	return frappe.db.get_value(
		"Takeover Finding",
		{"run": run, "source_doctype": doctype, "source_name": name},
		["outcome", "reason", "target_doctype", "target_name"],
		as_dict=True,
	)


def case_of(doctype: str, name: str) -> Any:
	return frappe.get_doc("Service Request", {"source_key": f"{doctype}|{name}"})


def unit_of(serial: str) -> Any:
	return frappe.get_doc("Installed Unit", {"serial_no": serial})


def make_customer_asset(customer: str, **overrides: Any) -> Any:
	"""A submitted Asset that `customer` owns."""
	asset = draft_asset(customer, **overrides)
	asset.submit()
	return asset


def draft_asset(customer: str, **overrides: Any) -> Any:
	"""An Asset that `customer` owns and no unit stands for yet."""
	company = factories.company()
	account = frappe.db.get_value(
		"Account", {"company": company, "account_type": "Fixed Asset", "is_group": 0}
	)
	accounts = [{"company_name": company, "fixed_asset_account": account}]
	category = factories.insert(
		"Asset Category", {"asset_category_name": factories.unique("Category"), "accounts": accounts}, {}
	)
	item = factories.make_item(is_stock_item=0, is_fixed_asset=1, asset_category=category.name)
	location = factories.insert("Location", {"location_name": factories.unique("Location")}, {})
	return factories.insert(
		"Asset",
		{
			"asset_name": item.name,
			"item_code": item.name,
			"asset_owner": "Customer",
			"customer": customer,
			"company": company,
			"location": location.name,
			"purchase_date": add_days(today(), -90),
			"available_for_use_date": add_days(today(), -80),
			"gross_purchase_amount": 1000,
			"net_purchase_amount": 1000,  # version 16
			"is_existing_asset": 1,
			"calculate_depreciation": 0,
		},
		overrides,
	)


def one_of_everything() -> tuple[str, str]:
	"""(serial number, customer) with one record of each kind but Assets."""
	item, customer, serial = make_serial_item(), factories.make_customer().name, factories.unique("SN")
	make_delivery(customer, item, [serial])
	make_issue(customer=customer)
	make_warranty_claim(customer=customer, serial_no=serial)
	make_maintenance_schedule(customer=customer, item=item, serial_no=serial)
	make_maintenance_visit(customer=customer)
	frappe.db.commit()
	return serial, customer


def made_counts() -> dict[str, int]:
	"""Rows of everything a takeover makes."""
	doctypes = (
		"Installed Unit",
		"Installed Unit Event",
		"Service Warranty",
		"Service Warranty Entry",
		"Service Request",
		"Service Request Move",
		"Service Contract",
	)
	return {doctype: frappe.db.count(doctype) for doctype in doctypes}


def tables() -> dict[str, Any]:
	"""A checksum of every table of the site."""
	names = [f"`{row[0]}`" for row in frappe.db.sql("show tables")]
	return {row[0].split(".")[-1]: row[1] for row in frappe.db.sql(f"checksum table {', '.join(names)}")}


def changed_tables(before: dict[str, Any]) -> set[str]:
	after = tables()
	return {name for name in after if before.get(name) != after[name]}
