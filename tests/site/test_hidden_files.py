"""What the page of a case does not show a customer is refused at every address of the file."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import frappe
import pytest

from support_service.customer_portal import desk_api, shown_to_customer
from support_service.permissions import shown_files
from tests import factories
from tests.http_server import Server, http_server  # noqa: F401  (a fixture)
from tests.portal_client import PortalClient

CASE = "Service Request"
METHOD = "/api/method/"


def keep(doctype: str, name: str, *, by: str = "Administrator", private: int = 1, **more: Any) -> Any:
	"""A private file on a document, uploaded by `by`."""
	frappe.set_user(by)
	try:
		file = frappe.get_doc(
			{
				"doctype": "File",
				"file_name": f"{frappe.generate_hash(length=10)}.txt",
				"attached_to_doctype": doctype,
				"attached_to_name": name,
				"is_private": private,
				"content": frappe.generate_hash(length=40),
				**more,
			}
		).insert(ignore_permissions=True)
	finally:
		frappe.set_user("Administrator")
	return file


def again(file: Any, doctype: str, name: str, *, by: str = "Administrator") -> Any:
	"""The same path on another document, as Frappe makes it for a mail's attachments."""
	return keep(doctype, name, by=by, content=None, file_url=file.file_url, file_name=file.file_name)


def message(case: str, **values: Any) -> Any:
	return factories.insert(
		"Communication",
		{
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": "Sent",
			"subject": "Your request",
			"content": "See attached",
			"reference_doctype": CASE,
			"reference_name": case,
		},
		values,
	)


@pytest.fixture(scope="module")
def people(site: str) -> SimpleNamespace:
	customer = factories.make_customer().name
	made = SimpleNamespace(customer=customer, engineer=factories.make_service_engineer())
	made.user, made.colleague = (factories.make_customer_user(customer).name for _ in range(2))
	made.stranger = factories.make_customer_user(factories.make_customer().name).name
	frappe.db.commit()
	return made


@pytest.fixture
def files(people: SimpleNamespace) -> SimpleNamespace:
	"""A case with one file of each kind."""
	user = people.user
	case = factories.make_service_request(customer=people.customer, team=people.engineer.team).name
	staff = people.engineer.user
	found = SimpleNamespace(case=case, **vars(people))
	found.internal = keep(CASE, case, by=staff)
	found.own = keep(CASE, case, by=user)
	found.of_colleague = keep(CASE, case, by=people.colleague)
	sent = message(case, sender=staff, recipients=user)
	found.sent = keep(CASE, case, by=staff)
	again(found.sent, "Communication", sent.name, by=staff)
	inside = message(case, sender=staff, recipients="parts@vendor.example")
	found.to_supplier = keep(CASE, case, by=staff)
	again(found.to_supplier, "Communication", inside.name, by=staff)
	visit = factories.make_engineer_visit(service_request=case, engineer=people.engineer.name)
	found.of_visit = keep("Engineer Visit", visit.name, by=staff)
	frappe.db.commit()
	return found


SHOWN = ("own", "of_colleague", "sent")
HIDDEN = ("internal", "to_supplier", "of_visit")


@pytest.fixture
def client(http_server: Server):  # noqa: F811
	def log_in(user: str) -> PortalClient:
		return PortalClient(http_server.base_url, http_server.site).log_in(user)

	return log_in


def addresses(file: Any) -> list[str]:
	"""Every address at which Frappe hands out a file, or what it knows of it."""
	url, name = quote(file.file_url), file.name
	return [
		url,
		f"{url}?fid={name}",
		f"{METHOD}download_file?file_url={url}",
		f"{METHOD}frappe.handler.download_file?file_url={url}",
		f"{METHOD}frappe.core.doctype.file.file.download_file?file_url={url}",
		f"{METHOD}frappe.utils.file_manager.download_file?file_url={url}",
		f"/api/v2/method/download_file?file_url={url}",
	]


