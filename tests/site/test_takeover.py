"""Existing ERPNext records become units, requests and contracts, once each, or the report says why not (R47)."""

from __future__ import annotations

import csv
import io

import frappe
import pytest
from frappe.utils import add_days, add_to_date, get_datetime, getdate, now_datetime, today

from support_service.erpnext_takeover.cases import past_issues
from support_service.erpnext_takeover.run import findings, runs, worker
from support_service.erpnext_takeover.run.checkpoint import Progress
from support_service.erpnext_takeover.run.findings import Finding
from support_service.support_service import moves, promises
from tests import factories
from tests.site import takeover_world as world


@pytest.fixture(autouse=True)
def before_the_app(clean_transaction):
	world.without_our_hooks()
	yield
	frappe.db.rollback()
	frappe.db.delete("Takeover Run", {"status": ("in", runs.WORKING)})
	frappe.db.set_single_value("Support Service Settings", "units_from_deliveries", 1)
	frappe.db.commit()
	frappe.clear_document_cache("Support Service Settings")


class TestSerialNumbers:
	def test_delivered_numbers_become_units_with_warranty_from_the_delivery(self):
		item = world.make_serial_item()
		factories.make_warranty_policy(item=item, months_parts=24, months_labour=12, months_travel=12)
		customer = factories.make_customer().name
		serials = [factories.unique("SN") for _ in range(3)]
		note = world.make_delivery(customer, item, serials)
		run = world.take_over("serial_nos", customer=customer)
		assert (run.status, run.made, run.failed) == ("Done", 3, 0)
		for serial in serials:
			unit = world.unit_of(serial)
			assert (unit.customer, unit.item_code) == (customer, item)
			assert getdate(unit.delivered_on) == getdate(note.posting_date)
			assert (unit.source_doctype, unit.source_name) == ("Delivery Note", note.name)
			warranty = frappe.get_doc("Service Warranty", {"installed_unit": unit.name})
			assert warranty.starts_on == getdate(note.posting_date)
			assert warranty.parts_until > warranty.labour_until

	def test_in_stock_returned_and_never_moved_are_skipped_with_the_reason(self):
		item, customer = world.make_serial_item(), factories.make_customer().name
		back, stored, typed = (factories.unique("SN") for _ in range(3))
		note = world.make_delivery(customer, item, [back])
		returned = world.make_return(note, [back], days_ago=5)
		world._receive(item, factories.make_warehouse().name, [stored], 3)
		factories.insert(
			"Serial No", {"serial_no": typed, "item_code": item, "company": factories.company()}, {}
		)
		run = world.take_over("serial_nos")
		assert returned.name in world.finding(run.name, "Serial No", back).reason
		assert "in stock" in world.finding(run.name, "Serial No", stored).reason
		assert "No stock document" in world.finding(run.name, "Serial No", typed).reason
		assert not frappe.db.exists("Installed Unit", {"serial_no": ("in", [back, stored, typed])})

	def test_a_unit_that_came_back_and_went_out_again_keeps_its_warranty_to_the_day(self):
		item, customer = world.make_serial_item(), factories.make_customer().name
		factories.make_warranty_policy(item=item)
		serial, warehouse = factories.unique("SN"), factories.make_warehouse().name
		note = world.make_delivery(customer, item, [serial], days_ago=100, warehouse=warehouse)
		world.make_return(note, [serial], days_ago=20)
		world.make_delivery(customer, item, [serial], days_ago=10, warehouse=warehouse)
		frappe.db.set_value("Serial No", serial, "warranty_expiry_date", None)
		world.take_over("serial_nos", customer=customer)
		unit = world.unit_of(serial)
		[warranty] = frappe.get_all(
			"Service Warranty", {"installed_unit": unit.name}, ["starts_on", "status"]
		)
		assert (warranty.starts_on, warranty.status) == (getdate(note.posting_date), "Active")

	@pytest.mark.parametrize(("days", "event"), [(900, "Extended"), (100, "Corrected")])
	def test_the_day_erpnext_promised_is_kept_with_its_reason(self, days, event):
		item, customer = world.make_serial_item(), factories.make_customer().name
		factories.make_warranty_policy(item=item)
		serial = factories.unique("SN")
		world.make_delivery(customer, item, [serial])
		promised = getdate(add_days(today(), days))
		frappe.db.set_value("Serial No", serial, "warranty_expiry_date", promised)
		world.take_over("serial_nos", customer=customer)
		warranty = frappe.get_doc("Service Warranty", {"installed_unit": world.unit_of(serial).name})
		last = frappe.get_last_doc("Service Warranty Entry", {"warranty": warranty.name}, order_by="no desc")
		assert (warranty.ends_on, last.event) == (promised, event)
		assert last.reference_name == serial and last.reason

	def test_an_installation_starts_the_warranty_that_waits_for_it(self):
		item, customer = world.make_serial_item(), factories.make_customer().name
		factories.make_warranty_policy(item=item, starts_at="Installation", start_after_days=90)
		put_up, waiting = (factories.unique("SN") for _ in range(2))
		note = world.make_delivery(customer, item, [put_up, waiting])
		installation = world.make_installation_note(note, [put_up], days_ago=20)
		world.take_over("serial_nos", customer=customer)
		unit = world.unit_of(put_up)
		assert getdate(unit.installed_on) == getdate(installation.inst_date)
		warranty = frappe.get_doc("Service Warranty", {"installed_unit": unit.name})
		assert warranty.starts_on == getdate(installation.inst_date)
		assert not world.unit_of(waiting).installed_on

	def test_items_that_are_not_followed_are_skipped(self):
		item, customer = world.make_serial_item(service_unit_tracking="No"), factories.make_customer().name
		serial = factories.unique("SN")
		world.make_delivery(customer, item, [serial])
		run = world.take_over("serial_nos", customer=customer)
		assert item in world.finding(run.name, "Serial No", serial).reason
		assert not frappe.db.exists("Installed Unit", {"serial_no": serial})

	def test_numbers_that_only_stand_as_text_in_the_ledger_of_an_older_version(self):
		item, customer = world.make_serial_item(), factories.make_customer().name
		serials = [factories.unique("SN") for _ in range(2)]
		note = world.make_delivery(customer, item, serials)
		world.as_version_14_left_it(item)
		world.take_over("serial_nos", customer=customer)
		for serial in serials:
			unit = world.unit_of(serial)
			assert (unit.source_name, unit.customer) == (note.name, customer)

	def test_another_customers_number_is_only_counted(self):
		item = world.make_serial_item()
		ours, theirs = factories.make_customer().name, factories.make_customer().name
		serials = [factories.unique("SN") for _ in range(2)]
		world.make_delivery(ours, item, serials[:1])
		world.make_delivery(theirs, item, serials[1:])
		run = world.take_over("serial_nos", customer=ours)
		assert world.finding(run.name, "Serial No", serials[0]).outcome == "Made"
		assert world.finding(run.name, "Serial No", serials[1]) is None
		assert not frappe.db.exists("Installed Unit", {"serial_no": serials[1]})


