"""Names of documents kept elsewhere than in a Link: each line of the table is renamed and merged; nothing is missing in it."""

from __future__ import annotations

import ast
from functools import partial
from pathlib import Path
from typing import Any

import frappe
import pytest

import support_service
from support_service.constants.custom_fields import CUSTOM_FIELDS
from support_service.foundation.names import copies, deleted_names, name_shapes, stored_names
from support_service.foundation.names.keys import key_of
from support_service.foundation.names.stored_names import How, NumberIsKeptError, Rename, Shape, StoredName
from support_service.foundation.postponed import Backlog
from support_service.support_service import intake_defaults
from tests import factories
from tests.connections import second_connection
from tests.site import takeover_world
from tests.site.coverage_world import make_cost_center
from tests.site.stored_name_world import TEXTS, bare, holding

TEXT_TYPES = (
	"Data",
	"Small Text",
	"Text",
	"Long Text",
	"Code",
	"JSON",
	"Text Editor",
	"HTML Editor",
	"Markdown Editor",
	"Autocomplete",
	"Read Only",
)
ROOMS = (
	"installed_base",
	"service_level",
	"service_coverage",
	"support_service",
	"service_charging",
	"field_service",
	"service_parts.loans",
	"service_parts.vans",
	"service_parts",
	"service_feedback",
	"erpnext_takeover",
	"service_intake",
	"service_api",
)


def lists() -> list[StoredName]:
	"""As `stored_names.table()`, at a time when no site is connected."""
	found = []
	for room in ROOMS:
		module = __import__(f"support_service.{room}.stored_names", fromlist=["STORED"])
		found += [entry for entry in module.STORED if isinstance(entry, StoredName)]
	return found


def of(*how: How) -> dict[str, list[StoredName]]:
	"""DocType → the lines of the table that its documents' names stand in."""
	found: dict[str, list[StoredName]] = {}
	for entry in lists():
		for doctype in entry.of if entry.how in how else ():
			found.setdefault(doctype, []).append(entry)
	return dict(sorted(found.items()))


def field_of(entry: StoredName) -> str:
	return f"{entry.doctype}.{entry.fieldname}"


def node(doctype: str) -> Any:
	field = frappe.scrub(doctype)
	root = f"All {doctype}s" if doctype != "Territory" else "All Territories"
	name = "territory_name" if doctype == "Territory" else f"{field}_name"
	return factories.insert(doctype, {name: factories.unique(doctype), f"parent_{field}": root}, {})


NEVER_MERGED = {
	"Company": "ERPNext deletes no company with accounts, and so merges none",
	"DocShare": "Frappe names it at random, and nobody renames it",
	"Engineer Visit Part": "a row is merged with its document, and a visit keeps its number",
	"Service Calendar Version": "a ledger, whose rows are not deleted",
	"User": "Frappe deletes no user whose records are there, and so merges none",
}


def record(doctype: str, beside: Any = None) -> Any:
	"""A document of `doctype` that Frappe can rename and, being no paper yet, merge."""
	if doctype == "Serial No":
		item = beside.item_code if beside else factories.make_item(has_serial_no=1).name
		return factories.insert(doctype, {"item_code": item, "serial_no": factories.unique("SN")}, {})
	makers = {
		"Item": factories.make_item,
		"Issue": takeover_world.make_issue,
		"Warranty Claim": takeover_world.make_warranty_claim,
		"Maintenance Visit": lambda: takeover_world.make_maintenance_visit(submit=False),
		"Maintenance Schedule": lambda: takeover_world.make_maintenance_schedule(submit=False),
		"Asset": lambda: takeover_world.draft_asset(factories.make_customer().name),
		"Customer": factories.make_customer,
		"Company": lambda: bare("Company", name=factories.unique("Company"), default_currency="CNY"),
		"Service Calendar": factories.make_service_calendar,
		"Role": lambda: factories.insert("Role", {"role_name": factories.unique("Role")}, {}),
		"User": factories.make_user,
		"Cost Center": lambda: frappe.get_doc("Cost Center", make_cost_center(factories.unique("Center"))),
		**{group: partial(node, group) for group in ("Item Group", "Customer Group", "Territory")},
		"Brand": lambda: factories.insert("Brand", {"brand": factories.unique("Brand")}, {}),
	}
	return makers[doctype]() if doctype in makers else bare(doctype, name=factories.unique("R"))