def opens(client: PortalClient, file: Any) -> dict[str, bool]:
	content = file.get_content()
	content = content if isinstance(content, bytes) else content.encode()
	return {path: content in client.get(path).content for path in addresses(file)}


def test_what_is_hidden_opens_nowhere_and_what_is_shown_opens(client, files):
	visitor = client(files.user)
	for kind in SHOWN:
		assert opens(visitor, getattr(files, kind))[quote(getattr(files, kind).file_url)], kind
	for kind in HIDDEN:
		found = opens(visitor, getattr(files, kind))
		assert not any(found.values()), (kind, found)


def test_staff_open_both_and_strangers_none(client, files):
	staff, stranger = client(files.engineer.user), client(files.stranger)
	for kind in (*SHOWN, *HIDDEN):
		file = getattr(files, kind)
		assert opens(staff, file)[quote(file.file_url)], kind
		assert not any(opens(stranger, file).values()), kind


@pytest.mark.parametrize("kind", HIDDEN)
def test_the_record_of_a_hidden_file_is_refused(client, files, kind):
	visitor, file = client(files.user), getattr(files, kind)
	for path in (f"/api/resource/File/{file.name}", f"/api/v2/document/File/{file.name}"):
		answer = visitor.get(path)
		assert answer.status_code == 403 and file.file_url not in answer.text, path
	frappe.set_user(files.user)
	assert not frappe.get_doc("File", file.name).has_permission("read")
	frappe.set_user(files.engineer.user)
	assert frappe.get_doc("File", file.name).has_permission("read")


@pytest.mark.parametrize("kind", HIDDEN)
def test_nobody_makes_it_their_own(client, files, kind):
	"""A File record of one's own that names the path opened it."""
	visitor, file = client(files.user), getattr(files, kind)
	visitor.get("/service")
	answer = visitor.session.post(
		f"{visitor.base_url}{METHOD}upload_file",
		data={"file_url": file.file_url, "is_private": 1},
		headers={"X-Frappe-CSRF-Token": visitor.csrf_token},
		timeout=60,
	)
	assert answer.status_code == 403
	frappe.set_user(files.user)
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc({"doctype": "File", "file_url": file.file_url, "is_private": 1}).insert()
	frappe.set_user("Administrator")
	frappe.db.rollback()
	assert not any(opens(visitor, file).values())


# (what the customer names theirs, what staff names the hidden one): MariaDB takes both for one path, the disk does not
SPELLINGS = [("Quote{}.txt", "quote{}.txt"), ("devis-e{}.txt", "devis-é{}.txt"), ("ss{}.txt", "ß{}.txt")]


@pytest.mark.parametrize(("theirs", "ours"), SPELLINGS, ids=["case", "accent", "letter"])
def test_a_path_that_differs_by_its_spelling_is_another_path(client, files, theirs, ours):
	mark = frappe.generate_hash(length=8)
	own = keep(CASE, files.case, by=files.user, file_name=theirs.format(mark))
	hidden = keep(CASE, files.case, by=files.engineer.user, file_name=ours.format(mark))
	frappe.db.commit()
	assert frappe.db.count("File", {"file_url": own.file_url}) == 2, "MariaDB finds both"
	visitor = client(files.user)
	content = hidden.get_content().encode()
	for file in (own, hidden):
		# either address, with the record of either
		for path in (*addresses(file), f"{quote(hidden.file_url)}?fid={own.name}"):
			assert content not in visitor.get(path).content, path
	assert opens(visitor, own)[quote(own.file_url)]
	frappe.set_user(files.user)
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc({"doctype": "File", "file_url": hidden.file_url, "is_private": 1}).insert()


def test_staff_gain_nothing_by_a_spelling_either(client, files):
	"""A file on a document they may not read, and one of their own whose name differs by a letter's case."""
	mark = frappe.generate_hash(length=8)
	foreign = keep("User", "Administrator", file_name=f"salary{mark}.txt")
	reader = files.engineer.user
	keep("User", reader, by=reader, file_name=f"Salary{mark}.txt")
	frappe.db.commit()
	found = opens(client(reader), foreign)
	assert not any(found.values()), found