class TestPastCases:
	def test_an_issue_keeps_status_words_and_moments_and_wakes_nobody(self):
		customer, raised = factories.make_customer().name, add_days(today(), -50)
		issue = world.make_issue(
			customer=customer,
			status="Closed",
			opening_date=raised,
			opening_time="08:15:00",
			description="It smokes",
		)
		issue.db_set({"first_responded_on": add_to_date(raised, hours=9), "resolution_details": "New fan"})
		before = {
			doctype: frappe.db.count(doctype)
			for doctype in ("Service Message", "Service Survey", "Service Clock")
		}
		world.take_over("issues", customer=customer)
		case = world.case_of("Issue", issue.name)
		assert (case.status, case.archived, case.customer) == ("Closed", 1, customer)
		assert case.raised_on == get_datetime(f"{raised} 08:15:00")
		assert (case.description, case.solution) == ("It smokes", "New fan")
		assert case.first_response_on == get_datetime(add_to_date(raised, hours=9))
		rows = frappe.get_all(
			"Service Request Move", {"request": case.name}, ["action", "told"], order_by="creation asc"
		)
		assert [row.action for row in rows] == ["create", "acknowledge", "resolve", "close_unanswered"]
		assert all(row.told for row in rows)
		assert before == {doctype: frappe.db.count(doctype) for doctype in before}
		assert frappe.db.get_value("Issue", issue.name, "service_request") == case.name

	@pytest.mark.parametrize(
		("issue_status", "status"),
		[
			("Open", "New"),
			("Replied", "New"),
			("On Hold", "Waiting for Customer"),
			("Resolved", "Resolved"),
			("Closed", "Closed"),
		],
	)
	def test_each_status_of_an_issue(self, issue_status, status):
		customer = factories.make_customer().name
		issue = world.make_issue(customer=customer)
		issue.db_set("status", issue_status)
		world.take_over("issues", customer=customer)
		case = world.case_of("Issue", issue.name)
		assert case.status == status
		assert bool(case.first_response_on) == (issue_status == "Replied")

	def test_an_open_one_is_an_ordinary_case_afterwards(self):
		customer = factories.make_customer().name
		factories.make_service_level_policy(scope={"customer": customer})
		issue = world.make_issue(customer=customer)
		world.take_over("issues", customer=customer)
		case = world.case_of("Issue", issue.name)
		assert case.department_queue and not case.service_level_policy
		assert promises.start_missing_clocks(case.name)
		engineer = factories.make_service_engineer().name
		assert moves.apply_move(case.name, "assign", engineer=engineer).status == "Assigned"

	def test_what_is_no_address_is_left_to_the_issue_and_the_case_goes_on(self):
		customer = factories.make_customer().name
		issue = world.make_issue(customer=customer)
		issue.db_set("raised_by", "ask for Mr. Li")
		world.take_over("issues", customer=customer)
		case = world.case_of("Issue", issue.name)
		assert not case.contact_email
		frappe.set_user(factories.make_user("Service Manager").name)
		assert moves.apply_move(case.name, "cancel", reason="Old").status == "Cancelled"

	def test_a_claim_is_a_repair_of_the_unit_with_its_number(self):
		item, customer = world.make_serial_item(), factories.make_customer().name
		serial = factories.unique("SN")
		world.make_delivery(customer, item, [serial])
		claim = world.make_warranty_claim(customer=customer, serial_no=serial, status="Work In Progress")
		world.take_over("serial_nos", "warranty_claims", customer=customer)
		case = world.case_of("Warranty Claim", claim.name)
		assert (case.installed_unit, case.request_type, case.status) == (
			world.unit_of(serial).name,
			"Repair",
			"In Progress",
		)

	def test_a_maintenance_visit_is_a_closed_request_with_every_word_of_it(self):
		customer = factories.make_customer().name
		visit = world.make_maintenance_visit(customer=customer)
		draft = world.make_maintenance_visit(customer=customer, submit=False)
		run = world.take_over("maintenance_visits", customer=customer)
		case = world.case_of("Maintenance Visit", visit.name)
		assert (case.status, case.request_type) == ("Closed", "Repair")
		assert str(case.resolved_on) == f"{visit.mntc_date} 14:30:00"
		for word in ("Yearly check", "Very quick", world.sales_person()):
			assert word in case.description
		assert case.solution == "Cleaned the fans"
		assert "draft" in world.finding(run.name, "Maintenance Visit", draft.name).reason


