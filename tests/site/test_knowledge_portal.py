"""The customer's pages of the knowledge base over HTTP: what is shown, searched, voted on and reported."""

from collections.abc import Iterator
from types import SimpleNamespace

import frappe
import pytest

from support_service.service_knowledge import misses
from support_service.service_knowledge.search import vocabulary
from tests.factories import (
	make_customer,
	make_customer_user,
	make_installed_unit,
	make_item,
	make_knowledge_article,
	make_service_team,
)
from tests.http_server import Server
from tests.portal_client import PortalClient, forget_rate_limits

ARTICLE, CASE = "Knowledge Article", "Service Request"


@pytest.fixture(scope="module")
def shop(site: str, http_server: Server) -> Iterator[SimpleNamespace]:
	frappe.set_user("Administrator")
	forget_rate_limits()
	word = f"Zeolite{frappe.generate_hash(length=6)}"
	customer, other = make_customer().name, make_customer().name
	item = make_item().name
	unit = make_installed_unit(customer=customer, item_code=item).name
	make_service_team()
	articles = {
		"all": make_knowledge_article(title=f"{word} filter clogs", item=item, category=None),
		"one": make_knowledge_article(
			title=f"{word} at your site", audience="One Customer", customer=customer
		),
		"other": make_knowledge_article(title=f"{word} elsewhere", audience="One Customer", customer=other),
		"staff": make_knowledge_article(title=f"{word} secret", audience="Staff"),
		"draft": make_knowledge_article(title=f"{word} draft", state="Draft"),
	}
	files = {}
	for kind, article in articles.items():
		file = frappe.get_doc(
			{
				"doctype": "File",
				"file_name": f"{word}-{kind}.txt",
				"content": f"manual {kind}",
				"is_private": 1,
				"attached_to_doctype": ARTICLE,
				"attached_to_name": article.name,
			}
		).insert()
		files[kind] = file
	user, other_user = make_customer_user(customer).name, make_customer_user(other).name
	frappe.db.commit()
	vocabulary.count()

	def client(who: str) -> PortalClient:
		one = PortalClient(http_server.base_url, site).log_in(who)
		one.get("/service/knowledge")
		return one

	names = {kind: article.name for kind, article in articles.items()}
	yield SimpleNamespace(
		word=word,
		customer=customer,
		unit=unit,
		names=names,
		files=files,
		user=user,
		other=other_user,
		client=client,
	)
	frappe.db.rollback()
	frappe.set_user("Administrator")
	for name in names.values():
		frappe.delete_doc(ARTICLE, name, force=True)
	frappe.db.commit()


@pytest.fixture(autouse=True)
def fresh_snapshot(clean_transaction: None) -> None:
	frappe.db.commit()


def test_pages_show_what_is_published_for_this_customer(shop):
	client = shop.client(shop.user)
	overview = client.get("/service/knowledge").text
	found = client.get(f"/service/knowledge?q={shop.word}").text
	for page in (overview, found):
		assert f"{shop.word} filter clogs" in page and f"{shop.word} at your site" in page
		for hidden in ("elsewhere", "secret", "draft"):
			assert f"{shop.word} {hidden}" not in page
	for kind, status in {"all": 200, "one": 200, "other": 404, "staff": 404, "draft": 404}.items():
		answer = client.get(f"/service/knowledge/{shop.names[kind]}")
		assert (kind, answer.status_code) == (kind, status)
	missing = client.get("/service/knowledge/KA-99999999")
	hidden = client.get(f"/service/knowledge/{shop.names['other']}")
	assert missing.status_code == hidden.status_code == 404


def test_guests_are_sent_to_the_login(shop, http_server, site):
	guest = PortalClient(http_server.base_url, site)
	for path in ("/service/knowledge", f"/service/knowledge/{shop.names['all']}"):
		answer = guest.get(path)
		assert answer.status_code in (301, 302) and "/login" in answer.headers["Location"]
	for function, values in (
		("suggest", {"text": shop.word}),
		("vote", {"article": shop.names["all"], "helpful": 1}),
	):
		assert call(guest, function, **values).status_code == 403


def call(client: PortalClient, function: str, **values):
	address = f"/api/method/support_service.customer_portal.knowledge.api.{function}"
	headers = {"Accept": "application/json", "X-Frappe-CSRF-Token": client.csrf_token}
	return client.session.post(client.base_url + address, data=values, headers=headers, timeout=120)


