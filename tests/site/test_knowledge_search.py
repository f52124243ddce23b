"""Searching articles in the real database: what is found, in which order, and by whom. The full text index shows what is committed."""

from collections.abc import Iterator

import frappe
import pytest

from support_service.constants.roles import DESK_AGENT, ENGINEER, LEAD
from support_service.service_knowledge import api, misses, uses
from support_service.service_knowledge.search import find, index, vocabulary
from tests.factories import (
	make_customer,
	make_customer_user,
	make_item,
	make_knowledge_article,
	make_service_request,
	make_user,
)

ARTICLE = "Knowledge Article"
TITLES = (
	"如何製作 form 1a",
	"默认密码忘记了",
	"Gauge XR-200 shows too much",
	"Gauge XR-300 shows too much",
	"Hochdruckpumpe läuft nicht an",
	"Temperature sensor drifts",
	"打印机卡纸",
	'Quotes " and + in a title',
)


class Shelf:
	"""Articles of one module, committed and taken away again."""

	def __init__(self) -> None:
		self.names: dict[str, str] = {}

	def put(self, title: str, **values) -> str:
		article = make_knowledge_article(
			title=title, **{"symptom": "", "solution": "<p>See there.</p>", **values}
		)
		self.names[article.name] = title
		return article.name

	def commit(self) -> None:
		frappe.db.commit()  # the full text index shows what is committed
		vocabulary.count()

	def titles(self, found) -> list[str]:
		"""Of what was found, what stands on this shelf."""
		return [one.title for one in found if one.name in self.names]


@pytest.fixture(scope="module")
def shelf(site: str) -> Iterator[Shelf]:
	frappe.set_user("Administrator")
	shelf = Shelf()
	for title in TITLES:
		shelf.put(title)
	shelf.commit()
	yield shelf
	frappe.db.rollback()
	frappe.set_user("Administrator")
	for name in shelf.names:
		frappe.delete_doc(ARTICLE, name, force=True, ignore_missing=True)
	frappe.db.commit()
	vocabulary.recount()


@pytest.mark.parametrize(
	("search", "first"),
	[
		("製作", "如何製作 form 1a"),
		("何製作", "如何製作 form 1a"),
		("如何製", "如何製作 form 1a"),
		("作 form", "如何製作 form 1a"),
		("默认密码", "默认密码忘记了"),
		("密", "默认密码忘记了"),
		("xr200", "Gauge XR-200 shows too much"),
		("XR 200", "Gauge XR-200 shows too much"),
		("xr-300 gauge", "Gauge XR-300 shows too much"),
		("pumpe", "Hochdruckpumpe läuft nicht an"),
		("HOCHDRUCKPUMPE LAUFT", "Hochdruckpumpe läuft nicht an"),
		("temprature sensro", "Temperature sensor drifts"),
		("sensors drifting", "Temperature sensor drifts"),
		("打印机总是卡纸怎么办", "打印机卡纸"),
		('"quotes" +title', 'Quotes " and + in a title'),
	],
)
def test_found_first(shelf, search, first):
	assert shelf.titles(find.for_staff(search))[:1] == [first]
	assert shelf.titles(find.for_staff(search, unfinished=True))[:1] == [first]


@pytest.mark.parametrize(
	"search",
	["默想", "xr400", "製做", "sdf-", "max@muster.de", '"', "+", "++", "' or 1=1", "%", "*", "~*", "(", "\\"],
)
def test_hits_or_none_and_never_an_error(shelf, search):
	assert shelf.titles(find.for_staff(search)) == []
	assert shelf.titles(find.for_staff(search, unfinished=True)) == []


def test_while_it_is_typed(shelf):
	assert shelf.titles(find.for_staff("temperature sens", unfinished=True)) == ["Temperature sensor drifts"]
	assert shelf.titles(find.for_staff("temperature sens")) == ["Temperature sensor drifts"]  # inside a word
	assert shelf.titles(find.for_staff("hochd", unfinished=True)) == ["Hochdruckpumpe läuft nicht an"]


