"""What people do with every document of the desk, done with each of ours: it works, or says in words what it does not do."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import frappe
import frappe.share
import pytest
from frappe.core.doctype.communication.email import make as send_mail
from frappe.desk.doctype.bulk_update.bulk_update import submit_cancel_or_update_docs
from frappe.desk.doctype.tag.tag import add_tag, remove_tag
from frappe.desk.form import assign_to
from frappe.desk.form.document_follow import follow_document
from frappe.desk.form.load import getdoc, getdoctype
from frappe.desk.like import toggle_like
from frappe.desk.reportview import delete_items
from frappe.desk.search import search_widget
from frappe.model import default_fields, display_fieldtypes, no_value_fields, table_fields

from support_service.setup import names
from support_service.support_service.errors import MoveNotAllowedError
from tests import factories
from tests.access.fixtures import http_server, world  # noqa: F401 - fixtures
from tests.access.world import World

CASE = "Service Request"
DEFINITIONS = {
	definition["name"]: definition
	for definition in (json.loads(path.read_text()) for path in names.PACKAGE.glob("*/doctype/*/*.json"))
}
DOCUMENTS = sorted(
	name for name, row in DEFINITIONS.items() if not row.get("istable") and not row.get("issingle")
)
COPIED = [
	name
	for name in DOCUMENTS
	if not DEFINITIONS[name].get("in_create")
	and any(rule.get("create") for rule in DEFINITIONS[name]["permissions"])
]
# what says no in words; anything else is a traceback in somebody's face
IN_WORDS = (frappe.ValidationError, frappe.PermissionError)


# ledgers and the like, which nobody makes by hand, in the long run only
EVERY = [pytest.param(name, marks=() if name in COPIED else pytest.mark.long) for name in DOCUMENTS]


@pytest.fixture(params=EVERY)
def document(request: pytest.FixtureRequest, world: World) -> tuple[str, str]:  # noqa: F811
	"""One document of every kind; the session is the manager's."""
	if (request.param, "a") not in world.records:
		pytest.skip("the world has none; its kind is nobody's to open")
	frappe.set_user(world.users["manager"])
	frappe.clear_messages()
	return request.param, world.record(request.param, "a")


def works_or_says(act: Callable[[], Any]) -> Any:
	"""The result; or the refusal, which must have words."""
	frappe.db.savepoint("habit")
	try:
		return act()
	except IN_WORDS as refusal:
		frappe.db.rollback(save_point="habit")
		said = [str(refusal), *(str(message) for message in frappe.get_message_log())]
		assert any(text.strip() for text in said), f"{type(refusal).__name__} without a word"
		return refusal


def opened(doctype: str, name: str) -> None:
	getdoctype(doctype)
	getdoc(doctype, name)
	assert frappe.response.docs


def tagged(doctype: str, name: str) -> None:
	if not frappe.has_permission(doctype, "write", name):
		return  # Frappe's own tags stumble over the refusal (frappe/desk/doctype/tag/tag.py), on any document
	add_tag("checked", doctype, name)
	assert "checked" in frappe.db.get_value(doctype, name, "_user_tags")
	remove_tag("checked", doctype, name)


def liked(doctype: str, name: str) -> None:
	toggle_like(doctype, name, "Yes")
	assert frappe.session.user in frappe.db.get_value(doctype, name, "_liked_by")


def followed(doctype: str, name: str) -> None:
	user = frappe.session.user
	frappe.db.set_value("User", user, "document_follow_notify", 1)
	follow_document(doctype, name, user)


def assigned(doctype: str, name: str) -> None:
	assign_to.add({"doctype": doctype, "name": name, "assign_to": json.dumps(["Administrator"])})
	assign_to.remove(doctype, name, "Administrator")


def shared(doctype: str, name: str) -> None:
	frappe.share.add(doctype, name, "Administrator")


def mailed(doctype: str, name: str) -> None:
	made = send_mail(doctype=doctype, name=name, content="Look", subject="Look", recipients="x@example.com")
	assert frappe.db.get_value("Communication", made["name"], "reference_name") == name


def commented(doctype: str, name: str) -> None:
	frappe.get_doc(doctype, name).add_comment("Comment", "seen")


def printed(doctype: str, name: str) -> None:
	assert frappe.get_print(doctype, name)


def searched(doctype: str, name: str) -> None:
	search_widget(doctype, name[:4])


def renamed(doctype: str, name: str) -> None:
	done = frappe.rename_doc(doctype, name, f"{name}-x")
	assert frappe.db.exists(doctype, done)


def deleted(doctype: str, name: str) -> None:
	frappe.delete_doc(doctype, name)


@pytest.mark.parametrize(
	"habit",
	[
		opened,
		tagged,
		liked,
		followed,
		assigned,
		shared,
		mailed,
		commented,
		printed,
		searched,
		renamed,
		deleted,
	],
	ids=lambda habit: habit.__name__,
)
def test_it_works_or_says_so(document: tuple[str, str], habit: Callable[[str, str], None]) -> None:
	works_or_says(lambda: habit(*document))


@pytest.mark.parametrize("doctype", COPIED)
def test_what_is_one_documents_own_is_not_copied(doctype: str) -> None:
	"""Also its rows: what only the app fills, what must be unique, where a document stands, what it is linked to in stock."""
	tables = [
		field["options"] for field in DEFINITIONS[doctype]["fields"] if field["fieldtype"] in table_fields
	]
	copied = []
	for table in (doctype, *tables):
		for field in DEFINITIONS[table]["fields"]:
			if field["fieldtype"] not in (*no_value_fields, *display_fieldtypes) and _is_its_own(field):
				copied += [] if field.get("no_copy") else [f"{table}: {field['fieldname']}"]
	assert copied == []


