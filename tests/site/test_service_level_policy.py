"""Service level policies on a real site: what is refused at save, which one a case gets, what it promises."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
import pytest
from frappe.utils import add_days, getdate

from support_service.constants.roles import DESK_AGENT, ENGINEER, LEAD, MANAGER
from support_service.service_level.calendar import calendars
from support_service.service_level.doctype.service_escalation_step import (
	service_escalation_step as step_errors,
)
from support_service.service_level.doctype.service_level_policy import service_level_policy as policy_errors
from support_service.service_level.doctype.service_level_target import service_level_target as target_errors
from support_service.service_level.policy import policies, scope_facts
from tests.connections import second_connection
from tests.factories import (
	company,
	make_customer,
	make_installed_unit,
	make_item,
	make_service_calendar,
	make_service_level_policy,
	make_template_item,
	make_user,
	make_variant,
	unique,
)


def target(clock="First Response", **overrides):
	return {"clock": clock, "target": 4, "unit": "Hours", **overrides}


def step(**overrides):
	return {
		"point": "Percent Used",
		"value": 80,
		"whom": "Team Lead",
		"action": "Desk Notification",
		**overrides,
	}


def make_node(doctype: str, parent: str, **overrides):
	label = frappe.scrub(doctype)
	return frappe.get_doc(
		{
			"doctype": doctype,
			f"{label}_name": unique(doctype),
			f"parent_{label}": parent,
			"is_group": 1,
			**overrides,
		}
	).insert()


def make_contract(customer: str, **overrides):
	doc = frappe.get_doc(
		{
			"doctype": "Contract",
			"party_type": "Customer",
			"party_name": customer,
			"contract_terms": "All of it",
			"is_signed": 1,
			"start_date": add_days(getdate(), -10),
			"end_date": add_days(getdate(), 10),
			**overrides,
		}
	).insert()
	doc.submit()
	return doc


@contextmanager
def queries_counted() -> Iterator[list[str]]:
	seen: list[str] = []
	original = frappe.db.sql

	def spy(query, *args, **kwargs):
		seen.append(str(query))
		return original(query, *args, **kwargs)

	frappe.db.sql = spy
	try:
		yield seen
	finally:
		del frappe.db.sql


class TestRefused:
	"""What a manager is told at save, by a named error."""

	@pytest.mark.parametrize(
		("fields", "error"),
		[
			({"valid_from": "2026-02-02", "valid_to": "2026-02-01"}, policy_errors.PolicyDatesError),
			({"targets": [target(), target()]}, policy_errors.RepeatedPromiseError),
			(
				{"targets": [target(priority="High"), target(priority="High")]},
				policy_errors.RepeatedPromiseError,
			),
			({"targets": [target("Coffee")]}, target_errors.UnknownClockError),
			({"targets": [target(target=0)]}, target_errors.TargetNotPositiveError),
			({"targets": [target(warn_at="50, late")]}, target_errors.WarnAtError),
			({"targets": [target(warn_at="100")]}, target_errors.WarnAtError),
			({"targets": [target(target=200_000)]}, policy_errors.UnreachablePromiseError),
			({"ladder": [step(value=101)]}, step_errors.EscalationPointError),
			({"ladder": [step(value=0)]}, step_errors.EscalationPointError),
			({"ladder": [step(whom="Role")]}, step_errors.EscalationRoleError),
			({"ladder": [step(action="Shout")]}, step_errors.UnknownEscalationActionError),
			({"ladder": [step(clock="Coffee")]}, target_errors.UnknownClockError),
		],
	)
	def test_by_a_named_error(self, fields, error):
		with pytest.raises(error):
			make_service_level_policy(**fields)

	def test_a_disabled_calendar(self):
		calendar = make_service_calendar(disabled=1).name
		with pytest.raises(policy_errors.DisabledCalendarError):
			make_service_level_policy(calendar=calendar)
		with pytest.raises(policy_errors.DisabledCalendarError):
			make_service_level_policy(targets=[target(calendar=calendar)])

	def test_the_same_cases_in_the_same_days_naming_the_other_policy(self):
		scope = {"customer": make_customer().name, "request_type": "Fault"}
		first = make_service_level_policy(scope=scope, valid_to=getdate())
		with pytest.raises(policy_errors.PolicyTieError, match=first.name):
			make_service_level_policy(scope=scope, valid_from=getdate())
		make_service_level_policy(scope=scope, valid_from=add_days(getdate(), 1))
		disabled = make_service_level_policy(scope=scope, enabled=0)
		make_service_level_policy(scope={**scope, "company": company()})
		disabled.enabled = 1
		with pytest.raises(policy_errors.PolicyTieError):
			disabled.save()

	def test_the_same_cases_saved_by_somebody_else_meanwhile(self):
		customer = make_customer().name  # our transaction has begun and would not see what comes now
		policy = unique("Policy")
		with second_connection() as other:
			other.sql(
				"insert into `tabService Level Policy` (name, enabled, customer) values (%s, 1, %s)",
				(policy, customer),
			)
			other.commit()
			try:
				with pytest.raises(policy_errors.PolicyTieError, match=policy):
					make_service_level_policy(scope={"customer": customer})
			finally:
				frappe.db.rollback()
				other.sql("delete from `tabService Level Policy` where name = %s", (policy,))
				other.commit()

	def test_nobody_saves_beside_a_save_that_is_not_committed(self):
		make_service_level_policy()
		with second_connection() as other:
			other.sql("set innodb_lock_wait_timeout = 1")
			with pytest.raises(frappe.db.OperationalError, match="Lock wait timeout"):
				other.sql("select name from `tabService Level Policy` for update")

	def test_deleting_one_that_made_promises(self):
		policy = make_service_level_policy()
		frappe.db.bulk_insert(
			"Service Clock",
			["name", "request", "kind", "policy"],
			[[unique("Clock"), "none", "On Site", policy.name]],
		)
		with pytest.raises(policy_errors.PolicyInUseError, match="Disable it"):
			policy.delete()
		make_service_level_policy().delete()

	@pytest.mark.parametrize("role", [DESK_AGENT, ENGINEER, LEAD])
	def test_everybody_but_managers(self, role):
		policy = make_service_level_policy()
		frappe.set_user(make_user(role).name)
		assert frappe.get_doc("Service Level Policy", policy.name).has_permission("read")
		for right in ("write", "delete", "create"):
			assert not frappe.has_permission("Service Level Policy", right, doc=policy.name)
		policy = frappe.get_doc("Service Level Policy", policy.name)
		policy.description = "mine"
		with pytest.raises(frappe.PermissionError):
			policy.save()

	def test_managers_may(self):
		policy = make_service_level_policy()
		frappe.set_user(make_user(MANAGER).name)
		policy = frappe.get_doc("Service Level Policy", policy.name)
		policy.description = "mine"
		policy.save()


class TestChoice:
	@pytest.fixture(autouse=True)
	def only_policies_of_the_test(self):
		frappe.db.set_value("Service Level Policy", {"enabled": 1}, "enabled", 0)

	def test_none_without_a_fitting_policy(self):
		make_service_level_policy()
		assert policies.choose({"customer": make_customer().name}) is None

	def test_the_most_specific_one(self):
		customer = make_customer()
		unit = make_installed_unit(customer=customer.name)
		facts = {
			"customer": customer.name,
			"installed_unit": unit.name,
			"territory": customer.territory,
			"customer_group": customer.customer_group,
			"request_type": "Fault",
			"company": company(),
		}
		for scope in (
			{},
			{"company": company()},
			{"request_type": "Fault"},
			{"territory": customer.territory},
			{"customer_group": "All Customer Groups"},
			{"customer_group": customer.customer_group},
			{"customer": customer.name},
			{"customer": customer.name, "request_type": "Fault"},
			{"installed_unit": unit.name},
		):
			policy = make_service_level_policy(scope=scope)
			assert policies.choose(facts) == policy.name, scope
		assert policies.choose({**facts, "installed_unit": None, "request_type": "Repair"}) != policy.name

	def test_a_group_holds_for_what_is_below_it_and_follows_a_move_in_the_tree(self):
		high = make_node("Territory", "All Territories")
		other = make_node("Territory", "All Territories")
		low = make_node("Territory", high.name)
		general = make_service_level_policy(scope={"territory": "All Territories"})
		near = make_service_level_policy(scope={"territory": high.name})
		assert policies.choose({"territory": low.name}) == near.name
		low.reload()
		low.parent_territory = other.name
		low.save()
		assert policies.choose({"territory": low.name}) == general.name
		assert policies.choose({"territory": "Nowhere"}) is None

	def test_a_template_holds_for_its_variants_and_the_variant_before_it(self):
		template = make_template_item()
		one, two = (make_variant(template, value).name for value in "12")
		group = {"item_group": template.item_group}
		general = make_service_level_policy(scope=group)
		assert policies.choose({"item": one, **group}) == general.name
		of_template = make_service_level_policy(scope={"item": template.name})
		of_one = make_service_level_policy(scope={"item": one})
		found = [policies.choose({"item": item, **group}) for item in (one, two, template.name)]
		assert found == [of_one.name, of_template.name, of_template.name]
		assert policies.choose({"item": make_item().name, **group}) == general.name
		renamed = frappe.rename_doc("Item", template.name, unique("Template"), show_alert=False)
		assert policies.choose({"item": two}) == of_template.name, renamed

	def test_an_empty_scope_is_not_filled_from_defaults(self):
		for key in ("company", "territory", "customer_group", "item_group"):
			frappe.defaults.set_user_default(key, company())
		assert not policies.as_policy(make_service_level_policy(scope={})).scope

	def test_validity(self):
		customer = make_customer().name
		today = getdate()
		policy = make_service_level_policy(scope={"customer": customer}, valid_from=today, valid_to=today)
		found = [policies.choose({"customer": customer}, add_days(today, n)) for n in (-1, 0, 1)]
		assert found == [None, policy.name, None]

	def test_a_change_counts_at_once_and_a_rolled_back_one_never_did(self):
		customer = make_customer().name
		facts = {"customer": customer}
		policy = make_service_level_policy(scope={"customer": customer})
		assert policies.choose(facts) == policy.name
		frappe.db.savepoint("as_saved")
		policy.enabled = 0
		policy.save()
		assert policies.choose(facts) is None
		frappe.db.rollback(save_point="as_saved")
		assert policies.choose(facts) == policy.name
		frappe.rename_doc("Service Level Policy", policy.name, new := unique("Renamed"))
		assert policies.choose(facts) == new
		frappe.delete_doc("Service Level Policy", new)
		assert policies.choose(facts) is None

	def test_a_renamed_customer_or_group_keeps_its_policy(self):
		customer = make_customer().name
		group = make_node("Customer Group", "All Customer Groups").name
		of_customer = make_service_level_policy(scope={"customer": customer})
		of_group = make_service_level_policy(scope={"customer_group": group})
		assert policies.choose({"customer": customer}) == of_customer.name
		assert policies.choose({"customer_group": group}) == of_group.name
		frappe.rename_doc("Customer", customer, new_customer := unique("Customer"))
		frappe.rename_doc("Customer Group", group, new_group := unique("Group"))
		assert policies.choose({"customer": new_customer}) == of_customer.name
		assert policies.choose({"customer_group": new_group}) == of_group.name
		assert policies.choose({"customer": customer}) is None

	def test_contracts_in_force(self):
		customer, stranger = make_customer().name, make_customer().name
		today = getdate()
		contract = make_contract(customer)
		policy = make_service_level_policy(scope={"contract": contract.name})
		assert policies.choose({"customer": customer}) == policy.name
		assert policies.choose({"customer": stranger}) is None
		assert policies.choose({"customer": customer}, add_days(today, 11)) is None
		newer = make_contract(customer, start_date=add_days(today, -5))
		of_newer = make_service_level_policy(scope={"contract": newer.name})
		assert policies.choose({"customer": customer}) == of_newer.name
		assert policies.choose({"customer": customer}, add_days(today, -7)) == policy.name
		make_contract(customer, is_signed=0, start_date=today)
		assert scope_facts.contracts_in_force(customer, today) == (newer.name, contract.name)

	def test_two_queries_with_everything_warm(self):
		item = make_item()
		facts = {"item": item.name, "item_group": item.item_group, "territory": "All Territories"}
		make_service_level_policy(scope={"territory": "All Territories"})
		policy = make_service_level_policy(scope={"item_group": item.item_group})
		assert [policies.choose(facts), len(policies.terms(policy.name, "High"))] == [policy.name, 1]
		with queries_counted() as seen:
			policies.terms(policies.choose(facts), "High")
		assert len(seen) <= 2, seen


class TestTerms:
	def test_what_is_promised(self):
		office, always = make_service_calendar(), make_service_calendar()
		policy = make_service_level_policy(
			calendar=office.name,
			targets=[
				target(target=24, warn_at="80, 50", pauses_for_customer=0),
				target(priority="High", target=2, warn_at="", pauses_for_customer=0),
				target(
					"Repair Complete", calendar=always.name, target=90, unit="Minutes", pauses_for_parts=1
				),
				target("Report Delivered", target=3, unit="Working Days"),
			],
		)
		low = {promise.kind: promise for promise in policies.terms(policy.name, "Low")}
		assert list(low) == ["First Response", "Repair Complete", "Report Delivered"]
		first = low["First Response"]
		assert (first.target, first.target_label, first.calendar) == (86400, "24 Hours", office.name)
		assert (first.warn_at, first.pauses_for, first.policy) == ((50, 80), (), policy.name)
		assert first.calendar_version == calendars.current_version(office.name)
		repair = low["Repair Complete"]
		assert (repair.target, repair.calendar) == (5400, always.name)
		assert repair.pauses_for == ("Waiting for Customer", "Waiting for Parts")
		assert low["Report Delivered"].target == 3 * 8 * 3600
		urgent = policies.terms(policy.name, "High")[0]
		assert (urgent.target, urgent.warn_at) == (7200, ())

	def test_a_disabled_policy_still_says_what_it_promised(self):
		policy = make_service_level_policy(enabled=0)
		assert policies.terms(policy.name, "Low")
		with pytest.raises(frappe.DoesNotExistError):
			policies.terms("Nothing", "Low")

	def test_a_new_content_of_the_calendar_counts_at_once(self):
		calendar = make_service_calendar()
		policy = make_service_level_policy(calendar=calendar.name)
		before = policies.terms(policy.name, None)[0].calendar_version
		calendar.windows[0].to_time = "16:00:00"
		calendar.save()
		after = policies.terms(policy.name, None)[0].calendar_version
		assert after == calendars.current_version(calendar.name) != before
