"""A document that was deleted by mistake is brought back with *Restore* of Frappe's Deleted Document."""

from __future__ import annotations

import json
from typing import Any

import frappe
import pytest
from frappe.utils import add_days, add_to_date, now_datetime

from support_service.foundation.typed import FilledByTheAppError
from support_service.support_service import moves
from support_service.support_service.moves import MoveNotAllowedError
from tests.factories import (
	company,
	make_customer,
	make_engineer_visit,
	make_installed_unit,
	make_service_channel,
	make_service_contract,
	make_service_engineer,
	make_service_level_policy,
	make_service_request,
	make_service_team,
	make_takeover_run,
	make_user,
)

CASE = "Service Request"
DELETED = "frappe.core.doctype.deleted_document.deleted_document"
pytestmark = pytest.mark.usefixtures("clean_transaction")


@pytest.fixture(autouse=True)
def request_as_before(clean_transaction):
	yield
	frappe.local.form_dict = frappe._dict()
	frappe.set_user("Administrator")


def restore(doctype: str, name: str, *, bulk: bool = False) -> Any:
	"""As the button on the form calls it, or the one on the list; the document that came back."""
	deleted = frappe.db.get_value("Deleted Document", {"deleted_doctype": doctype, "deleted_name": name})
	cmd, values = (
		(f"{DELETED}.bulk_restore", {"docnames": json.dumps([deleted])})
		if bulk
		else (f"{DELETED}.restore", {"name": deleted})
	)
	frappe.local.form_dict = frappe._dict(cmd=cmd, **values)
	said = frappe.get_attr(cmd)(**values)
	assert not bulk or said["restored"] == [deleted], said
	frappe.local.form_dict = frappe._dict()
	return frappe.get_doc(doctype, frappe.db.get_value("Deleted Document", deleted, "new_name"))


def opened_case(**values: Any) -> Any:
	"""A case with promises and a decision, in a team of a lead; the lead's login as `lead`."""
	lead = make_user("After-Sales Lead").name
	customer = make_customer().name
	make_service_level_policy(customer=customer)
	case = make_service_request(
		customer=customer,
		installed_unit=make_installed_unit(customer=customer).name,
		team=make_service_team(lead=lead).name,
		contact_email="somebody@example.com",
		raised_on=add_to_date(now_datetime(), hours=-1),
		**values,
	)
	case.reload()
	case.lead = lead
	return case


def clocks_of(case: str) -> list[Any]:
	return frappe.get_all("Service Clock", {"request": case}, ["kind", "due_at"], order_by="kind")


class TestCase:
	@pytest.mark.parametrize("bulk", [False, True], ids=["form", "list"])
	def test_a_new_case_comes_back_with_its_promises(self, bulk) -> None:
		case = opened_case()
		promised = clocks_of(case.name)
		assert promised and case.coverage_decision and case.service_level_policy
		frappe.set_user(case.lead)
		frappe.delete_doc(CASE, case.name)
		back = restore(CASE, case.name, bulk=bulk)
		assert (back.status, back.subject, back.raised_on) == ("New", case.subject, case.raised_on)
		assert clocks_of(back.name) == promised
		for name in (
			"service_level_policy",
			"next_due_at",
			"next_due_kind",
			"clock_state",
			"priority",
			"coverage",
		):
			assert back.get(name) == case.get(name), name
		decided = frappe.db.get_value("Coverage Decision", back.coverage_decision, "service_request")
		assert decided == back.name and back.coverage_decisions == 1
		steps = frappe.get_all("Service Request Move", {"request": back.name}, pluck="action")
		assert steps == ["create"]

	def test_who_restores_it_does_not_stand_for_its_address(self) -> None:
		case = opened_case()
		assert case.contact_email_by == "Administrator"
		frappe.set_user(case.lead)
		frappe.delete_doc(CASE, case.name)
		assert restore(CASE, case.name).contact_email_by == "Administrator"

	def test_its_priority_follows_the_rules_of_today(self) -> None:
		case = opened_case()
		frappe.delete_doc(CASE, case.name)
		deleted = frappe.get_doc("Deleted Document", {"deleted_name": case.name})
		stood = {**json.loads(deleted.data), "priority": "Critical"}
		deleted.db_set("data", json.dumps(stood, default=str))
		assert case.priority != "Critical"
		assert restore(CASE, case.name).priority == case.priority

	def test_one_that_somebody_had_says_what_to_do(self) -> None:
		case = opened_case()
		engineer = make_service_engineer(team=case.team).name
		moves.apply_move(case.name, "assign", engineer=engineer, by_app=True)
		frappe.set_user(case.lead)
		frappe.delete_doc(CASE, case.name)
		with pytest.raises(MoveNotAllowedError, match="begins as New"):
			restore(CASE, case.name)

	def test_history_comes_back_as_it_was(self) -> None:
		case = frappe.get_doc(
			{
				"doctype": CASE,
				"subject": "Old case",
				"customer": make_customer().name,
				"channel": make_service_channel(),
				"company": company(),
				"imported": 1,
				"status": "Closed",
				"raised_on": "2021-03-01 08:00:00",
				"assigned_on": "2021-03-02 08:00:00",
				"resolved_on": "2021-03-03 08:00:00",
				"closed_on": "2021-03-04 17:30:00",
				"engineer": make_service_engineer(active=0).name,
				"priority": "Critical",
				"resolution": "Board replaced",
			}
		).insert()
		case.reload()
		frappe.delete_doc(CASE, case.name)
		back = restore(CASE, case.name)
		for name in ("status", "imported", "closed_on", "engineer", "engineer_user", "priority", "archived"):
			assert back.get(name) == case.get(name), name
		assert not clocks_of(back.name)
		actions = frappe.get_all("Service Request Move", {"request": back.name}, pluck="action")
		assert {"resolve", "close_unanswered"} <= set(actions)

	def test_what_a_client_types_is_refused_as_before(self) -> None:
		case = opened_case()
		values = {**case.as_dict(), "name": None}
		with pytest.raises(FilledByTheAppError):
			frappe.get_doc(values).insert()


def test_other_documents_come_back_too() -> None:
	for doc in (
		make_engineer_visit(),
		make_installed_unit(),
		make_service_contract(submit=False),
		make_takeover_run("serial_nos"),
	):
		frappe.delete_doc(doc.doctype, doc.name)
		back = restore(doc.doctype, doc.name)
		assert back.docstatus == 0 and back.get("status") == doc.get("status"), doc.doctype


def test_a_terminated_contract_comes_back_as_a_draft() -> None:
	contract = make_service_contract()
	contract.reload()
	contract.cancel()
	contract.db_set({"terminated_on": add_days(contract.start_date, 3), "termination_reason": "moved away"})
	frappe.delete_doc(contract.doctype, contract.name)
	back = restore(contract.doctype, contract.name)
	assert (back.docstatus, back.status, back.terminated_on) == (0, "Draft", None)
