"""Charged work is reported only when the customer has accepted it: on the portal, by phone, or with the signature on the visit for
the amount shown above it. A lead may allow it with a reason."""

import frappe
import pytest

from support_service.field_service import api as field_api
from support_service.field_service import signing
from support_service.field_service.errors import VisitIncompleteError
from support_service.patches.v0_7 import charged_work_warns, prices_at_their_levels
from support_service.service_charging.decision import acceptance
from support_service.service_charging.decision import by_hand as decisions_by_hand
from support_service.service_charging.decision.consent import ChargeNotAcceptedError
from tests.factories import make_installed_unit, make_user
from tests.ledger_oracle import stock
from tests.site.coverage_world import (
	LABOUR_RATE,
	TRAVEL_RATE,
	decision_of,
	make_case_on,
	make_price,
	make_terms,
	make_unit_with_warranty,
	visit_on,
)
from tests.site.visit_world import make_van

SIGNATURE = "data:image/png;base64,iVBORw0KGgo="
OTHER_SIGNATURE = "data:image/png;base64,iVBORw0KGgp="
WORK = LABOUR_RATE + TRAVEL_RATE


def policy(value, **more):
	settings = frappe.get_doc("Support Service Settings")
	settings.update({"charge_policy": value, **more})
	settings.save()


@pytest.fixture(autouse=True)
def terms(committed_crew, stock_settings_as_before):
	made = make_terms()
	policy("Refuse")
	return made


@pytest.fixture
def case():
	return make_case_on(make_installed_unit())


def accept(doc, accepted=True):
	acceptance.answer(doc.name, accepted=accepted, how=acceptance.PHONE, by="Administrator", note="Yes")


def offer(case, hours=1.0):
	return decisions_by_hand.decide_before_work(
		case.name, [{"kind": "Labour", "qty": hours}, {"kind": "Travel", "qty": 1}]
	)


def sign(visit, signature=SIGNATURE, shown=None):
	shown = signing.to_sign(visit)["charge"] if shown is None else shown
	visit.update({"signature": signature, "signed_by": "Ms Li", "charge_shown": str(shown)})
	return visit.save()


def refused(visit):
	frappe.db.savepoint("refused")
	with pytest.raises(ChargeNotAcceptedError) as caught:
		visit.submit()
	frappe.db.rollback(save_point="refused")
	visit.reload()
	return str(caught.value)


class TestRefused:
	def test_nothing_is_drawn_and_the_message_says_what_to_do(self, case):
		van = make_van()
		make_price(van.plain, 400)
		visit = visit_on(case, {"item_code": van.plain, "qty": 2}, warehouse=van.warehouse, work_minutes=60)
		message = refused(visit)
		assert "sign" in message and "portal" in message and "After-Sales Lead" in message
		assert stock(van.plain, van.warehouse) == 5
		assert visit.docstatus == 0 and not frappe.db.exists("Stock Entry", {"engineer_visit": visit.name})

	def test_what_is_covered_needs_no_acceptance(self):
		visit = visit_on(make_case_on(make_unit_with_warranty()), work_minutes=60)
		visit.submit()
		assert (
			decision_of(frappe.get_doc("Service Request", visit.service_request)).acceptance == "Not Needed"
		)

	def test_a_declined_charge_is_no_acceptance(self, case):
		accept(offer(case), accepted=False)
		refused(visit_on(case, work_minutes=60))

	def test_an_accepted_offer_holds_and_not_for_more(self, case):
		accept(offer(case, 1))
		visit_on(case, work_minutes=60).submit()
		refused(visit_on(case, work_minutes=60))

	def test_warn_lets_it_through(self, case):
		policy("Warn")
		visit_on(case, work_minutes=60).submit()
		assert decision_of(case).acceptance == "Open"


