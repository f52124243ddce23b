"""The code on a device: a page without a login about this one unit, a report by a guest, proof by a code, and limits that hold."""

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import frappe
import pytest
import requests
from frappe.utils import add_days, getdate
from PIL import Image

from support_service.customer_portal import pictures, unit_label
from support_service.foundation import rate_limits
from support_service.installed_base import labels
from support_service.service_intake import proof_codes
from tests import factories
from tests.http_server import Server, api_token, http_server  # noqa: F401  (a fixture)
from tests.portal_client import PortalClient, forget_rate_limits

API = "/api/method/support_service.customer_portal.label_api."
WRONG = "a" * labels.LENGTH


@pytest.fixture(scope="module")
def world(site: str) -> SimpleNamespace:
	"""A unit at a customer with a login and a contact, and a unit of somebody else."""
	factories.make_service_channel("QR Code")
	customer = factories.make_customer(customer_name=factories.unique("Guarded Customer")).name
	user = factories.make_customer_user(customer).name
	address = f"known-{frappe.generate_hash(length=8)}@example.com"
	contact = factories.make_contact(customer, address, first_name="Wang Fang")
	contact.append("phone_nos", {"phone": "+86 10 6543 2109", "is_primary_phone": 1})
	contact.save()
	unit = factories.make_installed_unit(customer=customer, serial_label="SN-4711-0815")
	other_customer = factories.make_customer().name
	other = factories.make_installed_unit(customer=other_customer)
	stranger = factories.make_customer_user(other_customer).name
	made = SimpleNamespace(
		customer=customer, user=user, address=address, contact=contact, unit=unit, other=other
	)
	made.stranger, made.token, made.other_token = stranger, token_of(unit.name), token_of(other.name)
	frappe.db.commit()
	return made


def token_of(unit: str) -> str:
	return labels.url_of(unit).rpartition("/")[2]


@pytest.fixture
def guest(http_server: Server) -> Iterator[Callable[..., requests.Response]]:  # noqa: F811
	"""Calls a function of the page without a login; counts from zero."""
	forget_rate_limits()

	def call(
		function: str, forwarded: str | None = None, files: Any = None, **values: Any
	) -> requests.Response:
		headers = {"X-Frappe-Site-Name": http_server.site, "Accept": "application/json"}
		if forwarded:
			headers["X-Forwarded-For"] = forwarded
		return requests.post(
			http_server.base_url + API + function, data=values, files=files, headers=headers, timeout=60
		)

	yield call
	forget_rate_limits()


@pytest.fixture
def page(http_server: Server) -> Iterator[Callable[[str], requests.Response]]:  # noqa: F811
	forget_rate_limits()
	yield lambda token, user=None: (
		PortalClient(http_server.base_url, http_server.site).log_in(user)
		if user
		else PortalClient(http_server.base_url, http_server.site)
	).get(f"/u/{token}")
	forget_rate_limits()


def case(number: str) -> Any:
	frappe.db.rollback()
	return frappe.get_doc("Service Request", number)


def report(guest: Any, token: str, **values: Any) -> requests.Response:
	values = {
		"key": frappe.generate_hash(length=16),
		"subject": "No light",
		"person_name": "Somebody",
		**values,
	}
	return guest("report", token=token, **values)


class TestPage:
	def test_it_says_what_the_device_is_and_nothing_of_whose(self, world, page) -> None:
		contact_case = factories.make_service_request(
			customer=world.customer, installed_unit=world.unit.name, subject="Secret matter"
		)
		frappe.db.commit()
		answer = page(world.token)
		assert answer.status_code == 200, answer.text[:500]
		assert "…0815" in answer.text and "No cover known to us" in answer.text
		told_nothing = (
			"SN-4711-0815",
			world.customer,
			world.unit.customer_name,
			"Wang Fang",
			world.address,
			contact_case.name,
			"Secret matter",
			world.unit.name,
		)
		for hidden in told_nothing:
			assert hidden not in answer.text, hidden
		assert answer.headers["Cache-Control"] == "no-store"
		assert answer.headers["Referrer-Policy"] == "no-referrer"
		assert "noindex" in answer.headers["X-Robots-Tag"]

	@pytest.mark.parametrize("token", [WRONG, "IU-000001", "%", "' or 1=1 -- ", "a" * 500])
	def test_a_wrong_code_leads_nowhere(self, world, page, token) -> None:
		assert page(token).status_code == 404

	def test_the_number_of_the_unit_is_no_code(self, world, page) -> None:
		assert page(world.unit.name).status_code == 404

	def test_its_own_people_and_staff_find_the_way_to_their_pages(self, world, page) -> None:
		assert f"/service/units/{world.unit.name}" in page(world.token, world.user).text
		assert world.unit.name not in page(world.token, world.stranger).text

	def test_it_says_that_a_warranty_covers_it(self, world, page) -> None:
		# a delivered unit has its warranty by the standard policy
		unit = factories.make_installed_unit(customer=world.customer, delivered_on=add_days(getdate(), -10))
		token = token_of(unit.name)
		frappe.db.commit()
		assert "Covered by warranty or contract" in page(token).text