def rename(old: Any, new: Any | None) -> str:
	name = new.name if new else f"re-{old.name}"
	frappe.rename_doc(old.doctype, old.name, name, force=True, merge=bool(new), show_alert=False)
	return name


def row_holding(entry: StoredName, doc: Any) -> Any:
	if (entry.doctype, doc.doctype) == ("Installed Unit", "Serial No"):
		return unit_of(doc)
	values = {entry.fieldname: holding(entry, doc.doctype, doc.name), **entry.filters(doc)}
	if entry.fieldname == "source_key":
		known = {"Item": {"item_code": doc.name}, "Asset": {"asset": doc.name}}
		values.update(known.get(doc.doctype, {"source_doctype": doc.doctype, "source_name": doc.name}))
	return bare(entry.doctype, **values)


def unit_of(serial: Any) -> Any:
	"""One unit stands for a serial number, with its key and its label."""
	there = frappe.db.exists("Installed Unit", {"serial_no": serial.name})
	return (
		frappe._dict(name=there)
		if there
		else bare(
			"Installed Unit",
			serial_no=serial.name,
			serial_label=serial.name,
			source_key=f"Serial No|{serial.name}",
			item_code=serial.item_code,
		)
	)


def stored(entry: StoredName, row: Any) -> str | None:
	return frappe.db.get_value(entry.doctype, row.name, entry.fieldname)


BOTH = pytest.mark.parametrize("merge", [False, True], ids=["renamed", "merged"])
FOLLOW_OR_KEEP = of(How.FOLLOWS, How.KEEPS)


@BOTH
@pytest.mark.parametrize("doctype", FOLLOW_OR_KEEP)
def test_each_line_follows_or_keeps(doctype: str, merge: bool) -> None:
	if merge and doctype in NEVER_MERGED:
		pytest.skip(NEVER_MERGED[doctype])
	doc, third = record(doctype), record(doctype)
	other = record(doctype, doc)
	rows = {field_of(entry): (entry, row_holding(entry, doc)) for entry in FOLLOW_OR_KEEP[doctype]}
	bystanders = {name: (entry, row_holding(entry, third)) for name, (entry, _row) in rows.items()}
	before = {name: stored(*pair) for name, pair in bystanders.items()}
	new = rename(doc, other if merge else None)
	assert {name: stored(*pair) for name, pair in rows.items()} == {
		name: holding(entry, doctype, doc.name if entry.how == How.KEEPS else new)
		for name, (entry, _row) in rows.items()
	}
	assert {name: stored(*pair) for name, pair in bystanders.items()} == before, "another's name stays"
	assert all(entry.why for entry, _row in rows.values())


TAILS = [
	pytest.param(entry, id=field_of(entry))
	for entry in lists()
	if entry.shape == Shape.TAIL and entry.how == How.FOLLOWS
]


@pytest.mark.parametrize("entry", TAILS)
def test_a_key_that_becomes_too_long_follows_all_the_same(entry: StoredName) -> None:
	"""ERPNext's rename is never refused because of a key, and the key is found under every name."""
	doctype = entry.of[0]
	names = [factories.unique("R"), *(f"{'a' * 119}{end}" for end in "12")]
	doc = bare(doctype, name=names[0])
	row = bare(
		entry.doctype, **{entry.fieldname: key_of("Happened", "U-1", doctype, doc.name), **entry.filters(doc)}
	)
	for name in [*names[1:], factories.unique("S")]:
		frappe.rename_doc(doctype, doc.name, name, force=True, show_alert=False)
		doc = frappe.get_doc(doctype, name)
		assert stored(entry, row) == key_of("Happened", "U-1", doctype, name)


