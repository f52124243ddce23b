"""Several people of one customer: who sees which requests, and who decides about the others."""

import re
from collections.abc import Callable, Iterator
from email import message_from_string
from types import SimpleNamespace
from typing import Any

import frappe
import pytest

from support_service.constants.custom_fields import ALL_CASES, OWN_CASES
from support_service.permissions import who
from support_service.permissions.documents import engineer_visit, of_case, service_request, service_survey
from support_service.service_feedback import surveys
from support_service.support_service import moves
from tests import factories
from tests.http_server import Server, http_server  # noqa: F401  (a fixture)
from tests.portal_client import PortalClient, forget_rate_limits
from tests.site.test_portal import RESULT


@pytest.fixture(scope="module")
def people(site: str) -> SimpleNamespace:
	"""A customer of whose requests everybody sees only their own: two colleagues and one who manages access."""
	customer = factories.make_customer().name
	one, two, chief = (factories.make_customer_user(customer).name for _person in range(3))
	doc = frappe.get_doc("Customer", customer)
	doc.service_case_visibility = OWN_CASES
	next(row for row in doc.portal_users if row.user == chief).service_manages_access = 1
	doc.save()
	unit = factories.make_installed_unit(customer=customer)
	case = factories.make_service_request(
		customer=customer, installed_unit=unit.name, contact_email=one.upper(), subject="Matter of the first"
	)
	other = factories.make_service_request(
		customer=customer, installed_unit=unit.name, contact_email=two, subject="Matter of the second"
	)
	frappe.db.commit()
	return SimpleNamespace(
		customer=customer, one=one, two=two, chief=chief, unit=unit, case=case.name, other=other.name
	)


@pytest.fixture
def visitor(http_server: Server) -> Iterator[Callable[[str], PortalClient]]:  # noqa: F811
	forget_rate_limits()
	yield lambda user: PortalClient(http_server.base_url, http_server.site).log_in(user)
	forget_rate_limits()


class TestOwnRequestsOnly:
	def test_pages_show_ones_own(self, people, visitor) -> None:
		client = visitor(people.one)
		for path in ("/service?show=all", f"/service/units/{people.unit.name}", "/service?q=Matter"):
			page = client.get(path).text
			assert people.case in page and people.other not in page, path
		assert client.get(f"/service/{people.case}").status_code == 200
		assert "1 open" in client.get("/service/units").text

	def test_a_colleagues_request_is_as_one_that_does_not_exist(self, people, visitor) -> None:
		client = visitor(people.one)
		answers = [client.get(f"/service/{name}") for name in (people.other, "SR-1999-99999")]
		assert [answer.status_code for answer in answers] == [404, 404]
		assert client.call("send_message", request=people.other, text="hello").status_code == 404
		assert client.call("withdraw", request=people.other).status_code == 404
		found = client.download("attachment", request=people.other, file="x")
		assert found.status_code == 404

	def test_who_manages_access_sees_all(self, people, visitor) -> None:
		page = visitor(people.chief).get("/service?show=all").text
		assert people.case in page and people.other in page

	def test_one_predicate_for_every_door(self, people) -> None:
		"""Lists, forms, prints and what hangs on a request: the rules themselves, outside of a web request."""
		engineer = factories.make_service_engineer()
		for name in (people.case, people.other):
			if frappe.db.get_value("Service Request", name, "status") == "New":
				moves.apply_move(name, "assign", engineer=engineer.name, by_app=True)
		visit = {
			name: factories.make_engineer_visit(service_request=name, engineer=engineer.name)
			for name in (people.case, people.other)
		}
		frappe.set_user(people.one)
		try:
			seen = frappe.get_list("Service Request", pluck="name")
			assert people.case in seen and people.other not in seen
			moved = set(frappe.get_list("Service Request Move", pluck="request", limit=0))
			assert people.case in moved and people.other not in moved
			visits = frappe.get_list("Engineer Visit", pluck="name", limit=0)
			assert visit[people.case].name in visits and visit[people.other].name not in visits
			for name, expected in ((people.case, True), (people.other, False)):
				case = frappe.get_doc("Service Request", name)
				assert service_request.has_website_permission(case) is expected
				assert engineer_visit.has_website_permission(visit[name]) is expected
				assert bool(frappe.has_permission("Service Request", "read", name)) is expected
				case.contact_email = people.one  # in memory alone
				assert bool(frappe.has_permission("Service Request", "read", case)) is expected
		finally:
			frappe.set_user("Administrator")

	def test_a_survey_is_of_who_sees_the_request(self, people) -> None:
		engineer = factories.make_service_engineer()
		case = factories.make_service_request(customer=people.customer, contact_email=people.two)
		for action, values in (
			("assign", {"engineer": engineer.name}),
			("start", {}),
			("resolve", {"values": RESULT}),
		):
			moves.apply_move(case.name, action, by_app=True, **values)
		survey = frappe.get_doc(surveys.SURVEY, surveys.open_survey_of(case.name))
		assert not service_survey.RULE.has_website_permission(survey, user=people.one)
		assert service_survey.RULE.has_website_permission(survey, user=people.two)

	def test_a_request_of_ones_own_is_seen_at_once(self, people, visitor) -> None:
		client = visitor(people.two)
		client.get("/service/new")
		answer = client.call(
			"new_case", key=frappe.generate_hash(length=16), unit=people.unit.name, subject="Just opened"
		)
		assert answer.status_code == 200, answer.text
		name = answer.json()["message"]["name"]
		assert client.get(f"/service/{name}").status_code == 200
		assert visitor(people.one).get(f"/service/{name}").status_code == 404

	def test_all_of_them_by_default_and_when_set_so(self, people, visitor) -> None:
		frappe.db.set_value("Customer", people.customer, "service_case_visibility", ALL_CASES)
		frappe.db.commit()
		try:
			assert visitor(people.one).get(f"/service/{people.other}").status_code == 200
		finally:
			frappe.db.set_value("Customer", people.customer, "service_case_visibility", OWN_CASES)
			frappe.db.commit()
		other = factories.make_customer()
		assert other.service_case_visibility in (ALL_CASES, None, "")

	def test_staff_see_what_they_saw(self, people) -> None:
		agent = factories.make_user("Service Desk Agent").name
		frappe.set_user(agent)
		try:
			assert frappe.has_permission("Service Request", "read", people.other)
			assert who.seen_in_part_by(agent) == frozenset()
			assert (
				of_case.has_permission(frappe.get_last_doc("Service Request Move", {"request": people.other}))
				is not False
			)
		finally:
			frappe.set_user("Administrator")