class TestLabel:
	def test_a_unit_keeps_its_code_until_it_is_renewed(self, world, page) -> None:
		unit = factories.make_installed_unit(customer=world.customer)
		first = token_of(unit.name)
		unit.reload()
		unit.notes = "saved meanwhile"
		unit.save()
		assert token_of(unit.name) == first
		labels.renew(unit.name)
		second = token_of(unit.name)
		frappe.db.commit()
		assert second != first
		assert page(first).status_code == 404 and page(second).status_code == 200

	def test_nobody_writes_or_reads_the_code(self, world) -> None:
		unit = frappe.get_doc("Installed Unit", world.unit.name)
		unit.label_token = WRONG
		unit.save()
		assert token_of(unit.name) == world.token
		lead = factories.make_user("Service Manager").name
		frappe.set_user(lead)
		try:
			[row] = frappe.get_list("Installed Unit", {"name": unit.name}, ["name", "label_token"])
			assert not row.get("label_token")
			read = frappe.get_doc("Installed Unit", unit.name)
			read.apply_fieldlevel_read_permissions()
			assert not read.get("label_token")
		finally:
			frappe.set_user("Administrator")

	def test_a_copy_has_no_code(self, world) -> None:
		copy = frappe.copy_doc(frappe.get_doc("Installed Unit", world.unit.name), ignore_no_copy=False)
		assert not copy.insert().label_token

	def test_who_may_not_print_labels_gets_the_address_behind_the_login(self, world) -> None:
		frappe.set_user(world.user)
		try:
			assert labels.url_of(world.unit.name).endswith(f"/service/units/{world.unit.name}")
		finally:
			frappe.set_user("Administrator")

	def test_a_sheet_of_labels_in_one_print(self, world, http_server) -> None:  # noqa: F811
		agent = factories.make_user("Service Desk Agent")
		units = [factories.make_installed_unit(customer=world.customer).name for _unit in range(3)]
		token = api_token(agent.name)
		frappe.db.commit()
		answer = http_server.client(token).session.get(
			f"{http_server.base_url}/api/method/frappe.utils.print_format.download_multi_pdf",
			params={
				"doctype": "Installed Unit",
				"name": json.dumps(units),
				"format": "Unit Label",
				"no_letterhead": 1,
			},
			timeout=120,
		)
		assert answer.status_code == 200 and answer.content.startswith(b"%PDF"), answer.text[:300]
		frappe.db.rollback()
		tokens = {frappe.db.get_value("Installed Unit", unit, "label_token") for unit in units}
		# printed by a GET request, and stored all the same
		assert len(tokens) == 3 and None not in tokens