class TestSchedulesAndAssets:
	def test_a_schedule_is_a_contract_draft_with_the_visits_still_ahead(self):
		item, customer = world.make_serial_item(), factories.make_customer().name
		serial = factories.unique("SN")
		world.make_delivery(customer, item, [serial])
		schedule = world.make_maintenance_schedule(customer=customer, item=item, serial_no=serial)
		schedule.schedules[0].db_set("completion_status", "Fully Completed")
		world.take_over("serial_nos", "maintenance_schedules", customer=customer)
		contract = frappe.get_doc("Service Contract", {"source_key": f"Maintenance Schedule|{schedule.name}"})
		assert (contract.docstatus, contract.customer) == (0, customer)
		assert [row.installed_unit for row in contract.units] == [world.unit_of(serial).name]
		assert [(row.kind, row.included) for row in contract.entitlements] == [("Visits", 3)]

	def test_an_ended_or_nobodys_schedule_is_skipped_with_the_reason(self):
		ended = world.make_maintenance_schedule(start_date=add_days(today(), -800))
		nobody = world.make_maintenance_schedule()
		nobody.db_set("customer", None)
		run = world.take_over("maintenance_schedules")
		assert "ended on" in world.finding(run.name, "Maintenance Schedule", ended.name).reason
		assert "no customer" in world.finding(run.name, "Maintenance Schedule", nobody.name).reason

	def test_an_asset_of_a_customer_is_a_unit(self):
		customer = factories.make_customer().name
		asset = world.make_customer_asset(customer)
		run = world.take_over("assets", customer=customer)
		unit = frappe.get_doc("Installed Unit", {"asset": asset.name})
		assert (unit.customer, unit.source_key) == (customer, f"Asset|{asset.name}")
		assert run.made == 1


class TestReport:
	def test_pages_begin_with_what_needs_attention(self):
		customer = factories.make_customer().name
		world.make_maintenance_visit(customer=customer)
		draft = world.make_maintenance_visit(customer=customer, submit=False)
		run = world.take_over("maintenance_visits", customer=customer)
		first, second = findings.page(run.name, None, None, 0)
		assert (first["source_name"], first["outcome"], second["outcome"]) == (draft.name, "Skipped", "Made")
		assert findings.page(run.name, "Maintenance Visit", "Made", 0) == [second]
		assert findings.page(run.name, "Issue", None, 0) == []

	def test_csv_has_a_line_for_each_and_no_formulas(self):
		customer = factories.make_customer().name
		run = world.make_run("issues", customer=customer)
		name = f'=HYPERLINK("x")-{frappe.generate_hash(length=6)}'
		findings.write(run.name, "Issue", [Finding(name, "Failed", "+1")], Progress())
		[head, line] = list(csv.reader(io.StringIO("".join(findings.as_csv(run.name)))))
		assert len(head) == len(line)
		assert (line[1], line[3]) == (f"'{name}", "'+1")

	def test_deleting_a_run_takes_its_report_along(self):
		customer = factories.make_customer().name
		world.make_issue(customer=customer)
		run = world.take_over("issues", customer=customer)
		frappe.delete_doc("Takeover Run", run.name)
		assert frappe.db.count("Takeover Finding", {"run": run.name}) == 0