class TestSignature:
	def test_it_accepts_the_amount_shown_above_it(self, case):
		visit = sign(visit_on(case, work_minutes=60))
		assert visit.signed_charge == WORK and not visit.charge_shown
		visit.submit()
		doc = decision_of(case)
		assert (doc.acceptance, doc.answered_how, doc.answered_by) == ("Accepted", "Signature", "Ms Li")
		assert visit.name in doc.answer_note

	def test_the_paper_says_it_to_those_who_may_know(self, case):
		visit = sign(visit_on(case, work_minutes=60))
		paper = frappe.get_print("Engineer Visit", visit.name, "Service Visit Report")
		assert "accepts to pay" in paper and "180.00" in paper
		frappe.set_user(visit.engineer_user)
		try:
			paper = frappe.get_print("Engineer Visit", visit.name, "Service Visit Report")
			assert "accepts to pay" not in paper and "180.00" not in paper
		finally:
			frappe.set_user("Administrator")

	def test_signed_and_submitted_at_once(self, case):
		visit = visit_on(case, work_minutes=60)
		visit.update({"signature": SIGNATURE, "signed_by": "Ms Li", "charge_shown": str(WORK)})
		visit.submit()
		assert decision_of(case).acceptance == "Accepted"

	def test_without_an_amount_it_accepts_nothing(self, case):
		visit = visit_on(case, work_minutes=60, signature=SIGNATURE, signed_by="Ms Li")
		assert not visit.signed_charge
		refused(visit)

	def test_a_lower_amount_than_it_costs_accepts_nothing(self, case):
		visit = sign(visit_on(case, work_minutes=60), shown=WORK - 1)
		assert not visit.signed_charge
		refused(visit)
		sign(visit, OTHER_SIGNATURE).submit()
		assert decision_of(case).acceptance == "Accepted"

	def test_work_added_after_it_must_be_signed_anew(self, case):
		visit = sign(visit_on(case, work_minutes=60))
		visit.work_minutes = 120
		visit.save()
		assert "sign anew" in refused(visit)
		sign(visit, OTHER_SIGNATURE).submit()
		assert decision_of(case).charged_amount == 2 * LABOUR_RATE + TRAVEL_RATE

	def test_less_work_than_signed_for_is_accepted(self, case):
		visit = sign(visit_on(case, work_minutes=120))
		visit.work_minutes = 60
		visit.submit()
		assert decision_of(case).acceptance == "Accepted"

	def test_it_counts_only_where_the_settings_say_so(self, case):
		policy("Refuse", signature_accepts=0)
		visit = visit_on(case, work_minutes=60)
		assert not signing.to_sign(visit)["priced"]
		refused(sign(visit, shown=WORK))

	def test_nobody_types_what_was_signed_for(self, case):
		visit = visit_on(case, work_minutes=60, signature=SIGNATURE, signed_by="Ms Li")
		visit.update(
			{"signed_charge": 9999, "charge_allowed_reason": "Because", "charge_allowed_by": "Guest"}
		)
		visit.save()
		assert not visit.signed_charge and not visit.charge_allowed_reason
		refused(visit)

	def test_an_amended_visit_keeps_what_was_signed_for(self, case):
		visit = sign(visit_on(case, work_minutes=60))
		visit.submit()
		visit.cancel()
		again = frappe.copy_doc(visit)
		again.update(
			{"docstatus": 0, "amended_from": visit.name, "signature": visit.signature, "signed_by": "Ms Li"}
		)
		again.insert()
		assert again.signed_charge == WORK
		again.submit()
		assert decision_of(case).acceptance == "Accepted"

	def test_a_lower_charge_decided_later_stays_accepted(self, case):
		sign(visit_on(case, work_minutes=60)).submit()
		doc = decision_of(case)
		made = decisions_by_hand.override(doc.name, doc.lines[0].name, 50, "Goodwill")
		assert (made.charged_amount, made.acceptance) == (LABOUR_RATE / 2 + TRAVEL_RATE, "Accepted")
		more = decisions_by_hand.override(made.name, made.lines[0].name, 0, "No goodwill")
		assert more.acceptance == "Open"


class TestAllowed:
	def test_a_lead_allows_it_with_a_reason_that_is_kept(self, case):
		visit = visit_on(case, work_minutes=60)
		signing.allow(visit, "They write the order tomorrow")
		visit.reload()
		visit.submit()
		assert visit.charge_allowed_by == "Administrator"
		doc = decision_of(case)
		assert doc.acceptance == "Open" and "They write the order tomorrow" in doc.answer_note
		accept(doc)
		assert visit.reload().charge_allowed_reason == "They write the order tomorrow"

	def test_the_engineers_open_form_can_still_be_saved(self, case):
		visit = visit_on(case, work_minutes=60)
		signing.allow(frappe.get_doc("Engineer Visit", visit.name), "Urgent")
		visit.work_done = "Replaced, tested"
		visit.save()
		assert visit.charge_allowed_reason == "Urgent"
		visit.submit()

	def test_not_without_a_reason_and_not_afterwards(self, case):
		visit = visit_on(case, work_minutes=60)
		with pytest.raises(VisitIncompleteError):
			signing.allow(visit, " ")
		signing.allow(visit, "Urgent")
		visit.reload().submit()
		with pytest.raises(VisitIncompleteError):
			signing.allow(visit, "Again")

	def test_not_by_the_engineer(self, case):
		visit = visit_on(case, work_minutes=60)
		frappe.set_user(frappe.db.get_value("Service Engineer", visit.engineer, "user"))
		try:
			with pytest.raises(frappe.PermissionError):
				field_api.allow_charged_work(visit.name, "I say so")
		finally:
			frappe.set_user("Administrator")
		frappe.set_user(make_user("Service Manager").name)
		try:
			field_api.allow_charged_work(visit.name, "Agreed with the director")
		finally:
			frappe.set_user("Administrator")
		assert visit.reload().charge_allowed_reason == "Agreed with the director"


class TestExistingSites:
	def test_they_keep_the_warning(self):
		frappe.db.delete("Singles", {"doctype": "Support Service Settings", "field": "charge_policy"})
		charged_work_warns.execute()
		frappe.clear_document_cache("Support Service Settings")
		assert frappe.get_doc("Support Service Settings").charge_policy == "Warn"
		policy("Refuse")
		charged_work_warns.execute()
		assert frappe.db.get_single_value("Support Service Settings", "charge_policy") == "Refuse"

	def test_their_own_permissions_get_the_new_levels_once(self):
		frappe.permissions.setup_custom_perms("Engineer Visit")
		frappe.db.delete("Custom DocPerm", {"parent": "Engineer Visit", "permlevel": 2})
		for _again in range(2):
			prices_at_their_levels.execute()
			roles = frappe.get_all(
				"Custom DocPerm", {"parent": "Engineer Visit", "permlevel": 2}, pluck="role"
			)
			assert sorted(roles) == ["After-Sales Lead", "Service Manager", "System Manager"]
