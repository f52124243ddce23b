"""What of an ERPNext Service Level Agreement a policy can say."""

from datetime import timedelta

import pytest

from support_service.service_level.policy import sla_rules
from support_service.service_level.policy.sla_rules import (
	clock_time,
	duration,
	is_wait,
	our_priority,
	translate,
)


def agreement(**overrides):
	hours = {"start_time": timedelta(hours=9), "end_time": timedelta(hours=17, minutes=30)}
	return {
		"document_type": "Issue",
		"enabled": 1,
		"apply_sla_for_resolution": 1,
		"priorities": [
			{"priority": "Low", "response_time": 86400, "resolution_time": 172800},
			{"priority": "Medium", "response_time": 14400, "resolution_time": 86400},
			{"priority": "High", "response_time": 5400, "resolution_time": 28800},
			{"priority": "Urgent", "response_time": 600, "resolution_time": 3600},
		],
		"support_and_resolution": [{"workday": "Monday", **hours}],
		"pause_sla_on": [{"status": "Replied"}],
		"sla_fulfilled_on": [{"status": "Resolved"}, {"status": "Closed"}],
		**overrides,
	}


def promised(draft):
	return [(row["clock"], row["priority"], row["target"], row["unit"]) for row in draft.targets]


def reasons(draft):
	return {why for _what, why, _value in draft.remarks}


def test_a_plain_agreement_is_carried_over_whole():
	draft = translate(agreement())
	assert draft.remarks == []
	assert draft.fields == {"enabled": 1, "valid_from": None, "valid_to": None}
	assert draft.windows == [{"day": "Monday", "from_time": "09:00:00", "to_time": "17:30:00"}]
	assert promised(draft) == [
		("First Response", "Critical", 10, "Minutes"),
		("First Response", "High", 90, "Minutes"),
		("First Response", "Medium", 4, "Hours"),
		("First Response", "Low", 24, "Hours"),
		("Repair Complete", "Critical", 1, "Hours"),
		("Repair Complete", "High", 8, "Hours"),
		("Repair Complete", "Medium", 24, "Hours"),
		("Repair Complete", "Low", 48, "Hours"),
	]
	assert all(row["pauses_for_customer"] for row in draft.targets)


def test_scope_follows_the_entity_and_the_default_has_none():
	entity = {"entity_type": "Customer Group", "entity": "Key Accounts"}
	assert translate(agreement(**entity)).fields["customer_group"] == "Key Accounts"
	assert "customer_group" not in translate(agreement(**entity, default_service_level_agreement=1)).fields


def test_without_resolution_only_the_response_is_promised():
	draft = translate(agreement(apply_sla_for_resolution=0))
	assert {row["clock"] for row in draft.targets} == {"First Response"}


def test_a_condition_is_code_so_the_policy_comes_disabled():
	draft = translate(agreement(condition="doc.via_customer_portal"))
	assert draft.fields["enabled"] == 0
	assert reasons(draft) == {sla_rules.CONDITION}


def test_agreements_for_other_documents_are_only_reported():
	draft = translate(agreement(document_type="Lead"))
	assert not draft.importable
	assert reasons(draft) == {sla_rules.NOT_AN_ISSUE}


def test_what_cannot_be_said_is_reported():
	rows = [
		{"priority": "Urgent", "response_time": 60},
		{"priority": "Critical", "response_time": 120},
		{"priority": "P3", "response_time": 180},
	]
	draft = translate(
		agreement(
			priorities=rows, pause_sla_on=[{"status": "Open"}], sla_fulfilled_on=[{"status": "Replied"}]
		)
	)
	assert promised(draft) == [("First Response", "Critical", 2, "Minutes")]
	assert draft.remarks == [
		("SLA Paused On", sla_rules.NOT_A_WAIT, "Open"),
		("Priority", sla_rules.PRIORITY_TWICE, "Urgent"),
		("Priority", sla_rules.UNKNOWN_PRIORITY, "P3"),
		("Priority", sla_rules.PRIORITY_WITHOUT_PROMISE, "High"),
		("Priority", sla_rules.PRIORITY_WITHOUT_PROMISE, "Medium"),
		("Priority", sla_rules.PRIORITY_WITHOUT_PROMISE, "Low"),
		("SLA Fulfilled On", sla_rules.ONLY_RESOLVED, "Replied"),
	]
	assert not draft.targets[0]["pauses_for_customer"]


@pytest.mark.parametrize(
	("name", "ours"), [("URGENT", "Critical"), ("高", "High"), (" normal ", "Medium"), ("P3", None)]
)
def test_names_of_priorities(name, ours):
	assert our_priority(name) == ours


def test_small_words():
	assert [is_wait(status) for status in ("On Hold", "Waiting for Reply", "已回复", "Open")] == [
		True,
		True,
		True,
		False,
	]
	assert (duration(7200), duration(5400), duration(30)) == ((2, "Hours"), (90, "Minutes"), (0.5, "Minutes"))
	assert (clock_time(timedelta(hours=9)), clock_time("18:30:00.000000")) == ("09:00:00", "18:30:00")


@pytest.mark.parametrize(
	("end", "to_time", "told"),
	[
		(timedelta(hours=23, minutes=59), "00:00:00", True),
		("23:59:59", "00:00:00", True),
		(timedelta(hours=23, minutes=58), "23:58:00", False),
		(timedelta(hours=18), "18:00:00", False),
	],
)
def test_the_end_of_the_day_is_midnight_and_said(end, to_time, told):
	days = [{"workday": day, "start_time": timedelta(0), "end_time": end} for day in ("Monday", "Sunday")]
	draft = translate(agreement(support_and_resolution=days))
	assert [window["to_time"] for window in draft.windows] == [to_time, to_time]
	assert draft.remarks == ([("Working Hours", sla_rules.UNTIL_MIDNIGHT, "Monday, Sunday")] if told else [])
