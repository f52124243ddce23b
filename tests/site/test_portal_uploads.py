"""Files that a customer uploads: what could run in a browser is refused, nothing leaves its place, nobody else gets them."""

import io
import zipfile
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from PIL import Image

from tests import factories
from tests.http_server import Server, http_server  # noqa: F401  (a fixture)
from tests.portal_client import PortalClient, forget_rate_limits

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<html><script>alert(1)</script></html>"


@pytest.fixture(scope="module")
def world(site: str) -> SimpleNamespace:
	"""Two customers with a login and a case each."""
	made = SimpleNamespace()
	for side in ("own", "other"):
		customer = factories.make_customer().name
		user = factories.make_customer_user(customer).name
		case = factories.make_service_request(customer=customer, contact_email=user)
		setattr(made, side, SimpleNamespace(customer=customer, user=user, case=case.name))
	frappe.db.commit()
	return made


@pytest.fixture
def client(http_server: Server, world) -> Iterator[PortalClient]:  # noqa: F811
	forget_rate_limits()
	visitor = PortalClient(http_server.base_url, http_server.site).log_in(world.own.user)
	visitor.get("/service")
	yield visitor
	forget_rate_limits()


def send(client: PortalClient, case: str, name: str, content: bytes, kind: str = "image/png") -> Any:
	return client.call(
		"send_message", files=[("files", (name, content, kind))], request=case, text="see the file"
	)


@pytest.mark.parametrize(
	("name", "content"),
	[
		("x.svg", SVG),
		("x.html", HTML),
		("x.htm", HTML),
		("x.xhtml", HTML),
		("photo.png.svg", SVG),
		("invoice.pdf.html", HTML),
		("x.SVG", SVG),
		("x.js", b"alert(1)"),
		("x.zip", b"PK"),
		("x", HTML),
		(".htaccess", b"Options +Indexes"),
		("x.png\x00.html", HTML),
		# the kind that the browser claims does not count
		("x.php", b"<?php"),
	],
)
def test_what_may_run_is_refused_and_nothing_is_stored(world, client, name, content) -> None:
	before = frappe.db.count("File"), frappe.db.count("Communication", {"reference_name": world.own.case})
	assert send(client, world.own.case, name, content).status_code == 417
	frappe.db.rollback()
	assert before == (
		frappe.db.count("File"),
		frappe.db.count("Communication", {"reference_name": world.own.case}),
	)


@pytest.mark.parametrize("name", ["x.html.png", "photo.svg.jpg", "x.gif"])
@pytest.mark.parametrize(
	"content", [HTML, b"", b"\x89PNG\r\n\x1a\n" + HTML], ids=["html", "empty", "beginning"]
)
def test_a_picture_that_is_none_is_refused(world, client, name, content) -> None:
	before = frappe.db.count("File")
	assert send(client, world.own.case, name, content).status_code == 417
	frappe.db.rollback()
	assert frappe.db.count("File") == before


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_a_picture_is_taken_and_only_ever_a_download(world, client, kind) -> None:
	"""Also one that is a page of HTML to a browser that guesses."""
	made = io.BytesIO()
	Image.new("RGB", (20, 10), "blue").save(made, kind)
	content = made.getvalue() + HTML
	assert send(client, world.own.case, f"photo.html.{kind.lower()}", content).status_code == 200
	frappe.db.rollback()
	file = frappe.get_last_doc("File", {"owner": world.own.user})
	assert file.is_private
	answer = client.download("attachment", request=world.own.case, file=file.name)
	assert answer.status_code == 200
	assert answer.headers["Content-Disposition"].startswith("attachment")
	at_its_address = client.get(file.file_url)
	assert (
		"html" not in at_its_address.headers["Content-Type"]
		and "svg" not in at_its_address.headers["Content-Type"]
	)


@pytest.mark.parametrize("name", ["../../../etc/passwd.txt", "..\\..\\x.txt", "/etc/x.txt", "%2e%2e%2fx.txt"])
def test_a_name_leads_nowhere_else(world, client, name) -> None:
	assert send(client, world.own.case, name, b"words").status_code == 200
	frappe.db.rollback()
	file = frappe.get_last_doc("File", {"owner": world.own.user})
	folder = frappe.get_site_path("private", "files")
	assert frappe.utils.get_site_path() and file.file_url.startswith("/private/files/")
	assert ".." not in file.file_url.removeprefix("/private/files/").split("/")
	assert file.get_full_path().startswith(folder) or folder in file.get_full_path()
	assert "/" not in file.file_url.removeprefix("/private/files/")


@pytest.mark.parametrize(
	("name", "kept"),
	[
		("<img src=x onerror=alert(1)>.txt", "_img src=x onerror=alert(1)_.txt"),
		("a\"b'c&d.txt", "a_b_c_d.txt"),
		("验收报告 (1).pdf", "验收报告 (1).pdf"),
	],
)
def test_a_name_is_no_markup_and_can_be_downloaded(world, client, name, kept) -> None:
	assert send(client, world.own.case, name, b"words", "text/plain").status_code == 200
	frappe.db.rollback()
	file = frappe.get_last_doc("File", {"owner": world.own.user})
	assert file.file_name == kept
	answer = client.download("attachment", request=world.own.case, file=file.name)
	assert (answer.status_code, answer.content) == (200, b"words")


def test_a_packed_file_is_not_unpacked(world, client) -> None:
	"""An Office document is a zip; 200 MB of zeros in it stay the few kilobytes that came."""
	packed = io.BytesIO()
	with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
		archive.writestr("word/document.xml", bytes(200 * 1024 * 1024))
	kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	assert send(client, world.own.case, "bomb.docx", packed.getvalue(), kind).status_code == 200
	frappe.db.rollback()
	file = frappe.get_last_doc("File", {"owner": world.own.user})
	assert file.file_size == len(packed.getvalue())


def test_nobody_else_gets_it(world, client, http_server) -> None:  # noqa: F811
	secret = frappe.generate_hash().encode()
	assert send(client, world.own.case, "secret.txt", secret, "text/plain").status_code == 200
	frappe.db.rollback()
	file = frappe.get_last_doc("File", {"owner": world.own.user})
	other = PortalClient(http_server.base_url, http_server.site).log_in(world.other.user)
	other.get("/service")
	guest = PortalClient(http_server.base_url, http_server.site)
	for visitor in (other, guest):
		for answer in (
			visitor.get(file.file_url),
			visitor.get(f"{file.file_url}?fid={file.name}"),
			visitor.download("attachment", request=world.own.case, file=file.name),
			visitor.download("attachment", request=world.other.case, file=file.name),
		):
			assert answer.status_code in (403, 404) and secret not in answer.content
	# nor by a message of their own that names its path
	answer = other.session.post(
		f"{other.base_url}/api/method/upload_file",
		data={"file_url": file.file_url, "is_private": 1},
		headers={"X-Frappe-CSRF-Token": other.csrf_token, "Accept": "application/json"},
		timeout=60,
	)
	assert answer.status_code == 403
