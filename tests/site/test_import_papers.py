"""Units, warranties and contracts of a newcomer, by Data Import: with the days they were given for, in the books of the app."""

from __future__ import annotations

from types import SimpleNamespace

import frappe
import pytest
from frappe.permissions import update_permission_property
from frappe.utils import add_days, add_months, add_years, get_first_day, getdate

from support_service.service_coverage.contract import billing as contract_billing
from support_service.service_coverage.doctype.service_warranty.service_warranty import (
	WarrantyHasOneWriterError,
)
from support_service.service_coverage.warranty import store as warranty_store
from support_service.service_coverage.warranty import warranties
from support_service.service_coverage.warranty.warranties import WarrantyRefusedError
from tests.factories import (
	company,
	make_customer,
	make_installed_unit,
	make_item,
	make_service_channel,
	make_service_engineer,
	make_user,
	make_warranty_policy,
	unique,
)
from tests.site.import_world import import_csv

UNIT, WARRANTY, CONTRACT, CASE = "Installed Unit", "Service Warranty", "Service Contract", "Service Request"


def label(doctype: str, fieldname: str, table: str | None = None) -> str:
	"""The heading that Data Import knows a column by."""
	if not table:
		return frappe.get_meta(doctype).get_label(fieldname)
	field = frappe.get_meta(doctype).get_field(table)
	return f"{frappe.get_meta(field.options).get_label(fieldname)} ({field.label})"


def contract_header() -> list[str]:
	own = (
		"title",
		"customer",
		"company",
		"start_date",
		"end_date",
		"price",
		"billing_interval",
		"item_code",
		"invoiced_until",
	)
	rows = (
		("units", "installed_unit"),
		*(("entitlements", name) for name in ("kind", "included", "per", "share")),
	)
	return [*(label(CONTRACT, name) for name in own), *(label(CONTRACT, name, table) for table, name in rows)]


@pytest.fixture
def sold(clean_transaction) -> SimpleNamespace:
	"""A unit of an item whose policy gives a year from delivery, delivered two years ago."""
	policy = make_warranty_policy()
	customer = make_customer().name
	delivered = add_years(getdate(), -2)
	return SimpleNamespace(
		policy=policy.name,
		item=policy.item,
		customer=customer,
		delivered=delivered,
		unit=make_installed_unit(customer=customer, item_code=policy.item, delivered_on=delivered).name,
		other=make_installed_unit(customer=customer).name,
	)


