"""Where people meet a warranty: policy form, buttons, certificate, list of what expires, mails, portal, nightly job."""

from datetime import date, timedelta

import frappe
import pytest
from frappe.utils import add_days, getdate

from support_service.customer_portal import pages
from support_service.customer_portal import warranties as portal_warranties
from support_service.installed_base import unit_events
from support_service.patches.v0_3 import coverage_settings, start_warranties
from support_service.service_coverage import expiry_notices
from support_service.service_coverage.doctype.warranty_policy.warranty_policy import (
	WarrantyPolicyInUseError,
	WarrantyPolicyTieError,
	WarrantyTermsError,
)
from support_service.service_coverage.report.expiring_warranties.expiring_warranties import execute
from support_service.service_coverage.vocabulary import Kind
from support_service.service_coverage.warranty import api as warranty_api
from support_service.service_coverage.warranty import sweep as warranty_sweep
from support_service.service_coverage.warranty import warranties
from support_service.service_coverage.warranty import words as warranty_words
from support_service.service_coverage.warranty.rules import Terms
from support_service.service_coverage.warranty.warranties import WarrantyRefusedError
from support_service.setup import warranty_policy
from tests.factories import (
	make_customer,
	make_customer_user,
	make_email_account,
	make_installed_unit,
	make_item,
	make_user,
	make_warranty_policy,
)
from tests.site.warranty_world import delivered, happens, make_unit, the_warranty, warranties_of

SETTINGS = "Support Service Settings"


def ends_in(days: int, **policy):
	"""A unit whose warranty ends in so many days."""
	unit = delivered(getdate() - timedelta(days=100), **policy)
	warranty = the_warranty(unit.name).name
	terms = Terms(getdate() - timedelta(days=100), {Kind.PART: add_days(getdate(), days)}, {Kind.PART: 100.0})
	warranties.correct(warranty, terms, reason="for the test")
	return unit, warranty


class TestPolicy:
	def test_a_tie_is_refused(self):
		first = make_warranty_policy()
		with pytest.raises(WarrantyPolicyTieError):
			make_warranty_policy(scope={"item": first.item})
		make_warranty_policy(
			scope={"item": first.item, "company": frappe.get_all("Company", pluck="name")[0]}
		)
		make_warranty_policy(scope={"item": first.item}, enabled=0)

	@pytest.mark.parametrize(
		"wrong",
		[{"months_parts": -1}, {"share_labour": 120}, {"valid_from": "2026-02-01", "valid_to": "2026-01-01"}],
	)
	def test_what_no_warranty_can_be_is_refused(self, wrong):
		with pytest.raises((WarrantyTermsError, frappe.NonNegativeError)):
			make_warranty_policy(**wrong)

	def test_what_gave_warranties_is_disabled_not_deleted(self):
		unit = delivered(getdate())
		policy = frappe.get_doc("Warranty Policy", the_warranty(unit.name).policy)
		with pytest.raises(WarrantyPolicyInUseError):
			policy.delete()
		make_warranty_policy().delete()

	def test_the_standard_is_seeded_once(self):
		policy = frappe.get_doc("Warranty Policy", warranty_policy.STANDARD_POLICY)
		assert (policy.starts_at, policy.months_parts, policy.months_labour, policy.months_travel) == (
			"Delivery",
			12,
			12,
			12,
		)
		assert policy.exclusions and policy.scope_summary == "Every unit"
		count = frappe.db.count("Warranty Policy")
		warranty_policy.seed()
		assert frappe.db.count("Warranty Policy") == count

	def test_a_renamed_item_keeps_its_policy(self):
		unit = make_unit()
		frappe.rename_doc("Item", unit.item_code, f"{unit.item_code} new", force=True)
		happens(unit.name, unit_events.DELIVERED, getdate(), unit.customer)
		policy = frappe.get_doc("Warranty Policy", the_warranty(unit.name).policy)
		assert policy.item == f"{unit.item_code} new" and policy.item in policy.scope_summary