def test_drafts_and_restricted_articles_are_in_no_search_suggestion_or_preview(shelf):
	customer, other = make_customer().name, make_customer().name
	user, other_user = make_customer_user(customer).name, make_customer_user(other).name
	word = f"Zirconia{frappe.generate_hash(length=6)}"
	names = {
		"draft": shelf.put(f"{word} draft", state="Draft", responsible="Administrator"),
		"reviewed": shelf.put(f"{word} reviewed", state="Reviewed"),
		"staff": shelf.put(f"{word} staff", audience="Staff"),
		"one": shelf.put(f"{word} one", audience="One Customer", customer=customer),
		"outdated": shelf.put(f"{word} outdated", state="Outdated"),
		"all": shelf.put(f"{word} all"),
	}
	engineer, agent, lead = (make_user(role).name for role in (ENGINEER, DESK_AGENT, LEAD))
	shelf.commit()
	staff = {"reviewed", "staff", "one", "all"}
	expected = {engineer: staff, agent: staff, lead: staff | {"draft"}}
	for person, kinds in expected.items():
		frappe.set_user(person)
		assert {one.name for one in find.for_staff(word)} == {names[kind] for kind in kinds}
		assert {one["name"] for one in api.suggest(word)} <= {names[kind] for kind in kinds}
		assert {one["name"] for one in api.search(word, outdated=True)} == {
			names[kind] for kind in kinds | {"outdated"}
		}
		hidden = set(names) - kinds - {"outdated"}
		for kind in hidden:
			with pytest.raises(frappe.PermissionError):
				api.preview(names[kind])
	for person, kinds in ((user, {"one", "all"}), (other_user, {"all"})):
		frappe.set_user(person)
		assert {one.name for one in find.for_customer(word)} == {names[kind] for kind in kinds}
	frappe.set_user(make_user().name)
	with pytest.raises(frappe.PermissionError):
		find.for_staff(word)
	assert find.for_customer(word) == []


def test_user_permissions_narrow_the_search(shelf):
	customer, other = make_customer().name, make_customer().name
	word = f"Wolfram{frappe.generate_hash(length=6)}"
	seen = shelf.put(f"{word} a", audience="One Customer", customer=customer)
	shelf.put(f"{word} b", audience="One Customer", customer=other)
	shelf.commit()
	agent = make_user(DESK_AGENT).name
	frappe.get_doc(
		{"doctype": "User Permission", "user": agent, "allow": "Customer", "for_value": customer}
	).insert()
	frappe.set_user(agent)
	assert [one.name for one in find.for_staff(word)] == [seen]


def test_the_product_and_success_come_first(shelf):
	word = f"Iridium{frappe.generate_hash(length=6)}"
	item = make_item().name
	plain, proved, fitting = (shelf.put(f"{word} {number}") for number in range(3))
	frappe.db.set_value(ARTICLE, fitting, "item", item)
	uses.note(proved, make_service_request().name, uses.SOLVED)
	shelf.commit()
	assert [one.name for one in find.for_staff(word)][:1] == [proved]
	assert [one.name for one in find.for_staff(word, about=find.about(item))] == [fitting, proved, plain]


def test_a_changed_title_is_found_by_its_new_words_only(shelf):
	old, new = (f"Osmium{frappe.generate_hash(length=6)}" for _ in range(2))
	article = frappe.get_doc(ARTICLE, shelf.put(old))
	shelf.commit()
	article.reload()
	article.title = new
	article.save()
	shelf.commit()
	assert [one.name for one in find.for_staff(new)] == [article.name]
	assert find.for_staff(old) == []


def test_a_renamed_item_is_found_by_its_new_code(shelf):
	item = make_item(item_code=f"QQ-{frappe.generate_hash(length=5)}7").name
	article = shelf.put("Rhodium", item=item)
	shelf.commit()
	new = frappe.rename_doc("Item", item, f"ZZ-{frappe.generate_hash(length=5)}7", force=True)
	frappe.db.commit()
	index.run()
	frappe.db.commit()
	assert [one.name for one in find.for_staff(new)] == [article]
	assert article not in [one.name for one in find.for_staff(item)]


def test_what_nobody_wrote_about_goes_on_the_list_when_it_was_searched_not_while_it_is_typed(shelf):
	text = f"Unobtainium {frappe.generate_hash(length=6)}"
	frappe.set_user(make_user(ENGINEER).name)
	assert api.suggest(text) == []
	assert not frappe.db.exists(misses.MISS, {"searched": text})
	assert api.search(text) == []
	assert frappe.db.get_value(misses.MISS, {"searched": text}, "times") == 1


def test_before_the_words_are_counted_an_article_is_found_too(shelf):
	word = f"Hafnium{frappe.generate_hash(length=6)}"
	name = shelf.put(word)
	frappe.db.commit()  # and not counted
	assert [one.name for one in find.for_staff(word)] == [name]
	vocabulary.count()
	vocabulary.recount()
	assert [one.name for one in find.for_staff(word)] == [name]
