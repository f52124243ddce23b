"""The customer sees who pays before work starts, and answers on the portal or by the link of a mail, over real HTTP."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import frappe
import pytest

from support_service.service_charging.decision import acceptance
from support_service.service_charging.decision import by_hand as decisions_by_hand
from tests import factories
from tests.http_server import Server, http_server  # noqa: F401  (a fixture)
from tests.portal_client import PortalClient, forget_rate_limits


@pytest.fixture
def visitor(http_server: Server) -> Iterator[Callable[..., PortalClient]]:  # noqa: F811
	"""Makes visitors; a limit reached by one test must not stop the next."""
	forget_rate_limits()
	yield (
		lambda user=None: (
			PortalClient(http_server.base_url, http_server.site).log_in(user)
			if user
			else PortalClient(http_server.base_url, http_server.site)
		)
	)
	forget_rate_limits()


@pytest.fixture(scope="module")
def owner(site: str) -> SimpleNamespace:
	customer = factories.make_customer().name
	made = SimpleNamespace(
		customer=customer,
		user=factories.make_customer_user(customer).name,
		unit=factories.make_installed_unit(customer=customer).name,
		stranger=factories.make_customer_user(factories.make_customer().name).name,
	)
	frappe.db.commit()
	return made


@pytest.fixture
def case(owner):
	case = factories.make_service_request(
		customer=owner.customer, installed_unit=owner.unit, contact_email=owner.user
	)
	frappe.db.commit()
	return case


def offer(case, *, ask=False):
	doc = decisions_by_hand.decide_before_work(case.name, [{"kind": "Labour", "qty": 2, "rate": 150}])
	if ask:
		acceptance.ask(doc.name)
	frappe.db.commit()
	return doc


def token_of(case):
	secret = frappe.db.get_value(
		"Service Message", {"request": case.name, "message_key": ("like", "charge:%")}, "secret"
	)
	return secret.partition("token=")[2]


def answer_of(doc):
	frappe.db.rollback()
	fields = ["acceptance", "answered_how", "answered_by"]
	return frappe.db.get_value("Coverage Decision", doc.name, fields)


def test_the_page_says_who_pays_before_anybody_is_asked(visitor, owner, case):
	page = visitor(owner.user).get(f"/service/{case.name}").text
	assert "Will be charged" in page and "no warranty and no contract is recorded" in page
	assert "Do you agree?" not in page


@pytest.mark.parametrize(("accepted", "state"), [(1, "Accepted"), (0, "Declined")])
def test_answered_on_the_portal(visitor, owner, case, accepted, state):
	doc = offer(case)
	client = visitor(owner.user)
	page = client.get(f"/service/{case.name}").text
	assert "Do you agree?" in page and "300.00" in page
	answer = client.call("answer_charge", request=case.name, decision=doc.name, accepted=accepted)
	assert answer.json()["message"]["acceptance"] == state
	assert answer_of(doc) == (state, "Portal", owner.user)
	assert "Do you agree?" not in client.get(f"/service/{case.name}").text
	assert client.call("answer_charge", request=case.name, decision=doc.name, accepted=1).status_code == 417


def test_only_the_charge_that_was_shown_is_accepted(visitor, owner, case):
	shown = offer(case)
	client = visitor(owner.user)
	page = client.get(f"/service/{case.name}").text
	assert f'name="decision" value="{shown.name}"' in page
	dearer = decisions_by_hand.decide_before_work(case.name, [{"kind": "Labour", "qty": 20, "rate": 150}])
	frappe.db.commit()
	late = client.call("answer_charge", request=case.name, decision=shown.name, accepted=1)
	assert late.status_code == 417
	assert answer_of(dearer)[0] == "Open"


def test_a_stranger_can_neither_see_nor_answer(visitor, owner, case):
	doc = offer(case)
	client = visitor(owner.stranger)
	client.get("/service")
	assert client.get(f"/service/{case.name}").status_code == 404
	assert client.call("answer_charge", request=case.name, decision=doc.name, accepted=1).status_code == 404
	assert answer_of(doc)[0] == "Open"


def test_the_link_shows_on_get_and_records_once_on_post(visitor, case):
	doc = offer(case, ask=True)
	token = token_of(case)
	guest = visitor()
	for _ in range(3):
		page = guest.get(f"/service-charge?token={token}")
		assert "Do you agree?" in page.text and "300.00" in page.text
	assert page.headers["Referrer-Policy"] == "no-referrer"
	assert page.headers["Cache-Control"] == "no-store"
	visitor().scan(f"/service-charge?token={token}")
	assert answer_of(doc)[0] == "Asked"
	assert guest.call("answer_charge_link", token=token, accepted=1).status_code == 200
	assert answer_of(doc)[:2] == ("Accepted", "E-mail Link")
	assert guest.call("answer_charge_link", token=token, accepted=0).status_code == 417
	assert answer_of(doc)[0] == "Accepted"


def test_wrong_used_and_expired_links_look_the_same(visitor, owner, case):
	offer(case, ask=True)
	used = token_of(case)
	other = factories.make_service_request(
		customer=owner.customer, installed_unit=owner.unit, contact_email=owner.user
	)
	late = offer(other, ask=True)
	expired = token_of(other)
	frappe.db.set_value("Coverage Decision", late.name, "token_expires_on", "2020-01-01 00:00:00")
	frappe.db.commit()
	guest = visitor()
	assert guest.call("answer_charge_link", token=used, accepted=1).status_code == 200
	tokens = (used, expired, frappe.generate_hash(length=40), "")
	pages = [guest.get(f"/service-charge?token={token}") for token in tokens]
	assert len({(page.status_code, page.text) for page in pages}) == 1
	answers = [guest.call("answer_charge_link", token=token, accepted=1) for token in tokens]
	assert {answer.status_code for answer in answers} == {417}


def test_proof_of_purchase_is_private_and_stands_on_the_decision(visitor, owner, case):
	doc = offer(case)
	client = visitor(owner.user)
	client.get(f"/service/{case.name}")
	answer = client.call(
		"add_proof", files={"files": ("invoice.txt", b"bought in May", "text/plain")}, request=case.name
	)
	assert answer.status_code == 200, answer.text
	frappe.db.rollback()
	url = frappe.db.get_value("Service Request", case.name, "proof_of_purchase")
	assert url.startswith("/private/files/")
	assert frappe.db.get_value("Coverage Decision", doc.name, "proof_of_purchase") == url
	assert "We have it" in client.get(f"/service/{case.name}").text
	assert visitor(owner.stranger).get(url).status_code in (403, 404)
