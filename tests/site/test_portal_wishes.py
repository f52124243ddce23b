"""Two pages of the customer: times wished for a visit, and invoices for service."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from frappe.utils import add_days, getdate

from support_service.constants.custom_fields import OWN_CASES
from support_service.customer_portal import wishes
from support_service.foundation import zones
from tests import factories
from tests.http_server import Server, http_server  # noqa: F401  (a fixture)
from tests.portal_client import PortalClient, forget_rate_limits

API = "/api/method/support_service.customer_portal."


@pytest.fixture(scope="module")
def world(site: str) -> SimpleNamespace:
	"""A customer with two people and a case of one of them, an engineer on it, and another customer with a case."""
	customer, stranger = factories.make_customer().name, factories.make_customer().name
	user, colleague = (factories.make_customer_user(customer).name for _person in range(2))
	engineer = factories.make_service_engineer()
	case = factories.make_service_request(customer=customer, contact_email=user)
	frappe.db.set_value(
		"Service Request",
		case.name,
		{"engineer": engineer.name, "engineer_user": engineer.user, "status": "Assigned"},
	)
	foreign = factories.make_service_request(customer=stranger)
	made = SimpleNamespace(
		customer=customer, user=user, colleague=colleague, case=case.name, engineer=engineer
	)
	made.foreign, made.stranger = foreign.name, stranger
	frappe.db.commit()
	return made


@pytest.fixture
def client(http_server: Server, world) -> Iterator[Callable[..., Any]]:  # noqa: F811
	forget_rate_limits()
	visitor = PortalClient(http_server.base_url, http_server.site).log_in(world.user)
	visitor.get("/service")
	yield visitor
	forget_rate_limits()


def wish(client: PortalClient, case: str, **values: Any) -> Any:
	headers = {"Accept": "application/json", "X-Frappe-CSRF-Token": client.csrf_token}
	values = {"request": case, "key": frappe.generate_hash(length=16), "day_1": "", **values}
	url = f"{client.base_url}{API}wishes_api.wish_times"
	return client.session.post(url, data=values, headers=headers, timeout=60)


class TestWishes:
	def test_times_stand_on_the_case_and_the_engineer_hears(self, world, client) -> None:
		first, second = str(add_days(getdate(), 3)), str(add_days(getdate(), 5))
		key = frappe.generate_hash(length=16)
		values = {
			"day_1": second,
			"from_1": "14:00",
			"to_1": "16:30",
			"day_2": first,
			"from_2": "09:00",
			"to_2": "12:00",
			"note": "Ring <b>twice</b>",
			"key": key,
		}
		for _twice in range(2):
			answer = wish(client, world.case, **values)
			assert answer.status_code == 200, answer.text
		frappe.db.rollback()
		wished = frappe.db.get_value("Service Request", world.case, "wished_times")
		assert wished.splitlines() == [
			f"{first} 09:00 – 12:00",
			f"{second} 14:00 – 16:30",
			"Ring <b>twice</b>",
		]
		told = frappe.get_all(
			"Communication", {"reference_name": world.case, "sent_or_received": "Received"}, pluck="content"
		)
		assert len(told) == 1 and "<b>twice" not in told[0]
		assert frappe.db.exists(
			"Notification Log", {"for_user": world.engineer.user, "document_name": world.case}
		)
		assert "We have your wish" in client.get(f"/service/{world.case}").text

	def test_a_note_brings_nothing_that_runs(self, world, client) -> None:
		case = factories.make_service_request(customer=world.customer, contact_email=world.user).name
		frappe.db.commit()
		day = str(add_days(getdate(), 3))
		answer = wish(client, case, day_1=day, note="<img src=x onerror=alert(1)> 3 < 4")
		assert answer.status_code == 200, answer.text
		frappe.db.rollback()
		assert "onerror" not in frappe.db.get_value("Service Request", case, "wished_times")

	@pytest.mark.parametrize(
		"values",
		[
			{},
			{"day_1": "2020-01-01"},
			{"day_1": "no day"},
			{"day_1": "2999-01-01"},
			{"day_1": "tomorrow", "from_1": "25:00"},
			{"from_1": "12:00", "to_1": "09:00"},
		],
	)
	def test_what_cannot_be_is_refused(self, world, client, values) -> None:
		if "from_1" in values:
			values = {"day_1": str(add_days(getdate(), 3)), **values}
		before = frappe.db.count("Communication", {"reference_name": world.case})
		assert wish(client, world.case, **values).status_code == 417
		frappe.db.rollback()
		assert frappe.db.count("Communication", {"reference_name": world.case}) == before

	def test_not_on_a_foreign_or_finished_case(self, world, client) -> None:
		day = str(add_days(getdate(), 3))
		assert wish(client, world.foreign, day_1=day).status_code == 404
		assert wish(client, "SR-1999-99999", day_1=day).status_code == 404
		done = factories.make_service_request(customer=world.customer, contact_email=world.user)
		frappe.db.set_value("Service Request", done.name, "status", "Closed")
		frappe.db.commit()
		assert wish(client, done.name, day_1=day).status_code == 417

	def test_by_the_readers_clock(self, world) -> None:
		"""Nine in the morning in Berlin stands on the case by the site's clock."""
		day = str(add_days(getdate(), 3))
		frappe.db.set_value("User", world.user, "time_zone", "Europe/Berlin")
		frappe.clear_document_cache("User", world.user)
		frappe.set_user(world.user)
		try:
			[(start, end)] = wishes.windows_of([(day, "09:00", "10:00"), ("", "", "")])
		finally:
			frappe.set_user("Administrator")
			frappe.db.set_value("User", world.user, "time_zone", None)
			frappe.clear_document_cache("User", world.user)
			frappe.db.commit()
		assert zones.on_wall(start, "Europe/Berlin").isoformat() == f"{day}T09:00:00"
		assert end - start == 3600