def test_files_are_for_whoever_may_read_the_article(shop):
	client = shop.client(shop.user)
	function = "/api/method/support_service.customer_portal.knowledge.api.file"
	page = client.get(f"/service/knowledge/{shop.names['all']}").text
	assert f"{function}?name={shop.files['all'].name}" in page
	for kind, file in shop.files.items():
		answer = client.session.get(client.base_url + function, params={"name": file.name}, timeout=60)
		if kind in ("all", "one"):
			assert answer.text == f"manual {kind}" and "attachment" in answer.headers["Content-Disposition"]
		else:
			assert answer.status_code == 404, kind
		# the path itself stays closed
		raw = client.session.get(client.base_url + file.file_url, timeout=60)
		assert raw.status_code == 403, raw.text


def test_suggestions_while_a_request_is_written(shop):
	client = shop.client(shop.user)
	found = call(client, "suggest", text=f"my {shop.word[:9]}", unit=shop.unit).json()["message"]
	assert {one["route"].rpartition("/")[2] for one in found} == {shop.names["all"], shop.names["one"]}
	assert found[0]["route"].endswith(shop.names["all"])  # it is about this device
	other = shop.client(shop.other)
	assert call(other, "suggest", text=shop.word, unit=shop.unit).status_code in (403, 404)
	found = call(other, "suggest", text=shop.word).json()["message"]
	assert {one["route"].rpartition("/")[2] for one in found} == {shop.names["all"], shop.names["other"]}
	for odd in ("", '"', "+", "sdf-", "max@muster.de", "默想"):
		assert call(client, "suggest", text=odd).json()["message"] == []


def test_votes_change_and_count_once(shop):
	client = shop.client(shop.user)
	for helpful in (1, 1, 0, 1):
		assert call(client, "vote", article=shop.names["all"], helpful=helpful).status_code == 200
	frappe.db.rollback()
	assert frappe.db.get_value(ARTICLE, shop.names["all"], ["helpful", "not_helpful"]) == (1, 0)
	for kind in ("other", "staff", "draft"):
		assert call(client, "vote", article=shop.names[kind], helpful=1).status_code == 404


def test_still_not_solved_becomes_a_request_that_names_the_article(shop):
	client = shop.client(shop.user)
	page = client.get(f"/service/new?article={shop.names['one']}")
	assert f"{shop.word} at your site" in page.text
	hidden = client.get(f"/service/new?article={shop.names['staff']}").text
	assert "Report a problem" in hidden and f"{shop.word} secret" not in hidden
	values = {"key": frappe.generate_hash(), "subject": "Still clogged", "unit": shop.unit}
	# an article that is not shown is not tied to the request, which is made all the same
	stray = client.call(
		"new_case", **{**values, "article": shop.names["other"], "key": frappe.generate_hash()}
	)
	assert stray.status_code == 200
	made = client.call("new_case", article=shop.names["one"], **values)
	assert made.status_code == 200, made.text
	again = client.call("new_case", article=shop.names["one"], **values)
	case = made.json()["message"]["name"]
	assert again.json()["message"]["name"] == case
	frappe.db.rollback()
	use = frappe.get_all("Knowledge Use", {"service_request": case}, ["article", "outcome", "noted_by"])
	assert not frappe.db.exists("Knowledge Use", {"service_request": stray.json()["message"]["name"]})
	assert [tuple(row.values()) for row in use] == [(shop.names["one"], "Did Not Help", shop.user)]
	assert frappe.db.get_value(ARTICLE, shop.names["one"], "not_helpful") == 1


def test_what_was_not_found_is_noted_once_and_opening_the_page_changes_nothing(shop):
	client = shop.client(shop.user)
	text = f"Phlogiston {frappe.generate_hash(length=6)}"
	page = client.get(f"/service/knowledge?q={text}").text
	assert "Nothing is written about this yet" in page and f'data-searched="{text}"' in page
	frappe.db.rollback()
	assert not frappe.db.exists(misses.MISS, {"searched": text})
	assert call(client, "searched", text=text).status_code == 200
	assert call(client, "searched", text=shop.word).status_code == 200
	frappe.db.rollback()
	assert frappe.db.get_value(misses.MISS, {"searched": text}, ["times", "place"]) == (1, "Portal")
	assert not frappe.db.exists(misses.MISS, {"searched": shop.word})


def test_what_is_typed_is_shown_as_text(shop):
	client = shop.client(shop.user)
	page = client.get("/service/knowledge?q=%3Cscript%3Ealert(1)%3C/script%3E%22")
	assert page.status_code == 200 and "<script>alert(1)" not in page.text