class TestRuns:
	def test_a_dry_run_writes_nothing_but_its_report(self):
		serial, customer = world.one_of_everything()
		before = world.tables()
		run = world.take_over(dry_run=True, customer=customer)
		assert world.changed_tables(before) <= {"tabTakeover Run", "tabTakeover Finding", "tabSeries"}
		assert run.made == 5
		assert world.finding(run.name, "Serial No", serial).outcome == "Would Be Made"
		# the unit would be there by the time others name it
		reasons = frappe.get_all(
			"Takeover Finding", {"run": run.name, "reason": ("is", "set")}, pluck="reason"
		)
		assert reasons == []

	def test_a_second_run_makes_no_doubles(self):
		_serial, customer = world.one_of_everything()
		first = world.take_over(customer=customer)
		made = world.made_counts()
		second = world.take_over(customer=customer)
		assert (first.made, second.made, second.already) == (5, 0, 5)
		assert world.made_counts() == made

	def test_only_one_at_a_time(self):
		one, other = world.make_run("issues"), world.make_run("issues")
		runs.start(one.name, in_background=False)
		with pytest.raises(runs.TakeoverRunningError, match=one.name):
			runs.start(other.name, in_background=False)
		runs.stop(one.name)
		runs.start(other.name, in_background=False)

	def test_stopped_between_two_chunks_and_gone_on_with(self, monkeypatch):
		customer = factories.make_customer().name
		for _ in range(5):
			world.make_issue(customer=customer)
		monkeypatch.setattr(worker, "CHUNK", 2)
		run = world.make_run("issues", customer=customer)
		runs.start(run.name, in_background=False)
		frappe.db.commit()
		worker.work_off(run.name, shown=lambda run: (runs.stop(run.name), frappe.db.commit()))
		run.reload()
		assert (run.status, run.done) == ("Stopped", 2)
		runs.start(run.name, in_background=False)
		frappe.db.commit()
		worker.work_off(run.name)
		run.reload()
		assert (run.status, run.made, run.total) == ("Done", 5, 5)

	def test_what_is_broken_holds_up_nobody_and_is_told(self, monkeypatch):
		customer = factories.make_customer().name
		good, bad = world.make_issue(customer=customer), world.make_issue(customer=customer)
		request_type_of = past_issues.request_type_of

		def breaks(issue_type):
			if frappe.db.get_value("Issue", bad.name, "issue_type") == issue_type == "Broken":
				raise ValueError("no such thing")
			return request_type_of(issue_type)

		bad.db_set("issue_type", "Broken")
		monkeypatch.setattr(past_issues, "request_type_of", breaks)
		run = world.take_over("issues", customer=customer)
		assert (run.status, run.made, run.failed) == ("Done", 1, 1)
		assert world.finding(run.name, "Issue", good.name).outcome == "Made"
		found = world.finding(run.name, "Issue", bad.name)
		assert (found.outcome, found.reason) == ("Failed", "no such thing")

	def test_a_silent_run_gets_another_job_and_a_lively_one_does_not(self, monkeypatch):
		queued = []
		monkeypatch.setattr(frappe, "enqueue", lambda method, **more: queued.append(more["run"]))
		run = world.make_run("issues")
		runs.start(run.name, in_background=False)
		runs.sweep()
		assert queued == []
		frappe.db.set_value("Takeover Run", run.name, "heartbeat", add_to_date(now_datetime(), minutes=-5))
		runs.sweep()
		assert queued == [run.name]
		runs.sweep()
		assert queued == [run.name], "one job in the queue is enough"

	def test_people_cannot_write_what_the_engine_keeps(self):
		run = world.make_run("issues")
		run.update({"status": "Done", "made": 7, "checkpoint": "{}"})
		run.save()
		run.reload()
		assert (run.status, run.made, run.checkpoint) == ("Draft", 0, None)

	def test_nothing_chosen_is_refused(self):
		run = world.make_run("issues")
		run.update({"issues": 0})
		run.save()
		with pytest.raises(runs.NothingChosenError):
			runs.start(run.name)
