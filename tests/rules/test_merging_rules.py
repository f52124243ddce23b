"""Which two requests may become one, and which of several promises of a kind is shown. No database."""

from __future__ import annotations

import pytest

from support_service.service_level.clock import summary
from support_service.support_service.merging.rules import Facts, why_not, worth_a_look


def facts(name: str = "A", **more: object) -> Facts:
	values = {"status": "New", "customer": "C", "company": "O", "unit": "", "merged_into": ""}
	return Facts(name=name, **{**values, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
	"merged, into, reasons",
	[
		({}, {}, 0),
		({"customer": ""}, {}, 0),
		({"status": "Waiting for Parts"}, {"status": "In Progress"}, 0),
		({}, {"customer": "D"}, 1),
		({}, {"customer": ""}, 1),
		({}, {"company": "P"}, 1),
		({"status": "Closed"}, {}, 1),
		({}, {"status": "Resolved"}, 1),
		({"merged_into": "X", "status": "Cancelled"}, {}, 1),
		({}, {"merged_into": "A", "status": "Cancelled"}, 1),
		({"imported": True, "status": "Closed"}, {}, 1),
		({"customer": "D", "company": "P"}, {"status": "Closed"}, 3),
	],
)
def test_every_reason_is_said_once(merged, into, reasons):
	found = list(why_not(facts(**merged), facts("B", **into)))
	assert len(found) == reasons
	for text, names in found:
		assert text.format(*names)


def test_not_into_itself():
	assert len(list(why_not(facts(), facts()))) == 1


def test_other_units_and_unknown_callers_are_pointed_out():
	said = list(worth_a_look(facts(unit="U", customer=""), facts("B", unit="V")))
	assert len(said) == 2
	assert not list(worth_a_look(facts(unit="U"), facts("B", unit="U")))


def clock(state: str, due: str | None, origin: str = "A") -> dict[str, object]:
	return {"kind": "K", "origin": origin, "request": "B", "state": state, "due_utc": due}


@pytest.mark.parametrize(
	"rows, shown",
	[
		# of one case the latest round
		([clock("Missed", "1"), clock("Running", "5")], 1),
		# of two the one due first
		([clock("Running", "5", "B"), clock("Running", "3")], 1),
		([clock("Running", "3", "B"), clock("Running", "5")], 0),
		# the one that needs somebody
		([clock("Running", "3", "B"), clock("Overdue", "2")], 1),
		# what was late stays late
		([clock("Met", "9", "B"), clock("Missed", "5")], 1),
		([clock("Not Needed", None, "B"), clock("Met", "5")], 1),
	],
)
def test_the_promise_that_tells_most(rows, shown):
	assert summary.telling(rows)["K"] is rows[shown]
