"""A value somebody typed is stored as typed, or the write is refused: tried for every field of every DocType people write.

The fields come from the metadata, so that a new field that a controller overwrites in silence fails here on its first day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import frappe
import pytest
from frappe.model import no_value_fields, table_fields
from frappe.utils import add_days, add_to_date, getdate, now_datetime

from support_service.foundation import typed
from support_service.foundation.own import is_ours
from support_service.installed_base.readings import MeterGoesBackError
from support_service.service_coverage.contract.content import ContractContentError
from tests.factories import (
	company,
	make_customer,
	make_installed_unit,
	make_item,
	make_service_calendar,
	make_service_channel,
	make_service_engineer,
	make_service_request,
	make_service_team,
	make_supplier,
	make_takeover_run,
	make_user,
	make_warehouse,
	make_warranty_policy,
	unique,
)

# a valid document of each DocType, without more than it must have; see FACTORY for what only a factory knows
BASE: dict[str, Callable[[], dict[str, Any]]] = {
	"Service Request": lambda: {
		"subject": "Stands still",
		"channel": make_service_channel(),
		"customer": make_customer().name,
		"company": company(),
	},
	"Installed Unit": lambda: {"unit_name": "Pump", "customer": make_customer().name},
	"Engineer Visit": lambda: {
		"service_request": make_service_request().name,
		"engineer": make_service_engineer().name,
		"planned_start": now_datetime(),
		"planned_end": add_to_date(now_datetime(), hours=2),
	},
	"Service Contract": lambda: {
		"customer": make_customer().name,
		"company": company(),
		"start_date": getdate(),
		"end_date": add_days(getdate(), 300),
		"all_units": 1,
	},
	"Service Contract Template": lambda: {"template_name": unique("Template"), "months": 12},
	"Supplier Claim": lambda: {
		"supplier": make_supplier().name,
		"company": company(),
		"item_code": make_item().name,
		"reason": "Unfit",
	},
	"Part Need": lambda: {
		"service_request": make_service_request().name,
		"item_code": make_item().name,
		"qty": 2,
	},
	"Spare Parts List": lambda: {
		"item_code": make_item().name,
		"parts": [{"item_code": make_item().name}],
	},
	"Equipment Loan": lambda: {
		"service_request": make_service_request().name,
		"from_date": getdate(),
		"until_date": add_days(getdate(), 7),
		"pieces": [{"item_code": make_item().name, "qty": 1}],
	},
	"Van Handover": lambda: {"from_engineer": make_service_engineer().name},
	"Van Stock List": lambda: {
		"list_name": unique("List"),
		"items": [{"item_code": make_item().name, "min_qty": 1, "max_qty": 2}],
	},
	"Unit Reading": lambda: {
		"installed_unit": make_installed_unit().name,
		"meter": "Pages",
		"value": 1,
		"read_at": now_datetime(),
	},
	"Service Team": lambda: {"team_name": unique("Team"), "lead": make_user("After-Sales Lead").name},
	"Service Engineer": lambda: {
		"engineer_name": "Zhao Lei",
		"user": make_user("Service Engineer").name,
		"team": make_service_team().name,
	},
	"Service Channel": lambda: {"channel_name": unique("Channel")},
	"Service Calendar": lambda: {
		"calendar_name": unique("Calendar"),
		"time_zone": "Asia/Shanghai",
		"windows": [{"day": "Monday", "from_time": "09:00:00", "to_time": "17:00:00"}],
	},
	"Service Level Policy": lambda: {
		"policy_name": unique("Policy"),
		"customer": make_customer().name,
		"calendar": make_service_calendar().name,
		"targets": [{"clock": "First Response", "target": 1, "unit": "Hours"}],
	},
	"Warranty Policy": lambda: {"policy_name": unique("Warranty"), "item": make_item().name},
	"Takeover Run": lambda: {},
	"Service Mailbox": lambda: {
		"mailbox_name": unique("Mailbox"),
		"email_id": f"{frappe.generate_hash(length=8)}@ours.example",
		"server": "127.0.0.1",
		"password": "secret",
	},
	"Service Robot": lambda: {
		"robot_name": unique("Chat"),
		"kind": "WeCom",
		"webhook_url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k",
	},
	# not in use: there is one for an event and a language
	"Service Message Template": lambda: {
		"event": "Request Received",
		"language": "en",
		"short_text": "Typed",
		"disabled": 1,
	},
	"Alert Source": lambda: {
		"source_name": f"source-{frappe.generate_hash(length=8)}",
		"run_as": make_user("Service Desk Agent").name,
	},
	"Service API Client": lambda: {"client_name": unique("Client"), "user": make_user("Customer").name},
	"Service Webhook": lambda: {
		"webhook_name": unique("Webhook"),
		"url": "https://hooks.example.com/cases",
		"secret": "secret",
	},
}
# nobody writes these by themselves; their writer refuses whoever tries
ONE_WRITER = {
	"Service Warranty",  # tests/site/test_import_papers.py
	"Coverage Decision",
	"Service Survey",
	"Service Clock",
	"Service Message",
	"Postponed Work",
	"Takeover Finding",
	"Service Calendar Version",
}
TEXT = "Typed by a person"
SAMPLES: dict[str, Any] = {
	"Data": TEXT,
	"Small Text": TEXT,
	"Text": TEXT,
	"Long Text": TEXT,
	"Text Editor": f"<p>{TEXT}</p>",
	"Int": 7,
	"Float": 7.5,
	"Percent": 42.0,
	"Currency": 42.0,
	"Check": 1,
	"Date": "2021-05-06",
	"Datetime": "2021-05-06 07:08:09",
	"Autocomplete": "Europe/Berlin",
}
NOT_TRIED = ("Attach", "Signature", "HTML", "Dynamic Link", "Duration", "Rating")
# Frappe itself gives these, or the field is what the document is called by
BY_FRAPPE = {"naming_series", "amended_from"}


def people_write() -> Iterator[str]:
	modules = frappe.get_all("Module Def", {"app_name": "support_service"}, pluck="name")
	filters = {"module": ("in", modules), "istable": 0, "issingle": 0}
	for doctype in frappe.get_all("DocType", filters, pluck="name"):
		if any(row.create for row in frappe.get_meta(doctype).permissions):
			yield doctype


def fields_of(doctype: str) -> Iterator[Any]:
	"""Fields a client can send, but those that Frappe fills from a link and those whose value is another document's."""
	for field in frappe.get_meta(doctype).fields:
		layout = field.fieldtype in (*no_value_fields, *table_fields, *NOT_TRIED)
		if not layout and not field.fetch_from and field.fieldname not in BY_FRAPPE:
			yield field