class TestInvoices:
	@pytest.fixture(scope="class")
	def invoices(self, world) -> SimpleNamespace:
		item = factories.make_item(is_stock_item=0).name
		made = SimpleNamespace(
			own=self.invoice(world.customer, item, world.case),
			foreign=self.invoice(world.stranger, item, world.foreign),
			goods=self.invoice(world.customer, item, None),
			draft=self.invoice(world.customer, item, world.case, submit=False),
		)
		frappe.db.commit()
		return made

	def invoice(self, customer: str, item: str, case: str | None, *, submit: bool = True) -> str:
		doc = frappe.get_doc(
			{
				"doctype": "Sales Invoice",
				"customer": customer,
				"company": factories.company(),
				"items": [{"item_code": item, "qty": 1, "rate": 120}],
			}
		).insert()
		if submit:
			doc.submit()
		# what our flows write on the invoices that they make
		frappe.db.set_value("Sales Invoice", doc.name, "service_request", case)
		return doc.name

	def test_own_submitted_ones_for_service_are_listed(self, world, client, invoices) -> None:
		page = client.get("/service/invoices").text
		assert invoices.own in page and world.case in page
		for name in (invoices.foreign, invoices.goods, invoices.draft):
			assert name not in page

	def test_and_downloaded(self, world, client, invoices) -> None:
		answer = client.session.get(
			f"{client.base_url}{API}papers_api.invoice", params={"name": invoices.own}, timeout=120
		)
		assert answer.status_code == 200 and answer.content.startswith(b"%PDF"), answer.text[:500]
		for name in (invoices.foreign, invoices.goods, invoices.draft, "ACC-SINV-1999-00001"):
			answer = client.session.get(
				f"{client.base_url}{API}papers_api.invoice", params={"name": name}, timeout=120
			)
			assert answer.status_code == 404, name

	def test_a_colleague_who_sees_own_requests_only(self, world, http_server, invoices) -> None:  # noqa: F811
		frappe.db.set_value("Customer", world.customer, "service_case_visibility", OWN_CASES)
		frappe.db.commit()
		try:
			colleague = PortalClient(http_server.base_url, http_server.site).log_in(world.colleague)
			assert invoices.own not in colleague.get("/service/invoices").text
			own = PortalClient(http_server.base_url, http_server.site).log_in(world.user)
			assert invoices.own in own.get("/service/invoices").text
		finally:
			frappe.db.set_value("Customer", world.customer, "service_case_visibility", None)
			frappe.db.commit()