def _is_its_own(field: dict[str, Any]) -> bool:
	stands = field["fieldname"] in ("status", "state", "amended_from") or field["fieldname"].endswith("_key")
	made = field.get("read_only") and not field.get("fetch_from")
	vouchers = ("Stock Entry", "Delivery Note", "Sales Invoice", "Purchase Invoice", "Serial No", "Asset")
	return bool(stands or made or field.get("unique") or field.get("options") in vouchers)


def duplicate(doc: Any) -> Any:
	"""What *Duplicate* in the menu of a form makes (frappe/public/js/frappe/model/create_new.js, copy_doc)."""
	new = frappe.new_doc(doc.doctype)
	for field in doc.meta.fields:
		if field.no_copy or field.fieldtype in display_fieldtypes or field.fieldname in default_fields:
			continue
		if field.fieldtype in table_fields:
			new.set(field.fieldname, [])
			for row in doc.get(field.fieldname):
				kept = {f.fieldname: row.get(f.fieldname) for f in row.meta.fields if not f.no_copy}
				new.append(field.fieldname, kept)
		else:
			new.set(field.fieldname, doc.get(field.fieldname))
	return new


@pytest.mark.parametrize("doctype", COPIED)
def test_a_duplicate_is_a_new_document_or_says_what_it_needs(doctype: str, world: World) -> None:  # noqa: F811
	frappe.set_user(world.users["manager"])
	doc = frappe.get_doc(doctype, world.record(doctype, "a"))
	works_or_says(lambda: duplicate(doc).insert())


class TestDuplicates:
	def test_a_case(self, world: World) -> None:  # noqa: F811
		"""A worked case, taken again as a form for the next: nothing of what was promised and done."""
		frappe.set_user(world.users["manager"])
		old = frappe.get_doc(CASE, world.record(CASE, "a"))
		values = {
			"solution": "<p>Cleaned</p>",
			"resolution": "Runs",
			"cause": "<p>Fan</p>",
			"vendor_case": "V-1",
		}
		old.update({**values, "raised_on": "2020-01-01 08:00:00"})
		new = duplicate(old).insert()
		assert (new.status, new.engineer, new.engineer_user, new.reopen_count) == ("New", None, None, 0)
		assert not any(
			new.get(field) for field in (*values, "resolved_on", "coverage_decision", "source_key")
		)
		assert frappe.utils.get_datetime(new.raised_on).year > 2020
		assert new.subject == old.subject and new.customer == old.customer

	def test_a_unit(self, world: World) -> None:  # noqa: F811
		"""The second machine of a kind: same item and customer, other serial number, not delivered with the first."""
		frappe.set_user(world.users["manager"])
		old = frappe.get_doc("Installed Unit", world.record("Installed Unit", "a"))
		old.update({"state": "Retired", "serial_label": "SN-1", "delivered_on": "2020-01-01"})
		new = duplicate(old).insert()
		assert (new.state, new.serial_label, new.delivered_on) == ("In Service", None, None)
		assert new.software[0].software == old.software[0].software and not new.software[0].licence_key

	def test_a_visit(self, world: World) -> None:  # noqa: F811
		"""The next trip for the same case: when it is must be said, and what was fitted is not fitted again."""
		frappe.set_user(world.users["manager"])
		new = duplicate(frappe.get_doc("Engineer Visit", world.record("Engineer Visit", "a")))
		assert not new.parts and not new.planned_start
		with pytest.raises(frappe.MandatoryError, match="planned_start"):
			new.insert()
		now = frappe.utils.now_datetime()
		new.update({"planned_start": now, "planned_end": frappe.utils.add_to_date(now, hours=1)})
		assert new.insert().status == "Planned"


def test_a_task_of_a_visit_says_that_it_sends_nobody(world: World) -> None:  # noqa: F811
	frappe.set_user(world.users["manager"])
	visit = world.record("Engineer Visit", "a")
	before = frappe.db.get_value("Engineer Visit", visit, "engineer")
	other = factories.make_service_engineer().user
	frappe.clear_messages()
	assign_to.add({"doctype": "Engineer Visit", "name": visit, "assign_to": json.dumps([other])})
	said = " ".join(str(message) for message in frappe.get_message_log())
	assert "change Engineer on the visit" in said
	assert frappe.db.get_value("Engineer Visit", visit, "engineer") == before


class TestBulk:
	def test_a_state_is_refused_in_words(self, world: World) -> None:  # noqa: F811
		"""The list's Edit, Bulk Update and REST: the state of a case is a step, and where it is none that is said."""
		frappe.set_user(world.users["manager"])
		case = factories.make_service_request().name
		frappe.db.commit()
		frappe.clear_messages()
		failed = submit_cancel_or_update_docs(CASE, json.dumps([case]), "update", {"status": "Closed"})
		assert failed == [case] and frappe.db.get_value(CASE, case, "status") == "New"
		said = " ".join(str(message) for message in frappe.get_message_log())
		assert "Use the buttons on the request" in said
		doc = frappe.get_doc(CASE, case)
		doc.status = "Resolved"
		with pytest.raises(MoveNotAllowedError):
			doc.save()

	def test_deleting_from_the_list_says_what_stays(self, world: World) -> None:  # noqa: F811
		frappe.set_user(world.users["manager"])
		unit = world.record("Installed Unit", "a")
		frappe.local.form_dict = frappe._dict(items=json.dumps([unit]), doctype="Installed Unit")
		works_or_says(delete_items)
		assert frappe.db.exists("Installed Unit", unit)
