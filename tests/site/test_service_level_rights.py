"""Promises are written by the app alone, seen with their case, and read through indexes."""

import frappe
import pytest
from frappe.utils import now_datetime

from support_service.foundation.ledger import LedgerIsAppendOnlyError
from support_service.service_level.doctype.service_clock.service_clock import ClockHasOneWriterError
from support_service.service_level.doctype.service_level_policy.service_level_policy import PolicyInUseError
from tests import factories

OPEN = ["Running", "Warning", "Overdue", "Paused"]
REFUSALS = {
	"Service Clock": ClockHasOneWriterError,
	"Service Clock Entry": LedgerIsAppendOnlyError,
	"Service Calendar Version": LedgerIsAppendOnlyError,
}


def clock_of(case: str, **values) -> str:
	"""A clock past its one writer: here only its columns matter."""
	clock = frappe.get_doc(
		{
			"doctype": "Service Clock",
			"name": frappe.generate_hash(length=20),
			"request": case,
			"kind": "First Response",
			"state": "Running",
			"due_at": now_datetime(),
			**values,
		}
	)
	clock.db_insert()
	return clock.name


def row_of(doctype: str) -> str:
	case = factories.make_service_request().name
	clock = clock_of(case)
	if doctype == "Service Clock":
		return clock
	values = {"clock": clock, "request": case, "event": "Started", "no": 1, "content": "{}"}
	row = frappe.get_doc({"doctype": doctype, "name": frappe.generate_hash(length=20), **values})
	row.db_insert()
	return row.name


@pytest.mark.parametrize("importing", [False, True])
@pytest.mark.parametrize("doctype", REFUSALS)
def test_not_even_an_administrator_writes_by_hand(
	doctype: str, importing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
	monkeypatch.setattr(frappe.flags, "in_import", importing)
	stored = frappe.get_doc(doctype, row_of(doctype))
	with pytest.raises(REFUSALS[doctype]):
		frappe.copy_doc(stored).update({"name": "forged"}).insert(ignore_links=True, ignore_mandatory=True)
	with pytest.raises(REFUSALS[doctype]):
		stored.save()
	with pytest.raises(REFUSALS[doctype]):
		frappe.delete_doc(doctype, stored.name, force=True)


def test_a_policy_in_use_cannot_be_deleted() -> None:
	policy = factories.make_service_level_policy()
	clock_of(factories.make_service_request().name, policy=policy.name)
	with pytest.raises(PolicyInUseError):
		policy.delete()


def test_a_role_below_manager_changes_no_policy_and_no_calendar() -> None:
	policy = factories.make_service_level_policy()
	for role in ("Service Desk Agent", "Service Engineer", "After-Sales Lead"):
		frappe.set_user(factories.make_user(role).name)
		for doctype, name in (("Service Level Policy", policy.name), ("Service Calendar", policy.calendar)):
			document = frappe.get_doc(doctype, name)
			document.check_permission("read")
			document.description = "changed"
			with pytest.raises(frappe.PermissionError):
				document.save()
		frappe.set_user("Administrator")


def test_clocks_are_seen_exactly_with_their_case() -> None:
	"""Also where the case is seen by its queue or by who opened it, which no column of the clock tells."""
	lead = factories.make_user("After-Sales Lead").name
	team = factories.make_service_team(lead=lead, department_queue="Pre-Sales").name
	engineer = factories.make_service_engineer(team=team)
	elsewhere = factories.make_service_team(department_queue="Technical Support").name
	cases = {
		"team": factories.make_service_request().name,
		"queue": factories.make_service_request().name,
		"opened": factories.make_service_request().name,
		"foreign": factories.make_service_request().name,
	}
	stored = {
		"team": {"team": team, "department_queue": "Pre-Sales"},
		"queue": {"team": None, "department_queue": "Pre-Sales"},
		"opened": {"team": elsewhere, "department_queue": "Technical Support", "owner": lead},
		"foreign": {"team": elsewhere, "department_queue": "Technical Support"},
	}
	for key, case in cases.items():
		frappe.db.set_value("Service Request", case, stored[key])
		clock_of(case)
	for user, seen in ((lead, {"team", "queue", "opened"}), (engineer.user, {"team"})):
		frappe.set_user(user)
		mine = {"request": ["in", list(cases.values())]}
		assert set(frappe.get_list("Service Clock", mine, pluck="request")) == {cases[key] for key in seen}
		frappe.set_user("Administrator")


@pytest.mark.parametrize(
	("filters", "index"),
	[
		({"state": ["in", OPEN]}, "state_due_at_index"),
		({"state": ["in", OPEN], "team": "A Team"}, "team_state_due_at_index"),
		({"state": ["in", OPEN], "engineer_user": "a@example.com"}, "engineer_user_state_due_at_index"),
	],
)
def test_due_next_has_an_index(filters: dict, index: str) -> None:
	query = frappe.get_all("Service Clock", filters, ["name"], order_by="due_at asc", limit=20, run=False)
	plan = frappe.db.sql(f"explain {query}", as_dict=True)
	assert index in (plan[0].possible_keys or ""), plan


def test_cases_by_time_left_have_an_index() -> None:
	query = frappe.get_all(
		"Service Request",
		{"clock_state": "Overdue"},
		["name"],
		order_by="next_due_at asc",
		limit=20,
		run=False,
	)
	plan = frappe.db.sql(f"explain {query}", as_dict=True)
	assert "clock_state_next_due_at_index" in (plan[0].possible_keys or ""), plan
