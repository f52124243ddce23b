"""Counting kept promises."""

import json
from pathlib import Path

import pytest

from support_service.service_level.clock.attainment_rules import Tally, tally, total

CLOCK = Path(__file__).parents[2] / "support_service/service_level/doctype/service_clock/service_clock.json"


def row(kind, state, count=1):
	return {"kind": kind, "state": state, "count": count}


def test_a_late_answer_and_a_repair_in_time_are_one_missed_and_one_met():
	counted = tally([row("First Response", "Missed"), row("Repair Complete", "Met")], ("kind",))
	assert counted[("First Response",)] == Tally(missed=1)
	assert counted[("Repair Complete",)] == Tally(met=1)
	assert total(counted.values()).percent_met == 50


def test_overdue_is_missed_and_not_needed_is_no_promise():
	counted = tally(
		[row("On Site", state) for state in ("Overdue", "Not Needed", "Paused", "Warning")], ("kind",)
	)
	assert counted[("On Site",)] == Tally(missed=1, running=2, not_needed=1)
	assert counted[("On Site",)].promises == 3


def test_nothing_decided_has_no_percentage():
	assert Tally(running=3).percent_met is None


def test_every_state_of_a_clock_is_counted_somewhere():
	fields = json.loads(CLOCK.read_text())["fields"]
	(states,) = (field["options"].split("\n") for field in fields if field["fieldname"] == "state")
	for state in states:
		Tally().add(state)
	with pytest.raises(ValueError, match="unknown state"):
		Tally().add("Lost")
