"""A visit lends its engineer the case, as long as it is open, and only by who sees the case."""

from types import SimpleNamespace

import frappe
import frappe.share
import pytest

from support_service.field_service.errors import CaseNotYoursToShareError
from support_service.patches.v0_4 import lent_shares
from support_service.support_service.moves import apply_move
from tests import factories

CASE = "Service Request"


@pytest.fixture
def lent() -> SimpleNamespace:
	"""A case of one team, and a visit to it by an engineer of another."""
	engineer, stays = factories.make_service_engineer(), factories.make_service_engineer()
	case = factories.make_service_request(team=stays.team)
	apply_move(case.name, "assign", engineer=stays.name)
	visit = factories.make_engineer_visit(engineer=engineer.name, service_request=case.name)
	return SimpleNamespace(engineer=engineer, colleague=stays, case=case.name, visit=visit)


def sees(user: str, case: str) -> bool:
	return bool(frappe.has_permission(CASE, "read", case, user=user))


def shares(user: str, case: str) -> list[str]:
	return frappe.get_all("DocShare", {"share_doctype": CASE, "share_name": case, "user": user}, pluck="name")


def send(visit: str, engineer: str) -> None:
	doc = frappe.get_doc("Engineer Visit", visit)
	doc.engineer = engineer
	doc.save()


def reported(visit: str) -> None:
	start = frappe.utils.add_to_date(None, hours=-3)
	doc = frappe.get_doc("Engineer Visit", visit)
	doc.update(
		{
			"outcome": "Not Solved",
			"work_done": "Looked at it",
			"unsigned_reason": "Nobody there to sign",
			"planned_start": start,
			"departed_at": start,
			"arrived_at": frappe.utils.add_to_date(start, hours=1),
			"left_at": frappe.utils.add_to_date(start, hours=2),
		}
	)
	doc.submit()


def test_another_engineer_goes(lent: SimpleNamespace) -> None:
	other = factories.make_service_engineer()
	assert sees(lent.engineer.user, lent.case)
	send(lent.visit.name, other.name)
	assert not sees(lent.engineer.user, lent.case) and sees(other.user, lent.case)
	send(lent.visit.name, lent.engineer.name)
	assert sees(lent.engineer.user, lent.case) and not sees(other.user, lent.case)
	assert len(shares(lent.engineer.user, lent.case)) == 1


def test_one_of_the_cases_own_team_goes(lent: SimpleNamespace) -> None:
	send(lent.visit.name, lent.colleague.name)
	assert not sees(lent.engineer.user, lent.case) and not shares(lent.colleague.user, lent.case)
	assert not frappe.db.get_value("Engineer Visit", lent.visit.name, "lent_share")


def test_the_report_is_submitted_and_corrected(lent: SimpleNamespace) -> None:
	frappe.set_user(lent.engineer.user)
	reported(lent.visit.name)
	assert not sees(lent.engineer.user, lent.case)
	frappe.set_user("Administrator")
	visit = frappe.get_doc("Engineer Visit", lent.visit.name)
	visit.cancel()
	frappe.set_user(lent.engineer.user)
	again = frappe.copy_doc(visit)
	again.update({"amended_from": visit.name, "docstatus": 0})
	again.insert()
	assert sees(lent.engineer.user, lent.case), "who corrects the report sees the case again"
	again.delete(ignore_permissions=True)
	assert not sees(lent.engineer.user, lent.case)


def test_another_open_visit_keeps_it(lent: SimpleNamespace) -> None:
	second = factories.make_engineer_visit(engineer=lent.engineer.name, service_request=lent.case)
	frappe.delete_doc("Engineer Visit", lent.visit.name)
	assert sees(lent.engineer.user, lent.case)
	frappe.delete_doc("Engineer Visit", second.name)
	assert not sees(lent.engineer.user, lent.case) and not shares(lent.engineer.user, lent.case)