def sample(field: Any, base: dict[str, Any]) -> Any:
	if field.fieldname in base:
		return None
	if field.fieldtype == "Select":
		options = [
			option for option in (field.options or "").split("\n") if option and option != field.default
		]
		return options[-1] if options else None
	if field.fieldtype == "Link":
		return linked(field.options)
	if field.options == "Email":
		return "typed@example.com"
	if field.options == "Phone":
		return "+86 10 5550 1234"
	if field.fieldtype == "Check":
		return 0 if field.default == "1" else 1
	return SAMPLES.get(field.fieldtype)


def linked(doctype: str) -> str | None:
	"""A record of that kind; one of our own choosing where the first one found might be refused."""
	made = {
		"Customer": make_customer,
		"Installed Unit": make_installed_unit,
		"Service Team": make_service_team,
		"Service Engineer": make_service_engineer,
		"Warehouse": make_warehouse,
		"Item": make_item,
	}
	if doctype in made:
		return made[doctype]().name
	return frappe.db.get_value(doctype, {}, "name", order_by="creation desc")


def test_every_doctype_that_people_write_is_tried(site):
	assert set(people_write()) == {*BASE, "Service Warranty"}


@pytest.mark.parametrize("doctype", sorted(BASE))
def test_what_is_typed_is_stored_or_refused(doctype):
	replaced = []
	for field in fields_of(doctype):
		frappe.db.savepoint("one_field")
		base = BASE[doctype]()
		value = sample(field, base)
		if value is None:
			continue
		try:
			doc = frappe.get_doc({"doctype": doctype, **base, field.fieldname: value}).insert()
		except (frappe.ValidationError, frappe.PermissionError):
			frappe.db.rollback(save_point="one_field")
			continue
		stored = frappe.db.get_value(doctype, doc.name, field.fieldname)
		if not typed.same(doc, field.fieldname, stored, value):
			replaced.append(f"{field.fieldname}: typed {value!r}, stored {stored!r}")
	assert replaced == []


