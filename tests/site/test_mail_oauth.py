"""Mailboxes that take no password: a token of Frappe's Connected App, on a real IMAP and POP3 server that asks another server
whose the token is, as Microsoft 365 and Google do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlparse

import frappe
import pytest

from support_service.service_intake.mail import pull, servers
from support_service.support_service.doctype.service_mailbox.service_mailbox import (
	ForeignLoginError,
	PasswordNeededError,
)
from tests.answering_server import Answering, Asked, Said, answering
from tests.dovecot import Dovecot
from tests.factories import insert, make_user, unique
from tests.site.mail_world import letter, make_mailbox, rows_of

# as long as those of Microsoft; longer than a line of POP3 may be
OLD, NEW = "old-" + "x" * 2000, "new-" + "y" * 2000
OWNER = "Administrator"


class Provider(Answering):
	"""Gives tokens and says whose they are. knows: token → login."""

	def __init__(self, address: str) -> None:
		super().__init__(address)
		self.knows: dict[str, str] = {}
		self.refreshes = True

	def take(self, asked: Asked) -> Said:
		self.asked.append(asked)
		where = urlparse(asked.path)
		if where.path == "/tokeninfo":
			login = self.knows.get(parse_qs(where.query)["access_token"][0])
			said = {"email": login, "active": True} if login else {"error": "invalid_token"}
			return Said(json.dumps(said), 200 if login else 400, {"Content-Type": "application/json"})
		if not self.refreshes:
			return Said('{"error": "invalid_grant"}', 400, {"Content-Type": "application/json"})
		token = {"access_token": NEW, "refresh_token": "again", "token_type": "Bearer", "expires_in": 3600}
		return Said(json.dumps(token), 200, {"Content-Type": "application/json"})


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
	with answering(Provider) as server:
		yield server


@pytest.fixture(scope="module")
def dovecot(provider) -> Iterator[Dovecot]:
	with Dovecot(tokens=provider.address) as server:
		yield server


@pytest.fixture
def world(dovecot, provider) -> Iterator[SimpleNamespace]:
	"""A Connected App that Administrator has connected, and a way to make mailboxes that use it. Committed, as pulls commit."""
	provider.knows, provider.refreshes, provider.asked = {}, True, []
	app = insert(
		"Connected App",
		{
			"provider_name": unique("Provider"),
			"client_id": "client",
			"client_secret": "secret",
			"token_uri": f"http://{provider.address}/token",
			"authorization_uri": f"http://{provider.address}/authorize",
		},
		{},
	)
	kept = frappe.get_doc({"doctype": "Token Cache", "user": OWNER, "connected_app": app.name})
	kept.update({"access_token": OLD, "refresh_token": "again", "token_type": "Bearer", "expires_in": 3600})
	kept.insert()

	def mailbox(**values: Any) -> Any:
		oauth = {"auth_method": "OAuth", "connected_app": app.name, "connected_user": OWNER, "password": None}
		box = make_mailbox(dovecot, **{**oauth, **values})
		provider.knows[OLD] = box.user_name
		dovecot.deliver(box.user_name, letter("li@customer.example", box.email_id).as_bytes())
		frappe.db.commit()  # the pull commits
		boxes.append(box.name)
		return box

	boxes: list[str] = []
	yield SimpleNamespace(app=app, kept=kept, mailbox=mailbox)
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.db.set_value("Service Mailbox", {"name": ("in", boxes or [""])}, "enabled", 0)
	frappe.db.commit()


@pytest.mark.parametrize("protocol", ["IMAP", "POP3"])
def test_logged_in_with_the_token(world, protocol):
	box = world.mailbox(protocol=protocol)
	assert pull.pull(box.name) == 1
	assert not box.reload().last_error and len(rows_of(box.name)) == 1


def test_a_shared_mailbox_is_the_login_and_the_token_is_a_persons(world, provider):
	"""As with Microsoft 365: one user may open the mailbox of a department."""
	box = world.mailbox(login="service-department@ours.example")
	assert pull.pull(box.name) == 1
	assert provider.knows == {OLD: "service-department@ours.example"}


@pytest.mark.parametrize("protocol", ["IMAP", "POP3"])
def test_a_token_that_has_expired_is_renewed(world, provider, protocol):
	box = world.mailbox(protocol=protocol)
	provider.knows = {NEW: box.user_name}
	frappe.db.set_value("Token Cache", world.kept.name, "expires_in", -10)
	frappe.db.commit()
	assert pull.pull(box.name) == 1, box.reload().last_error
	assert world.kept.reload().get_password("access_token") == NEW
	(asked,) = (one for one in provider.asked if one.path == "/token")
	assert parse_qs(asked.body)["grant_type"] == ["refresh_token"]


@pytest.mark.parametrize("protocol", ["IMAP", "POP3"])
def test_a_token_that_is_refused_is_said(world, provider, protocol):
	box = world.mailbox(protocol=protocol)
	provider.knows = {}
	assert pull.pull(box.name) == 0
	assert box.reload().failures == 1 and "AUTH" in box.last_error.upper(), box.last_error
	provider.knows = {OLD: box.user_name}
	assert pull.pull(box.name) == 1 and box.reload().failures == 0


def test_who_has_not_connected_is_told_what_to_do(world, provider):
	box = world.mailbox()
	provider.refreshes = False
	frappe.db.set_value("Token Cache", world.kept.name, "expires_in", -10)
	frappe.db.commit()
	assert pull.pull(box.name) == 0
	assert f"Open the Connected App {world.app.name}" in box.reload().last_error
	frappe.delete_doc("Token Cache", world.kept.name)
	with pytest.raises(servers.MailServerError):
		servers.access_token(box)


class TestWhoseLogin:
	"""Whoever sets up a mailbox says to which server a login goes; so it must be their own, or they must enter it."""

	def test_a_manager_uses_their_own_connection_only(self, world):
		box = world.mailbox()
		manager = make_user("Service Manager").name
		frappe.set_user(manager)
		box = frappe.get_doc("Service Mailbox", box.name)
		box.server = "thief.example"
		with pytest.raises(ForeignLoginError):
			box.save()
		box.reload().hourly_limit = 3
		box.save()
		box.connected_user = manager
		box.save()

	def test_a_password_is_entered_again_for_another_server(self):
		box = make_mailbox()
		box.reload().server = "thief.example"
		with pytest.raises(PasswordNeededError):
			box.save()
		box.reload().update({"server": "other.example", "password": "entered again"})
		box.save()
		assert box.get_password("password") == "entered again"