class TestButtons:
	def test_each_change_goes_through_its_button(self):
		unit = delivered(getdate() - timedelta(days=10))
		name = the_warranty(unit.name).name
		change = warranty_api.change_warranty
		frappe.set_user(make_user("After-Sales Lead").name)
		later = str(add_days(getdate(), 800))
		assert change(name, "extend", "goodwill", parts_until=later).ends_on == getdate(later)
		assert change(name, "suspend", "unpaid").status == "Suspended"
		assert change(name, "resume", "paid").status == "Active"
		buyer = frappe.db.get_value("Customer", {"name": ("!=", unit.customer)})
		assert change(name, "transfer", "sold", customer=buyer).status == "Active"
		assert change(name, "void", "opened").status == "Void"
		start = str(getdate() - timedelta(days=5))
		corrected = change(name, "correct", "was right", starts_on=start, parts_until=str(getdate()))
		assert (corrected.status, corrected.ends_on) == ("Active", getdate())
		rows = warranty_api.ledger_of(name)
		assert [row.reason for row in reversed(rows)][1:] == [
			"goodwill",
			"unpaid",
			"paid",
			"sold",
			"opened",
			"was right",
		]

	def test_who_may_not_and_what_is_incomplete_is_refused(self):
		unit = delivered(getdate())
		name = the_warranty(unit.name).name
		with pytest.raises(WarrantyRefusedError):
			warranty_api.change_warranty(name, "void", " ")
		with pytest.raises(WarrantyRefusedError):
			warranty_api.change_warranty(name, "void", "later", on=str(add_days(getdate(), 1)))
		with pytest.raises(WarrantyRefusedError):
			warranty_api.change_warranty(name, "explode", "why")
		for role in ("Service Engineer", "Service Desk Agent"):
			frappe.set_user(make_user(role).name)
			with pytest.raises(frappe.PermissionError):
				warranty_api.change_warranty(name, "void", "mine")
			frappe.set_user("Administrator")

	def test_a_unit_shows_its_warranties_those_that_stand_first(self):
		unit = delivered(getdate() - timedelta(days=30))
		happens(unit.name, unit_events.DELIVERED, getdate(), make_customer().name)
		rows = warranty_api.of_unit(unit.name)
		assert [row.status for row in rows] == ["Active", "Void"]

	def test_a_renamed_unit_is_renamed_in_the_list(self):
		unit = delivered(getdate())
		doc = frappe.get_doc("Installed Unit", unit.name)
		doc.unit_name = "Ward server B"
		doc.save()
		assert the_warranty(unit.name).unit_name == "Ward server B"

	def test_started_by_hand(self):
		unit = make_unit()
		name = warranty_api.start_warranty(unit.name, "bought abroad", starts_on=str(getdate()))["name"]
		assert the_warranty(unit.name).name == name


class TestStatus:
	def test_the_night_moves_what_begins_and_ends(self):
		unit = delivered(getdate())
		name = the_warranty(unit.name).name
		for stored, starts_on, parts_until, expected in (
			("Pending", getdate(), add_days(getdate(), 5), "Active"),
			("Active", date(2020, 1, 1), date(2021, 1, 1), "Expired"),
			("Suspended", date(2020, 1, 1), date(2021, 1, 1), "Expired"),
		):
			values = {"status": stored, "starts_on": starts_on, "ends_on": parts_until}
			frappe.db.set_value("Service Warranty", name, values)
			table = frappe.qb.DocType("Service Warranty")
			self.move(table, name)
			assert frappe.db.get_value("Service Warranty", name, "status") == expected

	@staticmethod
	def move(table, name):
		"""The job commits; here its statements run without."""
		commit = frappe.db.commit
		frappe.db.commit = lambda: None
		try:
			assert warranty_sweep.move_by_date() >= 1
		finally:
			frappe.db.commit = commit

	def test_nobody_reads_it_late(self):
		unit, name = ends_in(5)
		frappe.db.set_value("Service Warranty", name, {"parts_until": "2026-01-31", "ends_on": "2026-01-31"})
		assert warranty_api.of_unit(unit.name)[0].status == "Expired"
		assert not warranties.sources(unit.name, getdate())[0].in_force
		doc = frappe.get_doc("Service Warranty", name)
		doc.run_method("onload")
		assert doc.status == "Expired"
		assert warranty_words.status(doc.as_dict()) == "Expired"


