"""What a Chinese reader meets on a real site: labels, pages, prints and mails without a word of our English left."""

import re
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import frappe
import pytest
from babel.messages.pofile import read_po
from frappe import _
from frappe.gettext.translate import get_translations_from_mo
from frappe.translate import clear_cache
from frappe.website.serve import get_response_content

import support_service
from support_service.constants.roles import STAFF
from support_service.service_intake import channels
from support_service.setup.names import doctypes, modules
from support_service.support_service import moves
from support_service.support_service.lifecycle import MOVES
from support_service.support_service.messaging import messages
from support_service.support_service.messaging.texts import compose, events, of_moves
from tests import factories

with (Path(support_service.__file__).parent / "locale" / "zh.po").open("rb") as stream:
	SOURCE = read_po(stream)
CHINESE = re.compile("[\u4e00-\u9fff]")
# one record of each of these is shipped as a file; the field is what its reader sees
RECORDS = (
	("Workspace", "title"),
	("Number Card", "label"),
	("Dashboard Chart", "chart_name"),
	("Print Format", "name"),
	("Page", "title"),
)
PORTAL = ("service", "service/new", "service/units")
PRINTS = (
	("Service Request", "Service Tracking Card"),
	("Service Request", "Fault Handling Report"),
	("Engineer Visit", "Service Visit Report"),
)


@pytest.fixture
def chinese(clean_transaction: None) -> None:
	"""The reader's language is Chinese, translated as compiled for this bench."""
	clear_cache()
	frappe.local.lang = "zh"


@pytest.fixture(scope="module")
def world(site: str) -> SimpleNamespace:
	"""A customer with a login, and a solved case with a visit, named in Chinese so that Latin words stand out."""
	factories.make_service_channel("Portal")
	customer = factories.make_customer(customer_name=f"江城医院 {frappe.generate_hash(length=5)}").name
	user = factories.make_customer_user(customer, language="zh").name
	unit = factories.make_installed_unit(customer=customer, unit_name="影像科")
	case = factories.make_service_request(
		customer=customer, installed_unit=unit.name, subject="无法开机", contact_email=user
	)
	visit = factories.make_done_visit(service_request=case.name)
	frappe.db.commit()
	return SimpleNamespace(customer=customer, user=user, unit=unit, case=case, visit=visit)


def test_compiled_translations_are_those_of_the_source(site: str) -> None:
	compiled = get_translations_from_mo("zh", "support_service")
	source = {f"{m.id}:{m.context}" if m.context else m.id: m.string for m in SOURCE if m.id and m.string}
	assert compiled == source, "run `make i18n`"


@pytest.mark.parametrize("doctype", doctypes())
def test_doctype_is_chinese(doctype: str, chinese: None) -> None:
	meta = frappe.get_meta(doctype)
	shown = {doctype: _(doctype)}
	for field in meta.fields:
		if field.get("is_custom_field"):
			continue
		texts = [field.label, field.description]
		if field.fieldtype == "Select" and field.fieldname != "naming_series":
			texts += (field.options or "").split("\n")
		shown.update({text: _(text, context=doctype) for text in texts if text and not text.isdigit()})
	assert left_in_english(shown) == {}


def test_words_kept_as_data_are_chinese(chinese: None) -> None:
	words = [*modules(), *STAFF, *(move.label for move in MOVES)]
	words += [word for event in events.registered().values() for word in words_of(event)]
	words += [part for door in channels.builtin() for part in (door.name, door.description)]
	assert left_in_english({word: _(word) for word in words}) == {}


@pytest.mark.parametrize(("doctype", "field"), RECORDS)
def test_records_of_the_app_are_chinese(doctype: str, field: str, chinese: None) -> None:
	names = frappe.get_all(doctype, {"module": ("in", modules())}, pluck=field)
	assert names
	assert left_in_english({name: _(name) for name in names}) == {}


def test_workspace_is_chinese(chinese: None) -> None:
	for name in frappe.get_all("Workspace", {"module": ("in", modules())}, pluck="name"):
		page = frappe.get_doc("Workspace", name)
		words = [
			row.label for table in (page.links, page.shortcuts, page.charts) for row in table if row.label
		]
		words += [row.format for row in page.shortcuts if row.format]
		words += [
			block["data"]["text"]
			for block in frappe.parse_json(page.content)
			if block["type"] in ("header", "paragraph")
		]
		assert left_in_english({word: _(word) for word in words}) == {}