def test_a_text_somebody_has_just_saved_is_not_written_over() -> None:
	"""The rename's snapshot is older than what another worker has committed."""
	entry = next(entry for entry in lists() if entry.fieldname == "serial_nos")
	row = bare(entry.doctype, item_code="I-1", serial_nos="SN before\nSN old")
	frappe.db.commit()
	try:
		assert stored(entry, row) == "SN before\nSN old"  # from here on this transaction sees no other
		with second_connection() as other:
			values = ("SN before\nSN old\nSN added", row.name)
			other.sql("update `tabEngineer Visit Part` set serial_nos = %s where name = %s", values)
			other.commit()
		renamed = frappe.get_doc({"doctype": "Serial No", "name": "SN new", "item_code": "I-1"})
		name_shapes.follow(entry, Rename("Serial No", "SN old", "SN new"), renamed)
		frappe.db.commit()
		assert stored(entry, row) == "SN before\nSN new\nSN added"
	finally:
		frappe.db.delete(entry.doctype, {"name": row.name})
		frappe.db.commit()


NUMBERED = {
	doctype: parts
	for doctype, entries in of(How.FOLLOWS).items()
	if (parts := [entry for entry in entries if not entry.again])
}


def columns_of(entry: StoredName, row: Any) -> dict[str, str | None]:
	"""The field and what is beside it, as stored."""
	links = [column for column, what in entry.beside.items() if what == "name"]
	return frappe.db.get_value(entry.doctype, row.name, [entry.fieldname, *links], as_dict=True)


@pytest.mark.parametrize("doctype", NUMBERED)
def test_a_number_given_again_inherits_nothing(doctype: str) -> None:
	"""Whatever names a deleted document goes on naming that one, and each deleted one by a name of its own."""
	name, third = record(doctype).name, record(doctype)
	bystanders = [(entry, row_holding(entry, third)) for entry in NUMBERED[doctype]]
	before = [columns_of(*pair) for pair in bystanders]
	gone: list[Any] = []
	for _again in range(2):
		if not frappe.db.exists(doctype, name):
			bare(doctype, name=name)
		doc = frappe.get_doc(doctype, name)
		Backlog("Any work", doctype).add([name])
		rows = [(entry, row_holding(entry, doc)) for entry in NUMBERED[doctype]]
		frappe.delete_doc(doctype, name, force=True)
		gone += [columns_of(*pair) for pair in rows]
	values = [value for columns in gone for value in columns.values()]
	assert not [value for value in values if value.endswith(name)], "the next one would be taken for it"
	assert all(deleted_names.MARK in value for value in values)
	keys = [
		(entry.doctype, columns[entry.fieldname])
		for entry, columns in zip(NUMBERED[doctype] * 2, gone, strict=True)
	]
	assert len(set(keys)) == len(keys), "nor is one deleted document taken for the other"
	assert [columns_of(*pair) for pair in bystanders] == before
	assert not frappe.db.exists("Postponed Work", {"reference_doctype": doctype, "reference_name": name})


def test_what_is_meant_again_is_never_numbered() -> None:
	for entry in stored_names.table():
		for doctype in entry.of if entry.again else ():
			rule = frappe.get_meta(doctype).autoname or ""
			assert "naming_series" not in rule and "#" not in rule, f"{field_of(entry)}: {doctype}"


@BOTH
@pytest.mark.parametrize("doctype", of(How.LASTING))
def test_it_is_never_renamed(doctype: str, merge: bool) -> None:
	doc, other = bare(doctype), bare(doctype)
	with pytest.raises(NumberIsKeptError):
		rename(doc, other if merge else None)
	assert frappe.db.exists(doctype, doc.name)


SUMMARIES = {
	doctype: written
	for doctype, entries in of(How.REBUILT).items()
	if (written := [entry for entry in entries if entry.fieldname == "scope_summary"])
}


@BOTH
@pytest.mark.parametrize("doctype", SUMMARIES)
def test_summaries_are_written_anew(doctype: str, merge: bool) -> None:
	if merge and doctype in NEVER_MERGED:
		pytest.skip(NEVER_MERGED[doctype])
	doc, other = record(doctype), record(doctype)
	rows = []
	for entry in SUMMARIES[doctype]:
		links = frappe.get_meta(entry.doctype).get_link_fields()
		link = next(df.fieldname for df in links if df.options == doctype)
		values = {link: doc.name, entry.fieldname: f"What: {doc.name}", "modified": "2020-01-01"}
		rows.append((entry, bare(entry.doctype, **values)))
	new = rename(doc, other if merge else None)
	for entry, row in rows:
		assert stored(entry, row).endswith(f": {new}")
		assert str(frappe.db.get_value(entry.doctype, row.name, "modified")) > "2021"