class TestReport:
	def test_a_guest_reports_a_fault_of_the_unit(self, world, guest) -> None:
		answer = report(
			guest,
			world.token,
			subject="No <b>light</b>",
			description="since <script>alert(1)</script> today",
			person_name="<i>Zhao</i>",
			phone="010 1234",
			email="zhao@example.net",
		)
		assert answer.status_code == 200, answer.text
		assert set(answer.json()["message"]) == {"number"}
		found = case(answer.json()["message"]["number"])
		assert (found.channel, found.installed_unit, found.customer) == (
			"QR Code",
			world.unit.name,
			world.customer,
		)
		assert "<script" not in found.description and "<i>" not in found.description
		assert "has not been confirmed" in found.description and "zhao@example.net" in found.description
		# nothing is ever written to an address that a stranger has typed
		assert "zhao@example.net" not in (found.contact_email or "")
		assert not frappe.db.exists(
			"Service Message", {"request": found.name, "recipient": "zhao@example.net"}
		)

	def test_sent_twice_is_stored_once(self, world, guest) -> None:
		key = frappe.generate_hash(length=16)
		numbers = {report(guest, world.token, key=key).json()["message"]["number"] for _try in range(2)}
		assert len(numbers) == 1
		other = report(guest, world.other_token, key=key).json()["message"]["number"]
		assert other not in numbers

	@pytest.mark.parametrize(
		"values", [{"subject": " "}, {"key": "1"}, {"person_name": ""}, {"token": WRONG}, {"token": ""}]
	)
	def test_refused(self, world, guest, values) -> None:
		before = frappe.db.count("Service Request")
		values = {"key": "k" * 16, "subject": "x", "person_name": "y", "token": world.token, **values}
		assert guest("report", **values).status_code in (404, 417)
		frappe.db.rollback()
		assert frappe.db.count("Service Request") == before

	def test_further_fields_are_not_taken(self, world, guest) -> None:
		answer = report(
			guest,
			world.token,
			customer=world.other.customer,
			installed_unit=world.other.name,
			status="Closed",
			priority="Urgent",
			contact=world.contact.name,
			contact_email="evil@example.net",
			owner=world.user,
			doctype="User",
		)
		assert answer.status_code == 200, answer.text
		found = case(answer.json()["message"]["number"])
		assert (found.installed_unit, found.customer, found.status) == (
			world.unit.name,
			world.customer,
			"New",
		)
		assert found.owner == "Guest" and found.contact_email != "evil@example.net"


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **more: Any) -> bytes:
	made = BytesIO()
	Image.new("RGB", size, "red").save(made, kind, **more)
	return made.getvalue()


def sent(*contents: bytes, name: str = "photo.png") -> list[Any]:
	return [("files", (name, content, "image/png")) for content in contents]


class TestPictures:
	"""What a guest attaches is looked at by its content; kept is a picture drawn anew, and nobody but staff opens it."""

	def kept(self, number: str) -> list[Any]:
		frappe.db.rollback()
		on = {"attached_to_doctype": "Service Request", "attached_to_name": number}
		names = frappe.get_all("File", on, pluck="name", order_by="file_name")
		return [frappe.get_doc("File", name) for name in names]

	def test_pictures_hang_on_the_request(self, world, guest, page, http_server) -> None:  # noqa: F811
		exif = Image.Exif()
		exif[0x010E] = "<script>alert(1)</script>"  # its description
		exif[0x0112] = 6  # turned by a quarter
		contents = (picture("JPEG", exif=exif), picture("PNG"), picture("WEBP"))
		key = frappe.generate_hash(length=16)
		for _twice in range(2):
			answer = report(guest, world.token, key=key, files=sent(*contents, name="../<b>x</b>.svg"))
			assert answer.status_code == 200, answer.text
		files = self.kept(answer.json()["message"]["number"])
		assert len(files) == 3
		for number, file in enumerate(files, 1):
			content = file.get_content()
			assert (
				file.is_private and file.file_name.startswith(f"photo-{number}") and b"script" not in content
			)
			with Image.open(BytesIO(content)) as drawn:
				assert drawn.format == "JPEG" and not drawn.getexif()
				assert drawn.size == ((30, 40) if number == 1 else (40, 30))
			# a guest's pictures are for staff, until they mark them
			for user in (None, world.user, world.stranger):
				visitor = PortalClient(http_server.base_url, http_server.site)
				visitor = visitor.log_in(user) if user else visitor
				assert visitor.get(file.file_url).status_code in (403, 404)

	@pytest.mark.parametrize(
		"content",
		[
			b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
			b"<html><script>alert(1)</script></html>",
			b"%PDF-1.7",
			b"",
			b"\x89PNG\r\n\x1a\n" + bytes(50),
			picture("JPEG")[:-200],
			picture("GIF"),
			picture("BMP"),
			# a bomb: 900 million pixels in a megabyte
			pytest.param(None, id="bomb"),
		],
	)
	def test_what_is_no_picture_is_refused_and_nothing_is_stored(self, world, guest, content) -> None:
		if content is None:
			made = BytesIO()
			Image.new("1", (30_000, 30_000)).save(made, "PNG")
			content = made.getvalue()
		before = frappe.db.count("Service Request"), frappe.db.count("File")
		answer = report(guest, world.token, files=sent(picture(), content))
		assert answer.status_code == 417, answer.text
		frappe.db.rollback()
		assert before == (frappe.db.count("Service Request"), frappe.db.count("File"))

	def test_not_too_many_and_not_too_large(self, world, guest) -> None:
		assert report(guest, world.token, files=sent(*[picture()] * 4)).status_code == 417
		large = picture() + bytes(pictures.MOST_BYTES)
		assert report(guest, world.token, files=sent(large)).status_code == 417
		answer = report(guest, world.token, files=sent(picture("JPEG", (4000, 3000))))
		[file] = self.kept(answer.json()["message"]["number"])
		with Image.open(BytesIO(file.get_content())) as drawn:
			assert max(drawn.size) == pictures.LONGEST_SIDE

	def test_what_lies_behind_a_picture_is_not_kept(self, world, guest) -> None:
		"""A file that is a picture and something else as well."""
		hidden = b"<?php system($_GET[0]); ?><script>alert(1)</script>"
		answer = report(guest, world.token, files=sent(picture("JPEG") + hidden, picture("PNG") + hidden))
		for file in self.kept(answer.json()["message"]["number"]):
			assert hidden not in file.get_content()