@pytest.mark.parametrize("path", PORTAL)
def test_portal_is_chinese(path: str, world: SimpleNamespace, chinese: None) -> None:
	assert english_words_of_ours(portal_page(path, world.user)) == set()


def test_english_would_be_found(world: SimpleNamespace, chinese: None) -> None:
	"""The search these tests rely on: the same page in English is full of our words."""
	assert len(english_words_of_ours(portal_page("service/new", world.user, "en"))) > 10
	assert left_in_english({"Which device?": "Which device?"})


def test_portal_pages_of_one_case_and_unit_are_chinese(world: SimpleNamespace, chinese: None) -> None:
	for path in (f"service/{world.case.name}", f"service/units/{world.unit.name}"):
		assert english_words_of_ours(portal_page(path, world.user)) == set()


@pytest.mark.parametrize(("doctype", "print_format"), PRINTS)
def test_print_is_chinese(doctype: str, print_format: str, world: SimpleNamespace, chinese: None) -> None:
	doc = world.visit if doctype == "Engineer Visit" else world.case
	html = frappe.get_print(doctype, doc.name, print_format)
	# the letter head that a site of version 16 begins with prints the DocType as it is called
	html = re.sub('<div class="invoice-title">[^<]*</div>', "", html)
	assert CHINESE.search(html)
	assert english_words_of_ours(html) == set()


def test_mail_speaks_the_customers_language(world: SimpleNamespace, chinese: None) -> None:
	"""The sender's language does not matter: the customer's does."""
	frappe.local.lang = "en"
	case = frappe.get_doc("Service Request", world.case.name)
	move = frappe.get_last_doc("Service Request Move", {"request": case.name})
	assert messages.language_of(case) == "zh"
	text = compose.compose("Request Received", case, of_moves.values(case, move, "zh"), "zh")
	assert "尽快安排工程师" in text.mail
	assert english_words_of_ours(text.mail) == set()
	assert all(CHINESE.search(part) for part in (text.subject, text.short))


def test_reasons_are_stored_in_the_language_of_the_site(chinese: None) -> None:
	"""A customer raises the case in Chinese; the staff of this site reads English."""
	frappe.local.lang = "zh"
	case = factories.make_service_request(impact="High", urgency="High")
	assert frappe.db.get_default("lang") in (None, "en")
	assert case.priority_reason == "Impact High and urgency High make priority Critical."
	assert not CHINESE.search(case.routing_reason)


def test_refusals_are_chinese(world: SimpleNamespace, chinese: None) -> None:
	case = frappe.get_doc("Service Request", world.case.name)
	with pytest.raises(frappe.ValidationError) as refused:
		moves.apply_move(case, "close_unanswered", reason="无")
	assert CHINESE.search(str(refused.value))
	assert "Close without" not in str(refused.value)


def words_of(event: events.Event) -> list[str]:
	"""Its name, its texts and what its fields are called; a sentence that is only a field has no words of ours."""
	words = [event.name, event.subject, event.line, event.button, *event.rows, *event.known().values()]
	return [word for word in words if not word.startswith("{")]


def left_in_english(shown: dict[str, str]) -> dict[str, str]:
	"""Of source -> shown, those with a word in them that are shown without a Chinese character."""
	return {
		source: text
		for source, text in shown.items()
		if re.search("[A-Za-z]{2}", source) and not CHINESE.search(text)
	}


def english_words_of_ours(html: str) -> set[str]:
	"""Texts of a page that are exactly one of our English strings."""
	html = re.sub(r"<!--.*?-->|<(script|style|head)\b.*?</\1>", "", html, flags=re.S)
	texts = {unescape(text).strip() for text in re.sub(r"<[^>]*>", "\n", html).splitlines()}
	attributes = {
		unescape(text) for text in re.findall(r'(?:placeholder|title|aria-label|alt)="([^"]+)"', html)
	}
	ours = {message.id for message in SOURCE if message.id and re.search("[A-Za-z]{2}", message.id)}
	return (texts | attributes) & ours


def portal_page(path: str, user: str, language: str = "zh") -> str:
	"""A page as the customer gets it."""
	frappe.set_user(user)
	frappe.local.lang = language
	frappe.utils.set_request(method="GET", path=f"/{path}")
	try:
		return get_response_content(path)
	finally:
		del frappe.local.request  # else what is kept for one request lasts for all tests that follow
