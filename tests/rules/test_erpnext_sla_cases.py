"""ERPNext's own cases for service levels, re-expressed for our arithmetic and met.

Source of the cases: ERPNext 15, `support/doctype/service_level_agreement/test_service_level_agreement.py` and
`support/doctype/issue/test_issue.py`. Where ERPNext's expectation is not what a promise in working time means, the case
stands in tests/site/test_erpnext_sla_wrong.py and in docs/service-levels-erpnext.md instead. Which agreement is chosen
for whom is the policies' matter (tests/rules/test_policy_rules.py).
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from support_service.service_level.calendar.working_time import Calendar, Week, Window, WorkingTime
from support_service.service_level.clock.rules import Entry, Event, State, fold, state
from support_service.service_level.policy.terms import Terms

HOUR = 3600
# Monday to Friday 10:00–18:00, with the holidays of ERPNext's test list
OFFICE = WorkingTime(
	Calendar(
		"UTC",
		Week(tuple(Window(day, 10 * HOUR, 18 * HOUR) for day in range(5))),
		holidays=((date(2019, 2, 11), ""), (date(2019, 3, 5), ""), (date(2019, 3, 7), "")),
	)
)
ALWAYS = WorkingTime(Calendar("UTC", Week(tuple(Window(day, 0, 24 * HOUR) for day in range(7)))))
ON_HOLD, CUSTOMER = "Waiting for Customer", ("Waiting for Customer",)


def at(text: str) -> int:
	return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
	("created", "response", "respond_by", "resolution", "resolve_by"),
	[
		# agreement of a customer, customer group or territory
		("2019-03-04 12:00", 2, "2019-03-04 14:00", 3, "2019-03-04 15:00"),
		# the default agreement: within, before and after hours (the 5th is a holiday), and over night
		("2019-03-04 12:00", 4, "2019-03-04 16:00", 6, "2019-03-04 18:00"),
		("2019-03-04 07:00", 4, "2019-03-04 14:00", 6, "2019-03-04 16:00"),
		("2019-03-04 20:00", 4, "2019-03-06 14:00", 6, "2019-03-06 16:00"),
		("2019-03-04 14:00", 4, "2019-03-04 18:00", 6, "2019-03-06 12:00"),
	],
)
def test_due_dates(created, response, respond_by, resolution, resolve_by):
	assert OFFICE.add(at(created), response * HOUR) == at(respond_by)
	assert OFFICE.add(at(created), resolution * HOUR) == at(resolve_by)


@pytest.mark.parametrize(
	("done", "expected"),
	[
		("2019-03-04 15:00", State.MET),
		("2019-03-04 15:30", State.MET),
		("2019-03-04 16:05", State.MISSED),
	],
)
def test_met_or_missed(done, expected):
	terms = Terms("First Response", 4 * HOUR, "4 Hours", "5×8", "", pauses_for=())
	entries = [Entry(Event.STARTED, at("2019-03-04 12:00")), Entry(Event.STOPPED, at(done))]
	assert state(fold(entries, ()), OFFICE, terms, now=at("2019-03-10 00:00")) == expected


def test_round_the_clock_waits_and_a_reopening():
	"""Created at 13:00 with six hours; waits 14–15 and 16–22; closed at 22:00, opened again at 03:00."""
	begin = [
		Entry(Event.STARTED, at("2021-11-01 13:00")),
		Entry(Event.WAIT_BEGAN, at("2021-11-01 14:00"), ON_HOLD),
		Entry(Event.WAIT_ENDED, at("2021-11-01 15:00")),
	]
	closed = [
		Entry(Event.WAIT_BEGAN, at("2021-11-01 16:00"), ON_HOLD),
		Entry(Event.STOPPED, at("2021-11-01 22:00")),
	]
	again = [Entry(Event.REOPENED, at("2021-11-02 03:00")), Entry(Event.STOPPED, at("2021-11-02 04:00"))]

	def due(entries):
		history = fold(entries, CUSTOMER)
		return ALWAYS.add(history.started, 6 * HOUR, history.pauses)

	assert due(begin[:1]) == at("2021-11-01 19:00")
	assert due(begin) == at("2021-11-01 20:00")
	assert due(begin + closed) == at("2021-11-02 02:00")
	assert due(begin + closed + again[:1]) == at("2021-11-02 07:00")
	terms = Terms("Repair Complete", 6 * HOUR, "6 Hours", "7×24", "", pauses_for=CUSTOMER)
	for entries in (begin + closed, begin + closed + again):
		assert state(fold(entries, CUSTOMER), ALWAYS, terms, now=at("2021-11-03 00:00")) == State.MET


# time to the first response in working hours; 28 June 2021 is a Monday. Where nothing counts ERPNext stores one second,
# because zero would be overwritten by the next answer; we say zero.
@pytest.mark.parametrize(
	("created", "responded", "counted"),
	[
		("2021-06-28 11:00", "2021-06-28 12:00", 3600),
		("2021-06-28 12:00", "2021-06-28 20:00", 21600),
		("2021-06-28 06:00", "2021-06-28 12:00", 7200),
		("2021-06-28 19:00", "2021-06-28 20:00", 0),
		("2021-06-27 10:00", "2021-06-27 11:00", 0),
		("2021-06-28 06:00", "2021-06-29 06:00", 28800),
		("2021-06-28 06:00", "2021-06-29 11:00", 32400),
		("2021-06-28 06:00", "2021-06-29 20:00", 57600),
		("2021-06-25 06:00", "2021-06-26 11:00", 28800),
		("2021-06-28 12:00", "2021-06-29 06:00", 21600),
		("2021-06-28 12:00", "2021-06-29 11:00", 25200),
		("2021-06-28 12:00", "2021-06-29 20:00", 50400),
		("2021-06-25 12:00", "2021-06-26 11:00", 21600),
		("2021-06-28 20:00", "2021-06-29 06:00", 0),
		("2021-06-28 20:00", "2021-06-29 11:00", 3600),
		("2021-06-28 20:00", "2021-06-29 20:00", 28800),
		("2021-06-25 20:00", "2021-06-26 11:00", 0),
		("2021-06-28 06:00", "2021-07-01 06:00", 86400),
		("2021-06-28 06:00", "2021-07-01 11:00", 90000),
		("2021-06-28 06:00", "2021-07-01 20:00", 115200),
		("2021-06-25 06:00", "2021-06-27 11:00", 28800),
		("2021-06-28 12:00", "2021-07-01 06:00", 79200),
		("2021-06-28 12:00", "2021-07-01 11:00", 82800),
		("2021-06-28 12:00", "2021-07-01 20:00", 108000),
		("2021-06-25 12:00", "2021-06-27 11:00", 21600),
		("2021-06-28 20:00", "2021-07-01 06:00", 57600),
		("2021-06-28 20:00", "2021-07-01 11:00", 61200),
		("2021-06-28 20:00", "2021-07-01 20:00", 86400),
		("2021-06-25 20:00", "2021-06-27 11:00", 0),
	],
)
def test_time_to_first_response(created, responded, counted):
	assert OFFICE.between(at(created), at(responded)) == counted