class TestWarranties:
	def header(self):
		return [label(WARRANTY, name) for name in ("installed_unit", "starts_on", "ends_on", "parts_until")]

	def test_it_is_what_the_file_says_and_the_ledger_says_imported(self, sold):
		start, end = getdate("2022-05-01"), getdate("2027-04-30")
		done = import_csv(WARRANTY, self.header(), [[sold.other, start, end, ""]])
		assert (done.status, done.reasons) == ("Success", [])
		row = frappe.get_doc(WARRANTY, done.names[0])
		assert (row.starts_on, row.ends_on, row.parts_until, row.labour_until) == (start, end, end, end)
		assert (row.imported, row.share_parts, row.customer) == (1, 100, sold.customer)
		entries = warranty_store.entries_of([row.name])[row.name]
		assert [(entry.no, entry.event) for entry in entries] == [(1, "Started")]
		assert "Imported" in entries[0].reason
		assert frappe.db.get_value(UNIT, sold.other, "warranty_until") == end

	def test_what_the_policy_gave_is_corrected_in_the_ledger(self, sold):
		given = frappe.get_doc(WARRANTY, {"installed_unit": sold.unit})
		assert given.ends_on == add_years(sold.delivered, 1)
		end = add_years(sold.delivered, 5)
		done = import_csv(WARRANTY, self.header(), [[sold.unit, sold.delivered, "", end]])
		assert done.names == [given.name]
		given.reload()
		assert (given.parts_until, given.labour_until, given.imported, given.policy) == (
			end,
			None,
			1,
			sold.policy,
		)
		entries = warranty_store.entries_of([given.name])[given.name]
		assert [entry.event for entry in entries] == ["Started", "Corrected"]

	def test_one_that_somebody_decided_is_left_alone(self, sold):
		given = frappe.db.get_value(WARRANTY, {"installed_unit": sold.unit})
		warranties.void(given, reason="sold on")
		name = warranties.start(sold.unit, starts_on=sold.delivered, policy=sold.policy, reason="by hand")
		warranties.suspend(name, reason="by hand")
		done = import_csv(
			WARRANTY, self.header(), [[sold.unit, sold.delivered, add_years(sold.delivered, 5), ""]]
		)
		assert (done.status, done.names) == ("Error", [])
		assert name in done.reasons[0]

	@pytest.mark.parametrize(
		("start", "end", "parts"),
		[
			("", "2027-04-30", ""),
			("2022-05-01", "", ""),
			("2022-05-01", "2022-04-30", ""),
			("2022-05-01", "2027-04-30", "2026-01-01"),
		],
	)
	def test_days_that_contradict_each_other_are_refused(self, sold, start, end, parts):
		done = import_csv(WARRANTY, self.header(), [[sold.other, start, end, parts]])
		assert done.status == "Error"
		assert done.reasons[0]
		assert not frappe.db.exists(WARRANTY, {"installed_unit": sold.other})

	def test_by_rest_with_the_mark_and_the_right(self, sold):
		values = {
			"doctype": WARRANTY,
			"installed_unit": sold.other,
			"starts_on": "2022-05-01",
			"ends_on": "2027-04-30",
		}
		frappe.set_user(make_user("Service Manager").name)
		with pytest.raises(WarrantyHasOneWriterError):
			frappe.get_doc(values).insert()
		for wrong in ({"status": "Void"}, {"customer": make_customer().name}):
			with pytest.raises(WarrantyRefusedError):
				frappe.get_doc({**values, "imported": 1, **wrong}).insert()
		made = frappe.get_doc({**values, "imported": 1}).insert()
		assert made.name and str(made.ends_on) == "2027-04-30"
		frappe.set_user(make_user("After-Sales Lead").name)
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc({**values, "imported": 1}).insert()

	@pytest.mark.parametrize("mark", ["0", "x", ""])
	def test_a_mark_that_is_none_is_none_in_every_spelling(self, sold, mark):
		values = {"doctype": WARRANTY, "installed_unit": sold.other, "starts_on": "2022-05-01"}
		with pytest.raises(WarrantyHasOneWriterError):
			frappe.get_doc({**values, "ends_on": "2027-04-30", "imported": mark}).insert()

	@pytest.mark.parametrize(
		("values", "reason"),
		[
			({"labour_until": "2027-04-30", "share_labour": 0}, "0 percent"),
			({"labour_until": "2027-04-30", "share_labour": "0"}, "0 percent"),
			({"parts_until": "2027-04-30", "share_travel": 50}, "without a last day"),
			({"ends_on": "2027-04-30", "share_travel": 0}, "0 percent"),
			({"ends_on": "2027-04-30", "share_travel": 101}, "percentage"),
		],
	)
	def test_a_typed_share_is_kept_or_refused(self, sold, values, reason):
		known = {"doctype": WARRANTY, "installed_unit": sold.other, "starts_on": "2022-05-01", "imported": 1}
		with pytest.raises(WarrantyRefusedError, match=reason):
			frappe.get_doc({**known, **values}).insert()
		assert not frappe.db.exists(WARRANTY, {"installed_unit": sold.other})

	def test_shares_stand_as_typed_beside_their_days(self, sold):
		made = frappe.get_doc(
			{
				"doctype": WARRANTY,
				"installed_unit": sold.other,
				"starts_on": "2022-05-01",
				"imported": 1,
				"parts_until": "2027-04-30",
				"labour_until": "2026-04-30",
				"share_labour": 40,
				"share_travel": 0,
			}
		).insert()
		assert (made.share_parts, made.share_labour, made.share_travel, made.travel_until) == (
			100,
			40,
			0,
			None,
		)


@pytest.fixture
def managers_do_not_import():
	"""An admin takes the right to import from a role that creates all three."""
	for doctype in (CASE, CONTRACT, WARRANTY):
		update_permission_property(doctype, "Service Manager", 0, "import", 0)
	yield
	frappe.db.rollback()
	for doctype in (CASE, CONTRACT, WARRANTY):
		frappe.clear_cache(doctype=doctype)