def test_a_renamed_calendar_writes_its_next_version() -> None:
	calendar = factories.make_service_calendar()
	before = calendar.version
	new = rename(calendar, None)
	version = frappe.db.get_value("Service Calendar", new, "version")
	contents = [
		frappe.db.get_value("Service Calendar Version", name, "content") for name in (before, version)
	]
	assert calendar.name in contents[0] and new not in contents[0] and new in contents[1]


def ours() -> list[Any]:
	"""Every field of our DocTypes, and of ours on others."""
	modules = frappe.get_all("Module Def", {"app_name": "support_service"}, pluck="name")
	doctypes = frappe.get_all("DocType", {"module": ("in", modules)}, pluck="name")
	fields = [df for doctype in doctypes for df in frappe.get_meta(doctype).fields]
	return fields + [
		frappe._dict(df, parent=doctype) for doctype, added in CUSTOM_FIELDS.items() for df in added
	]


def test_every_text_of_ours_is_listed() -> None:
	"""A new field stands in the table, among what is shown of others, or among the texts that hold no name."""
	named = {f"{entry.doctype}.{entry.fieldname}" for entry in stored_names.table()}
	shown = {f"{copy.doctype}.{copy.fieldname}" for copy in copies.table()}
	texts = {name for names in TEXTS.values() for name in names}
	there = {f"{df.parent}.{df.fieldname}" for df in ours() if df.fieldtype in TEXT_TYPES}
	assert there - named - shown - texts == set(), "say how it follows a rename, or that it holds no name"
	assert (named | texts) - there == set(), "no such field"
	assert texts & (named - shown) == set(), "either it holds names or it does not"


def test_the_table_is_what_hooks_name() -> None:
	assert stored_names.table() == lists()
	for entry in stored_names.table():
		for doctype in entry.of:
			assert frappe.db.exists("DocType", doctype), doctype


def test_every_cache_of_ours_is_listed() -> None:
	"""Caches found in the code: Redis, what a process keeps, and what a request keeps."""
	root = Path(support_service.__file__).parent
	found = set()
	for path in root.rglob("*.py"):
		tree = ast.parse(path.read_text())
		if any(_keeps(node) for node in ast.walk(tree)):
			found.add(".".join(path.relative_to(root.parent).with_suffix("").parts))
	elsewhere = {
		"support_service.foundation.instants",  # zones
		"support_service.foundation.zones",  # names of cities
		"support_service.overrides.email_account",  # classes
		"support_service.foundation.packed",  # text of statements
		"support_service.foundation.batches",  # that a sweep was enqueued
		"support_service.foundation.transactions",  # empties Frappe's own
		"support_service.setup.names",  # names of fields
		"support_service.foundation.rate_limits",  # how often somebody called
		"support_service.service_intake.alerts.mapping",  # patterns
		# says that the teams changed
		"support_service.support_service.doctype.service_team.service_team",
	}
	assert found - elsewhere == {cache.where for cache in stored_names.caches()}


def _keeps(node: ast.AST) -> bool:
	if isinstance(node, ast.Attribute):
		return node.attr in ("cache", "request_cache") and "frappe" in ast.unparse(node)
	if isinstance(node, ast.ImportFrom):
		return node.module in ("functools", "frappe.utils.caching") and any(
			"cache" in name.name for name in node.names
		)
	if isinstance(node, ast.AnnAssign):  # a dict of the module, filled as the process goes on
		return ast.unparse(node.target) in ("_books", "_policy_sets")
	return False


def test_a_renamed_team_is_routed_to_at_once() -> None:
	team = factories.make_service_team(department_queue="Technical Support")
	first = frappe.db.get_value(
		"Service Team", {"department_queue": "Technical Support", "disabled": 0}, order_by="creation asc"
	)
	assert intake_defaults._team_of_queue("Technical Support") == first
	new = rename(frappe.get_doc("Service Team", first), None)
	try:
		assert intake_defaults._team_of_queue("Technical Support") == new
		assert frappe.db.exists("Service Team", team.name)
	finally:
		frappe.cache.delete_value("support_service_team_of_queue")
