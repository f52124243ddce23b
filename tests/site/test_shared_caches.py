"""What is kept for all readers at once is kept in no reader's language: the titles over a form's connections, say."""

from urllib.parse import quote

import frappe
import pytest
from frappe.translate import get_all_translations

from support_service.constants.roles import MANAGER
from support_service.setup.names import doctypes
from tests.factories import make_user
from tests.http_server import Server, http_server  # noqa: F401 - fixture
from tests.portal_client import PortalClient

LANGUAGES = ("en", "zh")
FORM_META = "doctype_form_meta"
# of the DocType, the titles its form shows over its connections
TITLES = {
	"Service Request": ["Work", "Customer"],
	"Engineer Visit": ["Case", "Stock"],
	"Service Contract": ["Service", "Invoices"],
}


@pytest.fixture(scope="module")
def readers(site: str, http_server: Server) -> dict[str, PortalClient]:  # noqa: F811
	"""A manager for each language, logged in as people are: with an API key Frappe answers in the site's language."""
	users = {language: make_user(MANAGER, language=language).name for language in LANGUAGES}
	frappe.db.commit()  # the server is another connection
	return {
		language: PortalClient(http_server.base_url, http_server.site).log_in(user)
		for language, user in users.items()
	}


def opened(reader: PortalClient, doctype: str) -> list[str]:
	"""Titles of the connections as the server sends them with the form; the desk translates them for its reader."""
	answer = reader.get(f"/api/method/frappe.desk.form.load.getdoctype?doctype={quote(doctype)}")
	assert answer.status_code == 200, answer.text
	meta = next(doc for doc in answer.json()["docs"] if doc["name"] == doctype)
	return [group["label"] for group in meta["__dashboard"]["transactions"]]


@pytest.mark.parametrize("order", [LANGUAGES, LANGUAGES[::-1]], ids=["English first", "Chinese first"])
@pytest.mark.parametrize("doctype", TITLES)
def test_titles_of_connections_are_the_readers_whoever_came_first(readers, doctype, order):
	frappe.cache.hdel(FORM_META, doctype)
	for language in order:
		titles = opened(readers[language], doctype)
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
