"""A newcomer's history, by Data Import and REST: closed cases as they were, with nothing beginning anew; or a reason."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from frappe.utils import add_to_date, get_datetime, now_datetime

from support_service.foundation.typed import FilledByTheAppError
from support_service.support_service import moves
from support_service.support_service.errors import MoveNotAllowedError
from support_service.support_service.intake_defaults import PriorityFollowsError, RaisedInFutureError
from support_service.support_service.messaging import notify
from support_service.support_service.past_cases.imported import NotImportableError
from tests.factories import (
	company,
	make_customer,
	make_installed_unit,
	make_service_channel,
	make_service_engineer,
	make_service_level_policy,
	make_service_request,
	make_user,
	unique,
)
from tests.site.import_world import import_csv

CASE = "Service Request"
FIELDS = (
	"subject",
	"customer",
	"channel",
	"company",
	"status",
	"raised_on",
	"resolved_on",
	"closed_on",
	"engineer",
	"solution",
	"resolution",
	"priority",
	"installed_unit",
)
BEGUN = (
	("Service Clock", "request"),
	("Service Message", "request"),
	("Service Survey", "service_request"),
	("Coverage Decision", "service_request"),
	("ToDo", "reference_name"),
)


@pytest.fixture
def house(clean_transaction) -> SimpleNamespace:
	"""A customer with a unit and a policy whose promises begin with every new case."""
	customer = make_customer().name
	make_service_level_policy(customer=customer)
	unit = make_installed_unit(customer=customer).name
	gone = make_service_engineer(active=0)
	return SimpleNamespace(customer=customer, unit=unit, engineer=gone)


def row(house: SimpleNamespace, **values: Any) -> list[Any]:
	"""One line of the file; values by fieldname."""
	known = {
		"subject": unique("Old case"),
		"customer": house.customer,
		"channel": make_service_channel(),
		"company": company(),
		**values,
	}
	return [known.get(name, "") for name in FIELDS]


def past(house: SimpleNamespace, **values: Any) -> dict[str, Any]:
	"""The same as a REST client posts it."""
	return {
		"doctype": CASE,
		"subject": unique("Old case"),
		"customer": house.customer,
		"channel": make_service_channel(),
		"company": company(),
		"imported": 1,
		"status": "Closed",
		"raised_on": "2021-03-01 08:00:00",
		"closed_on": "2021-03-04 17:30:00",
		**values,
	}


def begun(case: str) -> dict[str, int]:
	return {doctype: frappe.db.count(doctype, {field: case}) for doctype, field in BEGUN}


class TestDataImport:
	def test_five_closed_cases_come_in_as_they_were(self, house):
		"""Five old cases, Status Closed: today they came in New, with 25 running promises, and Success."""
		old = [
			row(
				house,
				status="Closed",
				raised_on=f"202{year}-03-0{year + 1} 08:00:00",
				resolved_on=f"202{year}-03-0{year + 2} 16:00:00",
				closed_on=f"202{year}-03-0{year + 3} 17:30:00",
				engineer=house.engineer.name,
				solution=f"Replaced board {year}",
				resolution="Board replaced",
				priority="Critical",
				installed_unit=house.unit,
			)
			for year in range(5)
		]
		done = import_csv(CASE, FIELDS, old)
		assert (done.status, len(done.names), done.reasons) == ("Success", 5, [])
		for year, name in enumerate(done.names):
			case = frappe.get_doc(CASE, name)
			assert (case.status, case.imported, case.archived) == ("Closed", 1, 1)
			assert case.raised_on == get_datetime(f"202{year}-03-0{year + 1} 08:00:00")
			assert case.resolved_on == get_datetime(f"202{year}-03-0{year + 2} 16:00:00")
			assert case.closed_on == get_datetime(f"202{year}-03-0{year + 3} 17:30:00")
			assert (case.engineer, case.engineer_user) == (house.engineer.name, house.engineer.user)
			assert (case.engineer_name, case.team) == (house.engineer.engineer_name, house.engineer.team)
			assert (case.solution, case.resolution) == (f"Replaced board {year}", "Board replaced")
			assert (case.priority, case.clock_state, case.next_due_at) == ("Critical", None, None)
			# sorted where it belongs in time, not as the latest that happened
			assert get_datetime(case.modified) == case.closed_on
			assert begun(name) == dict.fromkeys([doctype for doctype, _field in BEGUN], 0)
			assert not frappe.db.exists("Service Request Move", {"request": name, "told": 0})

	def test_a_new_case_of_the_same_file_begins_as_always(self, house):
		"""The control: what was right before."""
		done = import_csv(
			CASE,
			FIELDS,
			[row(house), row(house, status="Closed", closed_on="2021-01-05 10:00:00")],
			mute=False,
		)
		# the second says when it was closed but not when it was raised
		assert (done.status, len(done.names)) == ("Partial Success", 1)
		case = frappe.get_doc(CASE, done.names[0])
		assert (case.status, case.imported) == ("New", 0)
		assert begun(case.name)["Service Clock"] > 0
		assert frappe.db.exists("Service Request Move", {"request": case.name, "told": 0})

	def test_its_movements_say_who_brought_it_in(self, house):
		done = import_csv(
			CASE,
			FIELDS,
			[row(house, status="Closed", raised_on="2020-01-02 08:00:00", resolved_on="2020-01-03 09:00:00")],
		)
		told = frappe.get_all(
			"Service Request Move",
			{"request": done.names[0]},
			["action", "to_status", "moved_at", "reason"],
			order_by="creation",
		)
		assert [(move.action, move.to_status) for move in told] == [
			("create", "New"),
			("resolve", "Resolved"),
			("close_unanswered", "Closed"),
		]
		assert "Administrator" in told[0].reason
		# only one of the two days is known; the case was over then
		assert frappe.db.get_value(CASE, done.names[0], "closed_on") == get_datetime("2020-01-03 09:00:00")

	@pytest.mark.parametrize(
		("values", "reason"),
		[
			({"status": "Closed", "raised_on": "2021-03-01 08:00:00"}, "Closed On"),
			(
				{"status": "Closed", "raised_on": "2021-03-05 08:00:00", "closed_on": "2021-03-01 08:00:00"},
				"before",
			),
			(
				{"status": "Closed", "raised_on": "2021-03-01 08:00:00", "closed_on": "2199-03-01 08:00:00"},
				"future",
			),
			({"status": "In Progress", "raised_on": "2021-03-01 08:00:00"}, "Closed or Cancelled"),
			(
				{"status": "Resolved", "raised_on": "2021-03-01 08:00:00", "resolved_on": "2021-03-02"},
				"Closed",
			),
			# a day on which it was done, in a row that says that it is open
			({"raised_on": "2021-03-01 08:00:00", "closed_on": "2021-03-02 08:00:00"}, "Closed or Cancelled"),
		],
	)
	def test_a_row_that_cannot_be_true_is_refused_with_the_reason(self, house, values, reason):
		good = row(
			house, status="Cancelled", raised_on="2021-03-01 08:00:00", closed_on="2021-03-02 08:00:00"
		)
		done = import_csv(CASE, FIELDS, [row(house, **values), good])
		assert (done.status, len(done.names)) == ("Partial Success", 1)
		assert reason in done.reasons[0]
		assert frappe.db.get_value(CASE, done.names[0], ["status", "archived"]) == ("Cancelled", 0)

	@pytest.mark.parametrize(("mute", "untold"), [(True, 0), (False, 1)])
	def test_dont_send_emails_holds_for_the_outbox(self, house, mute, untold):
		done = import_csv(CASE, FIELDS, [row(house)], mute=mute)
		assert frappe.db.count("Service Request Move", {"request": done.names[0], "told": 0}) == untold


class TestRest:
	def test_a_manager_takes_in_a_closed_case(self, house):
		frappe.set_user(make_user("Service Manager").name)
		case = frappe.get_doc(past(house, first_response_on="2021-03-01 09:00:00", reopen_count=2)).insert()
		assert (case.status, case.imported, case.reopen_count) == ("Closed", 1, 2)
		assert begun(case.name) == dict.fromkeys([doctype for doctype, _field in BEGUN], 0)
		stored = frappe.get_doc(CASE, case.name)
		assert stored.first_response_on == get_datetime("2021-03-01 09:00:00")

	def test_a_lead_may_an_agent_may_not(self, house):
		frappe.set_user(make_user("After-Sales Lead").name)
		assert frappe.get_doc(past(house)).insert().status == "Closed"
		frappe.set_user(make_user("Service Desk Agent").name)
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc(past(house)).insert()
		with pytest.raises(MoveNotAllowedError):
			frappe.get_doc(past(house, imported=0)).insert()

	@pytest.mark.parametrize("mark", ["0", "x", "", 0, None])
	def test_a_mark_that_is_none_is_none_in_every_spelling(self, house, mark):
		"""A client may send a check as text, and the text "0" counts as true."""
		frappe.set_user(make_user("Service Desk Agent").name)
		work = {"engineer": house.engineer.name, "engineer_user": house.engineer.user}
		for values in (work, {"status": "In Progress", "closed_on": None}):
			with pytest.raises(MoveNotAllowedError):
				frappe.get_doc(past(house, imported=mark, **values)).insert()
		case = frappe.get_doc(past(house, imported=mark, status="New", closed_on=None)).insert()
		assert (case.status, case.imported) == ("New", 0)
		assert begun(case.name)["Service Clock"] > 0
		assert frappe.db.exists("Service Request Move", {"request": case.name, "action": "create", "told": 0})

	def test_the_mark_as_text_asks_for_the_right(self, house):
		frappe.set_user(make_user("Service Desk Agent").name)
		with pytest.raises(frappe.PermissionError, match="import"):
			frappe.get_doc(past(house, imported="1")).insert()
		frappe.set_user(make_user("After-Sales Lead").name)
		case = frappe.get_doc(past(house, imported="1")).insert()
		assert (case.status, case.imported) == ("Closed", 1)

	def test_without_the_mark_nobody_begins_elsewhere(self, house):
		for values in (
			{"status": "Closed"},
			{"engineer": house.engineer.name},
			{"resolved_on": "2021-03-02"},
		):
			with pytest.raises(MoveNotAllowedError):
				make_service_request(customer=house.customer, **values)
		assert make_service_request(customer=house.customer).status == "New"

	def test_nothing_is_made_history_afterwards(self, house):
		case = make_service_request(customer=house.customer)
		case.imported = 1
		with pytest.raises(frappe.CannotChangeConstantError):
			case.save()

	def test_the_sweeps_leave_it_alone(self, house):
		from support_service.service_level.clock import sweep
		from support_service.support_service import promises

		case = frappe.get_doc(past(house)).insert()
		promises.start_missing()
		sweep.sweep()
		notify.notify_due()
		assert begun(case.name) == dict.fromkeys([doctype for doctype, _field in BEGUN], 0)
		with pytest.raises(MoveNotAllowedError):
			moves.apply_move(case.name, "reopen", reason="again")

	@pytest.mark.parametrize(
		"values",
		[
			{"status": "New"},
			{"closed_on": None},
			{"engineer_user": "Administrator"},
			{"archived": 1, "status": "Cancelled"},
		],
	)
	def test_what_contradicts_itself_is_refused(self, house, values):
		with pytest.raises(NotImportableError):
			frappe.get_doc(past(house, **values)).insert()


class TestRaisedOn:
	def test_a_year_ahead_is_refused_at_every_save(self, house):
		ahead = add_to_date(now_datetime(), years=1)
		with pytest.raises(RaisedInFutureError):
			make_service_request(customer=house.customer, raised_on=ahead)
		case = make_service_request(customer=house.customer, raised_on=add_to_date(now_datetime(), days=-3))
		case.raised_on = ahead
		with pytest.raises(RaisedInFutureError):
			case.save()

	def test_two_clocks_that_differ_by_minutes_are_no_fault(self, house):
		soon = add_to_date(now_datetime(), minutes=5)
		assert make_service_request(customer=house.customer, raised_on=soon).raised_on == soon

	def test_an_issue_dated_ahead_was_raised_when_it_was_written(self):
		from support_service.erpnext_takeover.records import raised_at

		written = now_datetime()
		issue = frappe._dict(creation=written)
		assert raised_at(issue, add_to_date(written, years=1, as_string=True)[:10]) == written
		assert raised_at(issue, "2020-02-03", "08:30:00") == get_datetime("2020-02-03 08:30:00")


class TestTyped:
	def test_a_priority_is_made_by_impact_and_urgency_or_refused(self, house):
		case = make_service_request(customer=house.customer, impact="High", urgency="High")
		with pytest.raises(PriorityFollowsError):
			make_service_request(customer=house.customer, priority="Low", impact="High", urgency="High")
		same = make_service_request(
			customer=house.customer, priority=case.priority, impact="High", urgency="High"
		)
		assert same.priority == case.priority
		same.priority = "Low"
		with pytest.raises(PriorityFollowsError):
			same.save()

	def test_what_only_moves_write_is_refused_not_put_back(self, house):
		case = make_service_request(customer=house.customer)
		case.update({"engineer": house.engineer.name, "subject": "Changed"})
		with pytest.raises(MoveNotAllowedError):
			case.save()
		case.reload()
		case.subject = "Changed"
		case.save()
		assert (case.subject, case.engineer) == ("Changed", None)

	def test_a_promise_cannot_be_brought_along(self, house):
		with pytest.raises(FilledByTheAppError):
			frappe.get_doc(
				{**past(house), "imported": 0, "status": "New", "closed_on": None, "clock_state": "Met"}
			).insert()