def test_every_record_of_a_path_has_its_own_verdict(files):
	"""Sent with a message, a file is shown wherever else it hangs; hidden in one place it stays hidden in the other."""
	both = frappe.get_all("File", {"file_url": files.sent.file_url}, ["*"])
	assert len(both) == 2 and all(shown_files.verdict(file, files.user) for file in both)
	one = frappe.get_all("File", {"file_url": files.to_supplier.file_url}, ["*"])
	assert {shown_files.verdict(file, files.user) for file in one} == {False, None}
	assert not shown_files.may_open(files.to_supplier.file_url, files.user)
	again(files.to_supplier, "Engineer Visit", files.of_visit.attached_to_name)
	assert not shown_files.may_open(files.to_supplier.file_url, files.user)


def test_a_picture_in_the_result_is_shown_once_the_result_is(files):
	case, url = files.case, files.internal.file_url
	frappe.db.set_value(CASE, case, "solution", f'<p>So: <img src="{url}?fid={files.internal.name}"></p>')
	assert not shown_files.may_open(url, files.user)
	frappe.db.set_value(CASE, case, "status", "Resolved")
	assert shown_files.may_open(url, files.user)


def test_a_customer_who_names_the_path_gains_nothing(files):
	url = files.internal.file_url
	frappe.db.set_value(CASE, files.case, {"description": f'<img src="{url}">', "owner": files.user})
	message(files.case, sender=files.user, sent_or_received="Received", content=f'<img src="{url}">')
	message(files.case, sender=files.engineer.user, recipients=files.user, content=f'> <img src="{url}">')
	assert not shown_files.may_open(url, files.user)


@pytest.mark.parametrize(
	"came_in",
	[
		{"owner": "Administrator"},  # a job opened it
		{"source_doctype": "Issue", "source_name": "ISS-1"},
		{"intake_key": "E-mail:1@customer.example"},
	],
	ids=["job", "issue", "channel"],
)
def test_a_text_that_came_in_shows_nothing_whoever_the_case_belongs_to(files, came_in):
	"""A mail becomes a case of our own user, who may have pressed the button, and may later attach what the mail names."""
	staff = files.engineer.user
	owner = came_in.get("owner", staff)
	offer = keep(CASE, files.case, by=owner)
	text = f'<img src="{offer.file_url}">'
	frappe.db.set_value(CASE, files.case, {"description": text, "owner": owner, **came_in})
	assert not shown_files.may_open(offer.file_url, files.user)


def test_a_picture_in_a_description_is_shown_as_far_as_its_author_uploaded_it(files):
	staff, lead = files.engineer.user, frappe.db.get_value("Service Team", files.engineer.team, "lead")
	own, other = keep(CASE, files.case, by=staff), keep(CASE, files.case, by=lead)
	text = f'<img src="{own.file_url}"><img src="{other.file_url}">'
	frappe.db.set_value(CASE, files.case, {"description": text, "owner": staff, "channel": "Walk-in"})
	assert shown_files.may_open(own.file_url, files.user)
	assert not shown_files.may_open(other.file_url, files.user)


def test_the_desk_says_who_sees_what(files):
	frappe.set_user(files.engineer.user)
	found = {row["name"]: row["shown"] for row in desk_api.files_of_case(files.case)}
	assert {kind: found[getattr(files, kind).name] for kind in (*SHOWN, "internal", "to_supplier")} == {
		**dict.fromkeys(SHOWN, True),
		"internal": False,
		"to_supplier": False,
	}
	frappe.set_user("Administrator")
	case = frappe.get_doc(CASE, files.case)
	assert {name for name, shown in found.items() if shown} == shown_to_customer.names_of(case) & set(found)


def test_the_page_lists_what_it_shows(client, files):
	page = client(files.user).get(f"/service/{files.case}").text
	for kind in SHOWN:
		assert getattr(files, kind).file_name in page, kind
	for kind in HIDDEN:
		assert getattr(files, kind).file_name not in page, kind
