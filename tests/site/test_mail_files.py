"""What came in by mail is for the customer whose case it is and for our people, over real HTTP; and goes with the case."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from urllib.parse import quote

import frappe
import pytest

from tests import factories
from tests.http_server import Server, http_server  # noqa: F401  (a fixture)
from tests.portal_client import API, PortalClient
from tests.site.mail_world import CASE, letter, make_mailbox, one

SECRET = "drawing of the pump"
Client = Callable[[str | None], PortalClient]


@pytest.fixture(scope="module")
def sent(site: str) -> SimpleNamespace:
	"""A customer's mail with a file, the case it became, a user of that customer and one of another."""
	made = SimpleNamespace(customer=factories.make_customer().name, other=factories.make_customer().name)
	made.user = factories.make_customer_user(made.customer).name
	made.stranger = factories.make_customer_user(made.other).name
	mailbox = make_mailbox(enabled=0)
	mail = letter(made.user, mailbox.email_id)
	mail.add_attachment(f"{SECRET} {made.user}".encode(), maintype="text", subtype="plain", filename="a.txt")
	made.row = one(mailbox, mail)
	made.file = frappe.get_doc("File", {"attached_to_name": made.row.communication})
	frappe.db.commit()  # the server is another process
	return made


@pytest.fixture
def client(http_server: Server) -> Client:  # noqa: F811
	def visitor(user: str | None) -> PortalClient:
		client = PortalClient(http_server.base_url, http_server.site)
		return client.log_in(user) if user else client

	return visitor


def opens(client: PortalClient, sent: SimpleNamespace) -> list[str]:
	"""The addresses at which they get the file, of those at which somebody might try."""
	url = quote(sent.file.file_url)
	paths = (
		url,
		f"{url}?fid={sent.file.name}",
		f"/api/method/download_file?file_url={url}",
		f"/files/{url.rpartition('/')[2]}",
		on_the_portal(sent),
	)
	return [path for path in paths if SECRET in client.get(path).text]


def on_the_portal(sent: SimpleNamespace) -> str:
	"""Where the page of the case leads to."""
	return f"{API}attachment?request={sent.row.request}&file={sent.file.name}"


def sees(client: PortalClient, sent: SimpleNamespace) -> tuple[bool, bool]:
	"""Whether the case is in their list, and opens."""
	listed = sent.row.request in client.get("/service").text
	page = client.get(f"/service/{sent.row.request}")
	return listed, page.status_code == 200 and "The pump leaks" in page.text


def test_a_file_of_a_mail_opens_for_nobody_without_a_login(client, sent):
	assert sent.file.is_private
	assert opens(client(None), sent) == []
	assert opens(client(sent.stranger), sent) == []
	assert on_the_portal(sent) in opens(client(sent.user), sent)


def test_the_stored_message_opens_for_nobody_but_the_desk(client, sent):
	"""Not by an address either: no File names it."""
	path = f"/private/files/service_mail/{sent.row.raw_hash[:2]}/{sent.row.raw_hash}.eml"
	function = f"/api/method/support_service.service_intake.mail.api.raw?mail={sent.row.name}"
	agent = factories.make_user("Service Desk Agent")
	frappe.db.commit()
	for user in (None, sent.user, sent.stranger, agent.name):
		visitor = client(user)
		assert SECRET not in visitor.get(path).text
		assert (visitor.get(function).status_code == 200) == (user == agent.name), user


def test_a_case_that_moves_to_another_customer_is_gone_for_the_old_one(client, sent):
	assert sees(client(sent.user), sent) == (True, True)
	assert sees(client(sent.stranger), sent) == (False, False)
	case = frappe.get_doc(CASE, sent.row.request)
	case.update({"customer": sent.other, "contact": None, "contact_email": sent.stranger})
	case.save()
	frappe.db.commit()
	assert sees(client(sent.user), sent) == (False, False)
	assert opens(client(sent.user), sent) == []
	assert sees(client(sent.stranger), sent) == (True, True)