@pytest.mark.parametrize("doctype", [CASE, CONTRACT, WARRANTY])
@pytest.mark.parametrize("mark", [1, "1"])
def test_creating_is_not_yet_taking_in(sold, managers_do_not_import, doctype, mark):
	values = {
		CASE: {"customer": sold.customer, "subject": "Old", "status": "Closed", "closed_on": "2021-03-04"},
		CONTRACT: {"customer": sold.customer, "start_date": "2021-01-01", "end_date": "2021-12-31"},
		WARRANTY: {"installed_unit": sold.other, "starts_on": "2022-05-01", "ends_on": "2027-04-30"},
	}[doctype]
	if doctype != WARRANTY:
		values["company"] = company()
	if doctype == CASE:
		values["channel"] = make_service_channel()
	frappe.set_user(make_user("Service Manager").name)
	assert frappe.has_permission(doctype, "create")
	with pytest.raises(frappe.PermissionError, match="records from before"):
		frappe.get_doc({"doctype": doctype, "imported": mark, **values}).insert()


class TestUnits:
	def test_a_last_day_belongs_into_the_file_of_warranties(self, sold):
		header = [label(UNIT, name) for name in ("unit_name", "customer", "warranty_until")]
		done = import_csv(UNIT, header, [["Pump", sold.customer, "2027-04-30"], ["Fan", sold.customer, ""]])
		assert (done.status, len(done.names)) == ("Partial Success", 1)
		assert label(UNIT, "warranty_until") in done.reasons[0]


class TestContracts:
	def running(self, sold, **values):
		"""Since six months ago, 1,200 a year by the month, invoiced elsewhere up to the end of last month."""
		start = get_first_day(add_months(getdate(), -6))
		known = {
			"title": unique("Old contract"),
			"start": start,
			"end": add_days(add_years(start, 1), -1),
			"until": add_days(get_first_day(getdate()), -1),
			"price": 1200,
			**values,
		}
		first = [
			known["title"],
			sold.customer,
			company(),
			known["start"],
			known["end"],
			known["price"],
			"Monthly",
		]
		item = values.get("item") or make_item(is_stock_item=0).name
		return [
			[*first, item, known["until"], sold.unit, "Visits", 4, "Contract Year", 100],
			[""] * 9 + [sold.other, "Labour Hours", 10, "Contract Year", 50],
		]

	@pytest.mark.parametrize("submit", [False, True])
	def test_with_its_rows_as_draft_or_in_force(self, sold, submit):
		done = import_csv(CONTRACT, contract_header(), self.running(sold), submit=submit)
		assert (done.status, done.reasons) == ("Success", [])
		contract = frappe.get_doc(CONTRACT, done.names[0])
		assert (contract.docstatus, contract.status) == ((1, "Active") if submit else (0, "Draft"))
		assert contract.imported == 1
		assert [row.installed_unit for row in contract.units] == [sold.unit, sold.other]
		assert [(row.kind, row.included, row.share) for row in contract.entitlements] == [
			("Visits", 4, 100),
			("Labour Hours", 10, 50),
		]

	def test_what_was_invoiced_before_is_not_invoiced_again(self, sold):
		done = import_csv(CONTRACT, contract_header(), self.running(sold), submit=True)
		made = contract_billing.make_for(done.names[0])
		assert len(made) == 1  # this month; the six before were paid elsewhere
		assert frappe.db.get_value("Sales Invoice", made[0], "net_total") == 100

	def test_a_running_one_says_until_when_it_was_invoiced(self, sold):
		done = import_csv(CONTRACT, contract_header(), self.running(sold, until=""), submit=True)
		assert done.status == "Error"
		assert label(CONTRACT, "invoiced_until") in done.reasons[0]

	def test_one_that_is_over_needs_not(self, sold):
		rows = self.running(sold, start="2019-01-01", end="2019-12-31", until="")
		done = import_csv(CONTRACT, contract_header(), rows, submit=True)
		contract = frappe.get_doc(CONTRACT, done.names[0])
		assert (contract.status, contract.next_invoice_on) == ("Expired", None)
		assert contract_billing.make_for(contract.name) == []

	def test_a_contract_entered_by_hand_is_invoiced_from_its_start(self, sold):
		"""The control: what was right before."""
		start = get_first_day(add_months(getdate(), -2))
		contract = frappe.get_doc(
			{
				"doctype": CONTRACT,
				"customer": sold.customer,
				"company": company(),
				"start_date": start,
				"end_date": add_days(add_years(start, 1), -1),
				"all_units": 1,
				"price": 1200,
				"billing_interval": "Monthly",
				"item_code": make_item(is_stock_item=0).name,
			}
		).insert()
		contract.submit()
		assert (contract.imported, len(contract_billing.make_for(contract.name))) == (0, 3)