def test_the_flag_counts_for_ones_own_customers_only(people) -> None:
	stranger = factories.make_customer_user(factories.make_customer().name).name
	assert who.managed_by(people.chief) == {people.customer}
	assert who.managed_by(people.one) == who.managed_by(stranger) == frozenset()
	user: Any = frappe.get_doc("User", people.chief)
	user.enabled = 0
	user.save()
	assert who.managed_by(people.chief) == frozenset()
	user.enabled = 1
	user.save()


def forget_new_users() -> None:
	"""Frappe lets a server make 60 users an hour; the tests before these have made theirs."""
	now = frappe.utils.now_datetime()
	recent = {"creation": (">", frappe.utils.add_to_date(now, hours=-1))}
	before = frappe.utils.add_to_date(now, hours=-2)
	frappe.db.set_value("User", recent, "creation", before, update_modified=False)
	frappe.db.commit()


class TestInvitations:
	@pytest.fixture(scope="class", autouse=True)
	def mail_account(self, site: str) -> Iterator[None]:
		"""Without an account no invitation leaves."""
		account = factories.make_email_account()
		frappe.db.commit()
		yield
		frappe.delete_doc("Email Account", account.name, force=True)
		frappe.db.commit()

	@pytest.fixture(autouse=True)
	def no_limits_reached(self, site: str) -> Iterator[None]:
		forget_rate_limits()
		forget_new_users()
		yield
		forget_rate_limits()

	def post(self, client: PortalClient, function: str, **values: Any) -> Any:
		headers = {"Accept": "application/json"}
		if client.csrf_token:
			headers["X-Frappe-CSRF-Token"] = client.csrf_token
		url = f"{client.base_url}/api/method/support_service.customer_portal.people_api.{function}"
		return client.session.post(url, data=values, headers=headers, timeout=60)

	@pytest.fixture
	def chief(self, people, visitor) -> PortalClient:
		client = visitor(people.chief)
		client.get("/service/people")
		return client

	@pytest.fixture
	def guest(self, http_server: Server) -> PortalClient:  # noqa: F811
		return PortalClient(http_server.base_url, http_server.site)

	def invited(self, chief: PortalClient, people: SimpleNamespace, address: str) -> tuple[str, str]:
		"""Invite `address`; returns the invitation and the token of the mail."""
		answer = self.post(chief, "invite", customer=people.customer, email=address, full_name="Chen Jing")
		assert answer.status_code == 200, answer.text
		frappe.db.rollback()
		[mail] = frappe.get_all(
			"Email Queue Recipient", {"recipient": address, "status": "Not Sent"}, pluck="parent"
		)[:1]
		message = message_from_string(frappe.db.get_value("Email Queue", mail, "message"))
		parts = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
		frappe.delete_doc("Email Queue", mail)
		frappe.db.commit()
		[token] = {found for part in parts for found in re.findall(rb"token=([\w-]{43})", part)}
		return answer.json()["message"]["name"], token.decode()

	def test_who_manages_access_invites_and_the_invited_comes_in_once(self, people, chief, guest) -> None:
		address = f"new-{frappe.generate_hash(length=8)}@example.com"
		name, token = self.invited(chief, people, address)
		stored = frappe.get_doc("Portal Invitation", name)
		assert stored.token_hash and token not in str(stored.as_dict())
		assert address in chief.get("/service/people").text
		page = guest.get(f"/service-invitation?token={token}")
		assert "Accept the invitation" in page.text and page.headers["Referrer-Policy"] == "no-referrer"
		# a scanner that opens every link has changed nothing
		guest.scan(f"/service-invitation?token={token}")
		frappe.db.rollback()
		assert not frappe.db.exists("User", address)
		answer = self.post(guest, "accept_invitation", token=token)
		assert answer.json()["message"] == {"has_login": False}, answer.text
		frappe.db.rollback()
		assert who.customers_of(address) == {people.customer}
		assert frappe.db.get_value("User", address, "user_type") == "Website User"
		assert who.managed_by(address) == frozenset()
		assert frappe.db.get_value("Portal Invitation", name, ["status", "token_hash", "user"]) == (
			"Accepted",
			None,
			address,
		)
		assert self.post(guest, "accept_invitation", token=token).status_code == 417
		assert "no longer valid" in guest.get(f"/service-invitation?token={token}").text
		# and is removed again
		assert self.post(chief, "remove", customer=people.customer, user=address).status_code == 200
		frappe.db.rollback()
		assert who.customers_of(address) == frozenset()

	def test_revoked_replaced_and_expired_links_lead_nowhere(self, people, chief, guest) -> None:
		address = f"late-{frappe.generate_hash(length=8)}@example.com"
		_name, first = self.invited(chief, people, address)
		again, second = self.invited(chief, people, address)
		assert self.post(guest, "accept_invitation", token=first).status_code == 417
		frappe.db.set_value("Portal Invitation", again, "expires_on", "2020-01-01 00:00:00")
		frappe.db.commit()
		assert self.post(guest, "accept_invitation", token=second).status_code == 417
		third, token = self.invited(chief, people, address)
		assert self.post(chief, "revoke", invitation=third).status_code == 200
		assert self.post(guest, "accept_invitation", token=token).status_code == 417
		frappe.db.rollback()
		assert not frappe.db.exists("User", address)

	def test_an_invitation_ends_with_the_right_of_who_sent_it(self, people, chief, guest) -> None:
		address = f"lost-{frappe.generate_hash(length=8)}@example.com"
		_name, token = self.invited(chief, people, address)
		row = {"parent": people.customer, "user": people.chief}
		frappe.db.set_value("Portal User", row, "service_manages_access", 0)
		frappe.db.commit()
		try:
			assert self.post(guest, "accept_invitation", token=token).status_code == 417
		finally:
			frappe.db.set_value("Portal User", row, "service_manages_access", 1)
			frappe.db.commit()

	def test_nobody_else_invites_revokes_or_removes(self, people, chief, visitor) -> None:
		address = f"other-{frappe.generate_hash(length=8)}@example.com"
		name, _token = self.invited(chief, people, address)
		foreign = factories.make_customer().name
		frappe.db.commit()
		client = visitor(people.one)
		assert people.two not in client.get("/service/people").text
		calls = (
			("invite", {"customer": people.customer, "email": "x@example.com"}),
			("revoke", {"invitation": name}),
			("revoke", {"invitation": "no such one"}),
			("remove", {"customer": people.customer, "user": people.two}),
		)
		for function, values in calls:
			assert self.post(client, function, **values).status_code == 404, function
		assert self.post(chief, "invite", customer=foreign, email="x@example.com").status_code == 404
		frappe.db.rollback()
		assert frappe.db.get_value("Portal Invitation", name, "status") == "Open"

	def test_who_manages_access_is_not_removed_on_the_portal(self, people, chief) -> None:
		assert self.post(chief, "remove", customer=people.customer, user=people.chief).status_code == 417
		frappe.db.rollback()
		assert people.customer in who.customers_of(people.chief)

	def test_neither_our_own_people_nor_disabled_logins_come_in(self, people, chief, guest) -> None:
		agent = factories.make_user("Service Desk Agent").name
		frappe.db.commit()
		_name, token = self.invited(chief, people, agent)
		assert self.post(guest, "accept_invitation", token=token).status_code == 417
		frappe.db.rollback()
		assert who.customers_of(agent) == frozenset()