class TestText:
	"""A client may send checks and numbers as text, and the text "0" counts as true: no rule may read it so."""

	def test_a_contract_that_covers_nothing_is_not_submitted(self):
		contract = frappe.get_doc(
			{"doctype": "Service Contract", **BASE["Service Contract"](), "all_units": "0"}
		).insert()
		assert contract.all_units == 0
		contract.all_units = "0"
		with pytest.raises(ContractContentError):
			contract.submit()

	def test_nor_does_it_come_to_that_in_force(self):
		contract = frappe.get_doc({"doctype": "Service Contract", **BASE["Service Contract"]()}).insert()
		contract.submit()
		contract.all_units = "0"
		with pytest.raises(ContractContentError):
			contract.save()

	def test_rows_are_read_as_they_will_be_stored(self):
		unit = make_installed_unit()
		reading = {"doctype": "Unit Reading", "installed_unit": unit.name, "meter": "Hours"}
		frappe.get_doc({**reading, "value": 100, "read_at": "2021-01-02 08:00:00", "counts_up": 1}).insert()
		with pytest.raises(MeterGoesBackError):
			frappe.get_doc(
				{**reading, "value": "50", "read_at": "2021-01-03 08:00:00", "meter_replaced": "0"}
			).insert()

	def test_every_check_of_ours_is_a_number_before_rules_read_it(self):
		"""From the metadata, so that a new field is covered the day it is added."""
		parents = frappe.get_all(
			"DocField", {"fieldtype": "Check", "parenttype": "DocType"}, pluck="parent", distinct=True
		)
		ours = [doctype for doctype in parents if is_ours(doctype)]
		assert {"Service Request", "Service Contract", "Engineer Visit Part"} <= set(ours)
		for doctype in ours:
			doc = frappe.get_doc({"doctype": doctype})
			checks = [field.fieldname for field in doc.meta.get("fields", {"fieldtype": "Check"})]
			doc.update(dict.fromkeys(checks, "0"))
			doc.run_method("before_validate")
			assert [doc.get(name) for name in checks] == [0] * len(checks), doctype


class TestSaves:
	"""The same of a stored document, where a save used to put a typed value back or replace it."""

	def test_the_warehouse_named_with_another_engineer(self):
		visit = frappe.get_doc({"doctype": "Engineer Visit", **BASE["Engineer Visit"]()}).insert()
		mine = make_warehouse().name
		visit.update({"engineer": make_service_engineer().name, "warehouse": mine})
		visit.save()
		assert visit.warehouse == mine
		other = make_service_engineer()
		visit.engineer = other.name  # the control: nobody named a warehouse
		visit.save()
		assert visit.warehouse == other.van_warehouse

	def test_the_interval_named_with_a_template(self):
		template = frappe.get_doc(
			{
				"doctype": "Service Contract Template",
				"template_name": unique("Template"),
				"months": 12,
				"billing_interval": "Yearly",
				"propose_days": 30,
			}
		).insert()
		named = {**BASE["Service Contract"](), "template": template.name}
		contract = frappe.get_doc(
			{"doctype": "Service Contract", **named, "billing_interval": "Monthly"}
		).insert()
		assert (contract.billing_interval, contract.propose_days) == ("Monthly", 30)
		contract = frappe.get_doc({"doctype": "Service Contract", **named}).insert()
		assert (contract.billing_interval, contract.propose_days) == ("Yearly", 30)

	def test_days_after_a_delivery(self):
		policy = make_warranty_policy(starts_at="Installation", start_after_days=14)
		policy.starts_at = "Delivery"
		policy.save()
		assert policy.start_after_days == 0  # what belonged to the start before goes with it
		policy.start_after_days = 5
		with pytest.raises(frappe.ValidationError):
			policy.save()

	def test_the_scope_of_a_run_that_was_started(self):
		run = make_takeover_run("issues")
		frappe.db.set_value("Takeover Run", run.name, "status", "Done")
		run.reload()
		run.from_date = "2020-01-01"
		with pytest.raises(typed.FilledByTheAppError):
			run.save()

	def test_the_desks_form_sends_along_what_it_shows(self):
		"""The control: hidden and read-only fields of an unsaved form are not typed by anybody."""
		frappe.local.form_dict = frappe._dict(cmd=typed.FORM)
		values = {**BASE["Engineer Visit"](), "customer_name": "As the form showed it"}
		visit = frappe.get_doc({"doctype": "Engineer Visit", **values}).insert()
		assert visit.customer_name != "As the form showed it"
		frappe.local.form_dict = frappe._dict()