class TestProof:
	def code_of(self, proof: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str | None, list[Any]]:
		"""Run the job of `proof`; returns the code of the mail, and whom it went to."""
		sent: list[Any] = []
		monkeypatch.setattr(frappe, "sendmail", lambda **mail: sent.append(mail))
		proof_codes.send_code(proof)
		if not sent:
			return None, []
		return sent[0]["message"].partition("<b>")[2][:6], sent[0]["recipients"]

	def test_a_known_person_is_named_on_the_case(self, world, guest, monkeypatch) -> None:
		proof = guest("ask_code", token=world.token, address=world.address.upper()).json()["message"]["proof"]
		code, sent_to = self.code_of(proof, monkeypatch)
		assert sent_to == [world.address]
		wrong = "000000" if code != "000000" else "111111"
		assert guest("confirm_code", token=world.token, proof=proof, code=wrong).status_code == 417
		answer = guest("confirm_code", token=world.token, proof=proof, code=code)
		assert answer.json()["message"] == {"name": "Wang Fang"}
		# once
		assert guest("confirm_code", token=world.token, proof=proof, code=code).status_code == 417
		found = case(report(guest, world.token, proof=proof).json()["message"]["number"])
		assert (found.contact, found.contact_email) == (world.contact.name, world.address)
		assert "not been confirmed" not in (found.description or "")

	def test_a_proof_is_of_one_unit(self, world, guest, monkeypatch) -> None:
		proof = guest("ask_code", token=world.token, address=world.address).json()["message"]["proof"]
		code, _sent_to = self.code_of(proof, monkeypatch)
		assert guest("confirm_code", token=world.other_token, proof=proof, code=code).status_code == 417
		assert guest("confirm_code", token=world.token, proof=proof, code=code).status_code == 200
		found = case(report(guest, world.other_token, proof=proof).json()["message"]["number"])
		assert found.contact != world.contact.name and "not been confirmed" in found.description

	def test_an_unknown_address_gets_the_same_answer_and_no_code(self, world, guest, monkeypatch) -> None:
		known = guest("ask_code", token=world.token, address=world.address)
		unknown = guest("ask_code", token=world.token, address="stranger@example.net")
		of_others = guest("ask_code", token=world.other_token, address=world.address)
		for answer in (known, unknown, of_others):
			assert answer.status_code == 200 and set(answer.json()) == {"message"}
			assert len(answer.json()["message"]["proof"]) == len(known.json()["message"]["proof"])
		for answer in (unknown, of_others):
			proof = answer.json()["message"]["proof"]
			assert self.code_of(proof, monkeypatch) == (None, [])
			assert guest("confirm_code", token=world.token, proof=proof, code="123456").status_code == 417

	def test_six_digits_are_not_to_be_guessed(self, world, guest, monkeypatch) -> None:
		proof = guest("ask_code", token=world.token, address=world.address).json()["message"]["proof"]
		code, _sent_to = self.code_of(proof, monkeypatch)
		answers = []
		for number in range(proof_codes.TRIES + 1):
			guess = str(number) * 6
			guess = guess if guess != code else "987654"
			answers.append(guest("confirm_code", token=world.token, proof=proof, code=guess).status_code)
		assert answers == [417] * proof_codes.TRIES + [429]
		assert guest("confirm_code", token=world.token, proof=proof, code=code).status_code == 429

	def test_a_phone_number_with_and_without_the_country(self, world) -> None:
		for number in ("+86 10 6543 2109", "010-65432109", "0086 10 65432109"):
			person = proof_codes.person_at(world.customer, number)
			assert person and person.contact == world.contact.name, number
		assert proof_codes.person_at(world.customer, "2109") is None
		assert proof_codes.person_at(world.other.customer, "+86 10 6543 2109") is None