def test_what_a_person_shared_stays() -> None:
	engineer, case = factories.make_service_engineer(), factories.make_service_request()
	frappe.share.add(CASE, case.name, engineer.user)
	visit = factories.make_engineer_visit(engineer=engineer.name, service_request=case.name)
	frappe.delete_doc("Engineer Visit", visit.name)
	assert sees(engineer.user, case.name)


def test_a_lent_share_that_a_person_widened_is_theirs(lent: SimpleNamespace) -> None:
	frappe.share.add(CASE, lent.case, lent.engineer.user, write=1)
	frappe.delete_doc("Engineer Visit", lent.visit.name)
	assert sees(lent.engineer.user, lent.case)


def test_an_assignment_keeps_it(lent: SimpleNamespace) -> None:
	apply_move(lent.case, "reassign", engineer=lent.engineer.name, reason="Is there anyway")
	frappe.delete_doc("Engineer Visit", lent.visit.name)
	assert sees(lent.engineer.user, lent.case)


def test_followers_are_mailed_no_longer(lent: SimpleNamespace) -> None:
	follow = {"ref_doctype": CASE, "ref_docname": lent.case, "user": lent.engineer.user}
	frappe.get_doc({"doctype": "Document Follow", **follow}).insert(ignore_permissions=True)
	frappe.delete_doc("Engineer Visit", lent.visit.name)
	assert not frappe.db.exists("Document Follow", follow)


def test_nobody_says_which_share_was_lent(lent: SimpleNamespace) -> None:
	"""Else a visit would take away what somebody else was given."""
	others = factories.make_user("Service Engineer").name
	given = frappe.share.add(CASE, lent.case, others)
	lent.visit.reload()
	lent.visit.lent_share = given.name
	lent.visit.save()
	frappe.delete_doc("Engineer Visit", lent.visit.name)
	assert sees(others, lent.case) and not sees(lent.engineer.user, lent.case)


def test_who_no_longer_sees_a_case_lends_it_to_nobody() -> None:
	"""Their own draft visit stays theirs; the case it names has gone to another team."""
	engineer, other = factories.make_service_engineer(), factories.make_service_engineer()
	case = factories.make_service_request(team=engineer.team)
	visit = factories.make_engineer_visit(engineer=engineer.name, service_request=case.name)
	frappe.db.set_value(CASE, case.name, "team", other.team)
	third = factories.make_service_engineer()
	frappe.set_user(engineer.user)
	with pytest.raises(CaseNotYoursToShareError):
		send(visit.name, third.name)
	assert not sees(third.user, case.name) and not sees(engineer.user, case.name)


def test_shares_of_earlier_versions_are_remembered_or_taken_back(lent: SimpleNamespace) -> None:
	"""They were made in the same moment as their visit, by the same person."""
	case = factories.make_service_request()
	apply_move(case.name, "assign", engineer=lent.colleague.name)
	over = factories.make_engineer_visit(engineer=lent.engineer.name, service_request=case.name)
	frappe.db.set_value("Engineer Visit", {"name": ("in", (lent.visit.name, over.name))}, "lent_share", None)
	frappe.db.set_value("Engineer Visit", over.name, "docstatus", 1)
	given = frappe.share.add(CASE, case.name, lent.colleague.user)
	for _twice in range(2):
		lent_shares.execute()
		assert sees(lent.engineer.user, lent.case) and not sees(lent.engineer.user, case.name)
		assert frappe.db.get_value("Engineer Visit", lent.visit.name, "lent_share")
		assert frappe.db.exists("DocShare", given.name)


def test_assigning_a_case_lends_nothing() -> None:
	"""The assigned engineer sees it by the rule, as long as they are assigned."""
	first, second = factories.make_service_engineer(), factories.make_service_engineer()
	case = factories.make_service_request()
	apply_move(case.name, "assign", engineer=first.name)
	assert sees(first.user, case.name) and not shares(first.user, case.name)
	apply_move(case.name, "reassign", engineer=second.name, reason="Ill")
	assert not sees(first.user, case.name) and sees(second.user, case.name)