class TestFiveHundred:
	"""A whole house moves in: units, warranties, contracts and cases, each checked row by row."""

	def move_in(self, cases: int) -> None:
		customers = [make_customer().name for _ in range(5)]
		engineers = [make_service_engineer(active=number % 2) for number in range(4)]
		units = import_csv(
			UNIT,
			[label(UNIT, name) for name in ("unit_name", "customer", "serial_label", "delivered_on")],
			[
				[unique("Pump"), customers[n % 5], f"SN-{n:04}", f"20{10 + n % 10}-02-03"]
				for n in range(max(5, cases // 5))
			],
		)
		assert (units.status, units.reasons) == ("Success", [])
		given = [
			[unit, f"20{10 + n % 10}-02-03", f"20{12 + n % 10}-02-02"] for n, unit in enumerate(units.names)
		]
		papers = import_csv(
			WARRANTY, [label(WARRANTY, name) for name in ("installed_unit", "starts_on", "ends_on")], given
		)
		assert (papers.status, papers.reasons) == ("Success", [])
		for name, (unit, start, end) in zip(papers.names, given, strict=True):
			row = frappe.db.get_value(WARRANTY, name, ["installed_unit", "starts_on", "ends_on", "imported"])
			assert row == (unit, getdate(start), getdate(end), 1)
		self.contracts(customers, units.names)
		self.cases(cases, customers, units.names, engineers)

	def contracts(self, customers, units):
		header = contract_header()
		item = make_item(is_stock_item=0).name
		owner = {name: frappe.db.get_value(UNIT, name, "customer") for name in units}
		rows = []
		for n, customer in enumerate(customers):
			own = [unit for unit in units if owner[unit] == customer]
			first = [
				f"Contract {n}",
				customer,
				company(),
				f"20{15 + n}-01-01",
				f"20{15 + n}-12-31",
				1000 + n,
				"Yearly",
			]
			rows.append([*first, item, "", own[0], "Visits", n + 1, "Contract Year", 100])
			rows += [[""] * 9 + [unit, "", "", "", ""] for unit in own[1:]]
		done = import_csv(CONTRACT, header, rows, submit=True)
		assert (done.status, done.reasons) == ("Success", [])
		for n, name in enumerate(done.names):
			contract = frappe.get_doc(CONTRACT, name)
			assert (contract.customer, contract.price, contract.status) == (customers[n], 1000 + n, "Expired")
			assert [row.installed_unit for row in contract.units] == [
				unit for unit in units if owner[unit] == customers[n]
			]
			assert contract.entitlements[0].included == n + 1

	def cases(self, count, customers, units, engineers):
		names = (
			"subject",
			"customer",
			"installed_unit",
			"channel",
			"company",
			"status",
			"raised_on",
			"resolved_on",
			"closed_on",
			"engineer",
			"solution",
			"request_type",
		)
		channel = make_service_channel()
		rows = []
		for n in range(count):
			unit = units[n % len(units)]
			day, month, year = 1 + n % 27, 1 + n % 12, 2012 + n % 10
			closed = n % 7 != 0
			rows.append(
				[
					f"Old case {n}",
					frappe.db.get_value(UNIT, unit, "customer"),
					unit,
					channel,
					company(),
					"Closed" if closed else "Cancelled",
					f"{year}-{month:02}-{day:02} 08:{n % 60:02}:00",
					f"{year}-{month:02}-{day:02} 16:{n % 60:02}:00" if closed else "",
					f"{year}-{month:02}-{day + 1:02} 09:{n % 60:02}:00",
					engineers[n % 4].name if closed else "",
					f"Part {n} replaced" if closed else "",
					"Repair" if n % 2 else "Inquiry",
				]
			)
		messages = frappe.db.count("Service Message")
		done = import_csv(CASE, [label(CASE, name) for name in names], rows)
		assert (done.status, len(done.names), done.reasons) == ("Success", count, [])
		for row, name in zip(rows, done.names, strict=True):
			stored = frappe.db.get_value(CASE, name, [*names, "imported", "clock_state"], as_dict=True)
			for fieldname, typed in zip(names, row, strict=True):
				assert str(stored[fieldname] or "") == typed, (name, fieldname)
			assert (stored.imported, stored.clock_state) == (1, None)
			untold = {"request": name, "told": 0}
			assert not frappe.db.exists("Service Request Move", untold)
		assert not frappe.db.exists("Service Clock", {"request": ("in", done.names)})
		assert frappe.db.count("Service Message") == messages

	def test_a_small_one(self):
		self.move_in(25)

	@pytest.mark.long
	def test_five_hundred_cases(self):
		self.move_in(500)
