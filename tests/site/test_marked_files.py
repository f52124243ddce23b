"""Files that staff mark for the customer: on their page, at every address, for nobody else, and no longer than it is theirs."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import frappe
import pytest

from support_service.customer_portal import marked_files, shown_to_customer
from tests import factories
from tests.http_server import Server, api_token, http_server  # noqa: F401  (a fixture)
from tests.portal_client import PortalClient, forget_rate_limits
from tests.site.test_hidden_files import keep

API = "/api/method/support_service.customer_portal."


@pytest.fixture(scope="module")
def world(site: str) -> SimpleNamespace:
	"""A customer with a request, a device and a contract, each with a file by staff, and another customer."""
	customer, stranger = factories.make_customer().name, factories.make_customer().name
	made = SimpleNamespace(customer=customer, stranger_customer=stranger)
	made.user = factories.make_customer_user(customer).name
	made.stranger = factories.make_customer_user(stranger).name
	made.manager = factories.make_user("Service Manager").name
	unit = factories.make_installed_unit(customer=customer)
	contract = factories.make_service_contract(customer=customer)
	made.engineer = factories.make_service_engineer()
	case = factories.make_service_request(customer=customer, team=made.engineer.team)
	made.holders = {"Service Request": case, "Installed Unit": unit, "Service Contract": contract}
	frappe.db.commit()
	return made


@pytest.fixture
def client(http_server: Server) -> Iterator[Callable[[str | None], PortalClient]]:  # noqa: F811
	forget_rate_limits()

	def visit(user: str | None) -> PortalClient:
		client = PortalClient(http_server.base_url, http_server.site)
		return client.log_in(user) if user else client

	yield visit


def page_of(doctype: str, name: str) -> str:
	return {
		"Service Request": f"/service/{name}",
		"Installed Unit": f"/service/units/{name}",
		"Service Contract": "/service/contracts",
	}[doctype]


def addresses(file: Any) -> list[str]:
	case = file.attached_to_doctype == "Service Request"
	download = (
		f"{API}api.attachment?request={file.attached_to_name}&file="
		if case
		else f"{API}papers_api.document?file="
	)
	return [download + file.name, quote(file.file_url), f"{quote(file.file_url)}?fid={file.name}"]


def as_user(user: str, call: Callable[[], Any]) -> Any:
	frappe.set_user(user)
	try:
		return call()
	finally:
		frappe.set_user("Administrator")


@pytest.mark.parametrize("doctype", marked_files.DOCTYPES)
def test_shown_where_it_is_marked_and_only_there(world, client, doctype) -> None:
	holder = world.holders[doctype]
	file = keep(doctype, holder.name, file_name=f"{frappe.generate_hash(length=8)} & co.txt")
	frappe.db.commit()
	customer, stranger, guest = client(world.user), client(world.stranger), client(None)
	page = page_of(doctype, holder.name)

	def opens(visitor: PortalClient) -> list[bool]:
		answers = [visitor.get(address) for address in addresses(file)]
		assert all(
			(answer.status_code == 200) == (answer.content == file.get_content().encode())
			for answer in answers
		)
		return [answer.status_code == 200 for answer in answers]

	assert file.name not in customer.get(page).text and opens(customer) == [False] * 3
	as_user(world.manager, lambda: marked_files.mark(file.name, shown=True))
	frappe.db.commit()
	shown = customer.get(page).text
	assert file.name in shown and "&amp; co.txt" in shown
	assert opens(customer) == [True] * 3
	assert client(world.user).get(addresses(file)[0]).headers["Content-Disposition"].startswith("attachment")
	assert opens(stranger) == [False] * 3 and opens(guest) == [False] * 3
	assert frappe.db.exists("Comment", {"reference_name": holder.name, "comment_type": "Info"})
	[row] = [row for row in shown_to_customer.files_of(holder) if row["name"] == file.name]
	assert row["shown"] and row["marked"]
	as_user(world.manager, lambda: marked_files.mark(file.name, shown=False))
	frappe.db.commit()
	assert file.name not in customer.get(page).text and opens(customer) == [False] * 3


def test_the_next_owner_of_a_device_does_not_see_what_was_for_the_former(world, client) -> None:
	unit = factories.make_installed_unit(customer=world.customer)
	file = keep("Installed Unit", unit.name)
	marked_files.mark(file.name, shown=True)
	frappe.db.set_value("Installed Unit", unit.name, "customer", world.stranger_customer)
	frappe.db.commit()
	for user in (world.user, world.stranger):
		visitor = client(user)
		assert file.name not in visitor.get(f"/service/units/{unit.name}").text
		assert {visitor.get(address).status_code for address in addresses(file)} <= {403, 404}
	# marked again, it is the new owner's
	marked_files.mark(file.name, shown=True)
	frappe.db.commit()
	assert file.name in client(world.stranger).get(f"/service/units/{unit.name}").text


def test_a_mark_follows_a_renamed_customer(world) -> None:
	customer = factories.make_customer().name
	unit = factories.make_installed_unit(customer=customer)
	file = keep("Installed Unit", unit.name)
	marked_files.mark(file.name, shown=True)
	renamed = frappe.rename_doc("Customer", customer, f"{customer} anew")
	assert frappe.db.get_value("File", file.name, marked_files.MARK) == renamed
	assert marked_files.of("Installed Unit", [unit.name], [renamed])


def test_only_who_may_change_the_record_marks(world) -> None:
	unit, case = world.holders["Installed Unit"], world.holders["Service Request"]
	files = [keep(holder.doctype, holder.name) for holder in (unit, case)]
	other = factories.make_service_engineer()
	nobody = factories.make_user("Employee").name
	for user, wrong in ((nobody, files), (other.user, files[1:]), (world.user, files)):
		for file in wrong:
			with pytest.raises(frappe.PermissionError):
				as_user(user, lambda file=file: marked_files.mark(file.name, shown=True))
	loose = frappe.get_doc(
		{"doctype": "File", "file_name": "loose.txt", "content": "x", "is_private": 1}
	).insert()
	with pytest.raises(marked_files.NotMarkableError):
		marked_files.mark(loose.name, shown=True)


def test_nobody_writes_the_mark_past_the_function(world, http_server) -> None:  # noqa: F811
	unit = world.holders["Installed Unit"]
	file = keep("Installed Unit", unit.name)
	manager = factories.make_user("Service Manager", "System Manager").name
	token = api_token(manager)
	frappe.db.commit()
	session = http_server.client(token).session
	answer = session.put(
		f"{http_server.base_url}/api/resource/File/{file.name}",
		json={marked_files.MARK: world.customer},
		timeout=60,
	)
	frappe.db.rollback()
	assert not frappe.db.get_value("File", file.name, marked_files.MARK), answer.text


def test_files_of_users_with_a_user_permission_stay_in_their_lists(world) -> None:
	"""A link to a Customer on File would hide every file from whoever has a User Permission on a Customer."""
	agent = factories.make_user("Service Desk Agent").name
	factories.insert("User Permission", {"user": agent, "allow": "Customer", "for_value": world.customer}, {})
	mine = as_user(
		agent,
		lambda: frappe.get_doc(
			{"doctype": "File", "file_name": "mine.txt", "content": "x", "is_private": 1}
		).insert(),
	)
	marked_files.set_mark(mine.name, world.stranger_customer)
	assert as_user(agent, lambda: frappe.get_list("File", {"name": mine.name}, pluck="name")) == [mine.name]