class TestLimits:
	def test_a_label_takes_so_many_reports_whoever_sends_them(self, world, guest, monkeypatch) -> None:
		codes = [
			report(guest, world.token, forwarded=f"203.0.113.{number}").status_code
			for number in range(unit_label.REPORTS["each"] + 2)
		]
		assert codes == [200] * unit_label.REPORTS["each"] + [429, 429]
		refused = report(guest, world.token)
		assert 0 < int(refused.headers["Retry-After"]) <= rate_limits.HOUR
		assert report(guest, world.other_token).status_code == 200

	def test_neither_other_codes_nor_forged_addresses_help(self, world, guest) -> None:
		"""Behind a proxy the last address is the one that it saw; those before it are what the caller has written."""
		codes = []
		for number in range(unit_label.MISSES["address"] + 3):
			token = f"{number:a>26}".translate(str.maketrans("01", "xy"))
			forged = f"198.51.100.{number}, 192.0.2.7"
			codes.append(report(guest, token, forwarded=forged).status_code)
		assert codes == [404] * unit_label.MISSES["address"] + [429] * 3

	def test_pages_are_counted_too(self, world, page) -> None:
		codes = [page(WRONG).status_code for _look in range(unit_label.MISSES["address"] + 1)]
		assert codes == [404] * unit_label.MISSES["address"] + [429]

	@pytest.mark.parametrize(
		("proxies", "peer", "forwarded", "expected"),
		[
			(None, "127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
			(2, "10.0.0.2", "198.51.100.1, 203.0.113.9, 10.0.0.3", "203.0.113.9"),
			(0, "127.0.0.1", "198.51.100.1", "127.0.0.1"),
			# nobody but a proxy of ours is believed
			(None, "9.9.9.9", "198.51.100.1", "9.9.9.9"),
			(None, "2001:db8:1:2:3::4", None, "2001:db8:1:2::"),
			(None, "127.0.0.1", "x" * 300, "x" * 64),
		],
	)
	def test_the_address_that_counts(self, site, monkeypatch, proxies, peer, forwarded, expected) -> None:
		headers = {"X-Forwarded-For": forwarded} if forwarded else {}
		request = SimpleNamespace(remote_addr=peer, headers=headers, environ={})
		monkeypatch.setattr(frappe.local, "request", request, raising=False)
		if proxies is not None:
			monkeypatch.setitem(frappe.conf, rate_limits.PROXIES, proxies)
		assert rate_limits.remote_address() == expected

	def test_a_window_ends(self, site, monkeypatch) -> None:
		subject = frappe.generate_hash()
		now = 1_000_000_000.0
		monkeypatch.setattr(rate_limits.time, "time", lambda: now)
		for _call in range(2):
			rate_limits.count("test", 2, subject=subject, seconds=100)
		with pytest.raises(frappe.RateLimitExceededError):
			rate_limits.count("test", 2, subject=subject, seconds=100)
		assert frappe.local.flags.support_service_retry_after == 100
		now += 100
		rate_limits.count("test", 2, subject=subject, seconds=100)
		frappe.local.flags.support_service_retry_after = None


class TestFindingAnOwnUnit:
	@pytest.fixture
	def client(self, world, http_server) -> PortalClient:  # noqa: F811
		client = PortalClient(http_server.base_url, http_server.site).log_in(world.user)
		client.get("/service/new")
		return client

	def find(self, client: PortalClient, code: str) -> requests.Response:
		headers = {"Accept": "application/json", "X-Frappe-CSRF-Token": client.csrf_token}
		url = f"{client.base_url}{API}find_unit"
		return client.session.post(url, data={"code": code}, headers=headers, timeout=60)

	def test_scanned_or_typed(self, world, client) -> None:
		own = (
			f"https://x.example/u/{world.token}",
			world.token,
			"SN-4711-0815",
			world.unit.name,
			f"https://x.example/service/units/{world.unit.name}",
		)
		for code in own:
			answer = self.find(client, code)
			assert answer.status_code == 200, (code, answer.text)
			assert answer.json()["message"]["unit"] == world.unit.name

	def test_units_of_others_are_as_unknown_ones(self, world, client) -> None:
		answers = [
			self.find(client, code) for code in (world.other_token, world.other.name, WRONG, "IU-999999", "")
		]
		assert {answer.status_code for answer in answers} == {404}
