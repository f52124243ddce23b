"""What is kept for all readers at once is kept in no reader's language: the titles over a form's connections, say."""

import json

import frappe
import pytest
from frappe.translate import get_all_translations

from support_service.constants.roles import MANAGER
from support_service.setup.names import doctypes
from tests.factories import make_user
from tests.http_server import Server, api_token, http_server  # noqa: F401 - fixture

LANGUAGES = ("en", "zh")
FORM_META = "doctype_form_meta"
# of the DocType, the titles its form shows over its connections
TITLES = {
	"Service Request": ["Work", "Customer"],
	"Engineer Visit": ["Case", "Stock"],
	"Service Contract": ["Service", "Invoices"],
}


@pytest.fixture(scope="module")
def tokens(site: str) -> dict[str, str]:
	made = {language: api_token(make_user(MANAGER, language=language).name) for language in LANGUAGES}
	frappe.db.commit()  # the server is another connection
	return made


def opened(http_server: Server, token: str, doctype: str) -> list[str]:  # noqa: F811
	"""Titles of the connections as the server sends them with the form; the desk translates them for its reader."""
	status, body = http_server.client(token).call("frappe.desk.form.load.getdoctype", "GET", doctype=doctype)
	assert status == 200, body
	meta = next(doc for doc in json.loads(body)["docs"] if doc["name"] == doctype)
	return [group["label"] for group in meta["__dashboard"]["transactions"]]


@pytest.mark.parametrize("order", [LANGUAGES, LANGUAGES[::-1]], ids=["English first", "Chinese first"])
@pytest.mark.parametrize("doctype", TITLES)
def test_titles_of_connections_are_the_readers_whoever_came_first(http_server, tokens, doctype, order):  # noqa: F811
	frappe.cache.hdel(FORM_META, doctype)
	for language in order:
		titles = opened(http_server, tokens[language], doctype)
		assert titles[: len(TITLES[doctype])] == TITLES[doctype]
	# the desk has the words: what it makes of a title in Chinese is another one
	translated = get_all_translations("zh")
	assert all(translated.get(title, title) != title for title in TITLES[doctype])


def test_connections_say_the_same_in_every_language():
	said = {}
	for language in LANGUAGES:
		frappe.local.lang = language
		said[language] = {
			name: frappe.get_meta(name).get_dashboard_data().transactions for name in doctypes()
		}
		for doctype, functions in frappe.get_hooks("override_doctype_dashboards", {}).items():
			for function in functions:
				if function.startswith("support_service."):
					data = frappe._dict(transactions=[], non_standard_fieldnames={}, internal_links={})
					said[language][doctype, function] = frappe.get_attr(function)(data=data)["transactions"]
	assert said["en"] == said["zh"]