class TestExpiring:
	def test_the_report_lists_what_ends(self):
		unit, name = ends_in(20)
		_far, far = ends_in(90)
		_columns, rows = execute({"customer": unit.customer})
		assert [(row.name, row.days_left) for row in rows] == [(name, 20)]
		assert far not in {row.name for row in execute({})[1]}
		_columns, rows = execute({"to_date": str(add_days(getdate(), 100))})
		assert far in {row.name for row in rows}

	def test_told_once_and_again_when_extended(self, monkeypatch):
		monkeypatch.setattr(frappe.db, "commit", lambda: None)
		make_email_account()
		manager = make_user("Service Manager").name
		frappe.db.set_single_value(SETTINGS, {"tell_customer_of_expiry": 1, "expiry_notice_days": 60})
		unit, name = ends_in(20)
		address = f"{frappe.generate_hash(length=8)}@example.com"
		frappe.db.set_value("Customer", unit.customer, "email_id", address)
		assert expiry_notices.notify_of_expiring() >= 1

		def mails(recipient):
			return frappe.db.count("Email Queue Recipient", {"recipient": recipient})

		assert (mails(address), mails(manager)) == (1, 1)
		assert frappe.db.count("Notification Log", {"for_user": manager}) == 1
		assert expiry_notices.notify_of_expiring() == 0
		assert mails(address) == 1
		warranties.extend(name, {Kind.PART: add_days(getdate(), 40)}, reason="goodwill")
		assert expiry_notices.notify_of_expiring() == 1
		assert mails(address) == 2

	def test_switched_off_nobody_is_told(self, monkeypatch):
		monkeypatch.setattr(frappe.db, "commit", lambda: None)
		frappe.db.set_single_value(SETTINGS, "expiry_notice_days", 0)
		ends_in(20)
		assert expiry_notices.notify_of_expiring() == 0


class TestPortal:
	def test_the_customer_reads_what_is_covered_and_what_is_not(self):
		unit = delivered(
			getdate(),
			share_labour=50,
			exclusions=[{"exclusion": "Misuse, or use against the manual", "applies_to": "All"}],
		)
		user = make_customer_user(unit.customer).name
		frappe.set_user(user)
		[told] = portal_warranties.warranties(unit.name, pages.own_customers())
		assert told["tone"] == "green"
		assert [line["share"] for line in told["covered"]] == ["100 %", "50 %", "100 %"]
		assert told["exclusions"] == ["Misuse, or use against the manual"]
		frappe.local.lang = "zh"
		[told] = portal_warranties.warranties(unit.name, pages.own_customers())
		assert told["exclusions"] == ["误用或未按说明书使用"]

	def test_the_former_owners_warranty_stays_with_them(self):
		unit = delivered(getdate() - timedelta(days=30))
		buyer = make_customer().name
		happens(unit.name, unit_events.TRANSFERRED, getdate(), buyer, from_customer=unit.customer)
		assert not portal_warranties.warranties(unit.name, frozenset({unit.customer}))
		assert portal_warranties.warranties(unit.name, frozenset({buyer}))

	def test_the_certificate_says_it_all(self):
		unit = delivered(
			getdate(), exclusions=[{"exclusion": "Fans", "applies_to": "Parts"}], terms="<p>Bring it in.</p>"
		)
		warranty = the_warranty(unit.name)
		html = frappe.get_print("Service Warranty", warranty.name, print_format="Warranty Certificate")
		for words in (unit.unit_name, unit.serial_label, "Fans (only Parts)", "Bring it in.", "100 %"):
			assert words in html

	def test_the_certificate_names_no_place_of_another_customer(self):
		unit = delivered(getdate())
		frappe.db.set_value("Installed Unit", unit.name, "site_address_display", "12 Owner Street")
		name = the_warranty(unit.name).name

		def printed():
			return frappe.get_print("Service Warranty", name, print_format="Warranty Certificate")

		assert "12 Owner Street" in printed()
		warranties.transfer(name, make_customer().name, reason="Sold with the insurance")
		assert "12 Owner Street" not in printed()


class TestPatch:
	def test_units_delivered_before_get_their_warranty_once(self, monkeypatch):
		monkeypatch.setattr(frappe.db, "commit", lambda: None)
		item = make_warranty_policy().item
		unit = make_installed_unit(item_code=item)
		frappe.db.set_value("Installed Unit", unit.name, "delivered_on", "2026-03-01")
		never = make_installed_unit(item_code=make_item().name)
		for _run in range(2):
			start_warranties.execute()
		assert [row.starts_on for row in warranties_of(unit.name)] == [date(2026, 3, 1)]
		assert not warranties_of(never.name)

	def test_settings_never_stored_get_their_default(self):
		frappe.db.delete("Singles", {"doctype": SETTINGS, "field": "show_warranty_on_serial_no"})
		frappe.db.set_single_value(SETTINGS, "expiry_notice_days", 30)
		coverage_settings.execute()
		stored = frappe.db.get_singles_dict(SETTINGS)
		assert (stored.show_warranty_on_serial_no, stored.expiry_notice_days) == ("1", "30")
