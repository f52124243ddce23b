"""What is shown of another record follows when that record is changed, renamed or merged (kind: fetched titles)."""

from __future__ import annotations

from typing import Any

import frappe
import pytest

from support_service import hooks
from support_service.foundation.names import copies
from support_service.foundation.names.copies import Copy, draft, everywhere
from support_service.installed_base.copies import as_written
from support_service.patches.v0_5 import follow_renamed_records
from support_service.support_service import moves
from tests import factories
from tests.site.coverage_world import decision_of, make_case_on, make_unit_with_warranty
from tests.site.stored_name_world import bare

ROOMS = (
	"installed_base",
	"service_coverage",
	"support_service",
	"service_charging",
	"field_service",
	"service_parts.loans",
	"service_parts",
)
LISTED: list[Copy] = [
	copy
	for room in ROOMS
	for copy in __import__(f"support_service.{room}.copies", fromlist=["COPIES"]).COPIES
]
FOLLOWING = [copy for copy in LISTED if copy.current]
# values of a row that follows, and of one that does not; None: all of them follow
STATES = {
	everywhere: ({}, None),
	draft: ({"docstatus": 0}, {"docstatus": 1}),
	"Service Contract": ({"docstatus": 1, "status": "Active"}, {"docstatus": 1, "status": "Expired"}),
	"Service Request": ({"status": "Waiting for Parts"}, {"status": "Closed"}),
	"Equipment Loan": ({"status": "Booked"}, {"status": "Returned"}),
}


def name_of(copy: Copy) -> str:
	return f"{copy.doctype}.{copy.fieldname}"


def source_of(copy: Copy) -> Any:
	makers = {
		"Item": factories.make_item,
		"Customer": factories.make_customer,
		"Contact": lambda: factories.make_contact(factories.make_customer().name),
		"Address": factories.make_address,
		"Service Engineer": factories.make_service_engineer,
		"Installed Unit": lambda: factories.make_installed_unit(item_code=factories.make_item().name),
	}
	return frappe.get_doc(copy.source, makers[copy.source]().name)


def other_value(copy: Copy, source: Any) -> str:
	df = source.meta.get_field(copy.shows)
	if df.fieldtype == "Link":
		made = {
			"Brand": lambda: factories.insert("Brand", {"brand": factories.unique("Brand")}, {}).name,
			"Item Group": lambda: "Services",
			"UOM": lambda: "Box",
			"Item": lambda: factories.make_item().name,
		}
		return made[df.options]()
	return factories.unique("Another")


def value_of(copy: Copy, source: Any) -> str:
	return copy.made(source.as_dict()) if copy.made else source.get(copy.shows)


def change(copy: Copy, source: Any) -> str:
	"""Change the title by a save, as a person does."""
	if copy.source == "Address":
		source.address_line1 = factories.unique("New Street")
		source.save()
		return value_of(copy, source)
	new = other_value(copy, source)
	if copy.source == "Contact":
		source.update({"first_name": new, "last_name": None})
	else:
		source.set(copy.shows, new)
	source.save()
	return source.get(copy.shows)


def rows_of(copy: Copy, source: Any) -> list[Any]:
	"""A row that follows and, where there are such, one that does not."""
	shown = {copy.link: source.name, copy.fieldname: value_of(copy, source)}
	if copy.doctype == "Service Contract Unit":
		contracts = [bare("Service Contract", **values).name for values in STATES["Service Contract"]]
		return [bare(copy.doctype, parent=name, parenttype="Service Contract", **shown) for name in contracts]
	if copy.doctype == "Equipment Loan Piece":
		loans = [bare("Equipment Loan", **values).name for values in STATES["Equipment Loan"]]
		return [bare(copy.doctype, parent=name, parenttype="Equipment Loan", **shown) for name in loans]
	if copy.doctype == "Coverage Decision":
		cases = [bare("Service Request", **values).name for values in STATES["Service Request"]]
		return [bare(copy.doctype, service_request=case, **shown) for case in cases]
	states = STATES.get(copy.doctype) or STATES[copy.current]
	return [bare(copy.doctype, **shown, **values) for values in states if values is not None]


def stored(copy: Copy, row: Any) -> str | None:
	return frappe.db.get_value(copy.doctype, row.name, copy.fieldname)


@pytest.mark.parametrize("copy", FOLLOWING, ids=name_of)
def test_current_records_follow_and_papers_keep(copy: Copy) -> None:
	source = source_of(copy)
	row, *papers = rows_of(copy, source)
	before = value_of(copy, source)
	new = change(copy, source)
	assert new != before
	assert stored(copy, row) == new
	assert copy.why and [stored(copy, paper) for paper in papers] == [before] * len(papers)


@pytest.mark.parametrize("copy", [copy for copy in FOLLOWING if not copy.typed], ids=name_of)
def test_of_merged_records_one_title_is_left(copy: Copy) -> None:
	source, other = source_of(copy), source_of(copy)
	if copy.source == "Installed Unit":
		pytest.skip("a unit with a history is not merged")
	change(copy, other)
	row, *papers = rows_of(copy, source)
	before = value_of(copy, source)
	if copy.shows == "stock_uom":
		source.db_set("stock_uom", other.stock_uom)  # ERPNext merges only what is counted alike
	frappe.rename_doc(copy.source, source.name, other.name, force=True, merge=True, show_alert=False)
	# where customers are named by their names, ERPNext gives the one that stays its name as title
	left = value_of(copy, frappe.get_doc(copy.source, other.name))
	assert stored(copy, row) == left != before
	assert [stored(copy, paper) for paper in papers] == [before] * len(papers)


def test_every_field_that_is_fetched_is_listed() -> None:
	modules = frappe.get_all("Module Def", {"app_name": "support_service"}, pluck="name")
	fetched = {
		(df.parent, df.fieldname, *df.fetch_from.split("."))
		for doctype in frappe.get_all("DocType", {"module": ("in", modules)}, pluck="name")
		for df in frappe.get_meta(doctype).fields
		if df.fetch_from
	}
	assert (
		fetched - {(copy.doctype, copy.fieldname, copy.link, copy.shows) for copy in copies.table()} == set()
	)


def test_hooks_name_every_list_and_every_source() -> None:
	assert copies.table() == LISTED
	wired = {
		doctype
		for doctype, events in hooks.doc_events.items()
		if "support_service.foundation.names.copies.on_update" in frappe.utils.cstr(events.get("on_update"))
	}
	assert wired == copies.sources()


class TestCustomer:
	"""Six DocTypes show the customer's name."""

	def world(self) -> dict[str, Any]:
		unit = make_unit_with_warranty()
		case = make_case_on(unit)
		return {
			"unit": unit,
			"case": case,
			"visit": factories.make_engineer_visit(service_request=case.name),
			"decision": decision_of(case),
			"warranty": frappe.get_doc("Service Warranty", {"installed_unit": unit.name}),
			"draft": factories.make_service_contract(customer=unit.customer, submit=False),
			"signed": factories.make_service_contract(
				customer=unit.customer, title=f"Gold – {unit.customer_name}"
			),
			"ended": self.ended(unit),
			"closed": self.closed(unit),
		}

	def ended(self, unit: Any) -> Any:
		contract = factories.make_service_contract(customer=unit.customer)
		contract.db_set("status", "Expired")
		return contract

	def closed(self, unit: Any) -> Any:
		case = make_case_on(unit)
		moves.apply_move(case.name, "cancel", reason="A test call")
		return case

	def names(self, world: dict[str, Any]) -> dict[str, str]:
		return {what: doc.reload().customer_name for what, doc in world.items()}

	def expected(self, world: dict[str, Any], new: str, old: str) -> dict[str, str]:
		return {what: old if what in ("ended", "closed") else new for what in world}

	def test_renamed(self) -> None:
		world = self.world()
		old = world["unit"].customer_name
		new = frappe.rename_doc("Customer", world["unit"].customer, f"{old} AG", show_alert=False)
		assert frappe.db.get_value("Customer", new, "customer_name") == new, "named by their names here"
		assert self.names(world) == self.expected(world, new, old)
		assert world["visit"].title.startswith(new)
		assert world["signed"].title == f"Gold – {new}"
		assert new not in world["draft"].title, "a title that people gave stays"

	def test_only_the_title_edited(self) -> None:
		world = self.world()
		customer = frappe.get_doc("Customer", world["unit"].customer)
		old, customer.customer_name = customer.customer_name, "Lin & Söhne “Nord” 100%"
		customer.save()
		assert self.names(world) == self.expected(world, customer.customer_name, old)
		assert world["visit"].title == f"{customer.customer_name} · {world['case'].name}"
		assert world["case"].customer == customer.name, "the record itself keeps its name"

	def test_only_its_capitals_changed(self) -> None:
		case = factories.make_service_request()
		customer = frappe.get_doc("Customer", case.customer)
		customer.customer_name = customer.customer_name.upper()
		customer.save()
		assert case.reload().customer_name == customer.customer_name

	def test_an_open_form_can_still_be_saved(self) -> None:
		case = factories.make_service_request()
		customer = frappe.get_doc("Customer", case.customer)
		customer.customer_name = "Renamed meanwhile"
		customer.save()
		case.description = "Typed before and saved after"
		case.save()
		assert case.reload().customer_name == "Renamed meanwhile"


class TestAddress:
	"""A street that is corrected is corrected for whoever still has to go there."""

	def test_it_is_corrected(self) -> None:
		customer = factories.make_customer().name
		address = factories.make_address(customer, address_line1="Old Street 1")
		unit = factories.make_installed_unit(customer=customer, site_address=address.name)
		case, closed = (make_case_on(unit) for _ in range(2))
		visit = factories.make_engineer_visit(service_request=case.name)
		closed.db_set("status", "Closed")
		address.reload().address_line1 = "New Street 5"
		address.save()
		for doc in (unit, case, visit):
			assert "New Street 5" in doc.reload().site_address_display
			assert "<br>" not in doc.site_address_display
		assert "Old Street 1" in closed.reload().site_address_display
		report = frappe.get_print("Engineer Visit", visit.name, "Service Visit Report")
		assert "New Street 5" in report and "Old Street 1" not in report

	def test_an_open_form_does_not_bring_the_old_one_back(self) -> None:
		customer = factories.make_customer().name
		address = factories.make_address(customer, address_line1="Old Street 1")
		unit = factories.make_installed_unit(customer=customer, site_address=address.name)
		case = make_case_on(unit)
		visit = factories.make_engineer_visit(service_request=case.name)
		opened = [doc.reload() for doc in (unit, case, visit)]
		address.reload().address_line1 = "New Street 5"
		address.save()
		for doc in opened:
			assert "Old Street 1" in doc.site_address_display
			doc.save()
			assert "New Street 5" in doc.reload().site_address_display

	def test_what_is_not_shown_writes_nothing(self) -> None:
		address = factories.make_address()
		unit = factories.make_installed_unit(customer=factories.make_customer().name)
		unit.db_set({"site_address": address.name, "site_address_display": "As it is"})
		address.reload().is_shipping_address = 1
		address.save()
		assert unit.reload().site_address_display == "As it is"

	def test_what_was_corrected_before_is_found_by_the_patch(self) -> None:
		stale, fresh = factories.make_address(), factories.make_address()
		for address, shown in ((stale, "Old Street 1"), (fresh, as_written(fresh.as_dict()))):
			bare("Service Request", site_address=address.name, site_address_display=shown, status="New")
		bare("Service Request", site_address=fresh.name, site_address_display="Old Street 1", status="Closed")
		follow_renamed_records.execute()
		noted = frappe.get_all(
			"Postponed Work",
			{"work": copies.WORK, "reference_name": ("in", [stale.name, fresh.name])},
			pluck="reference_name",
		)
		assert noted == [stale.name]


def test_a_name_of_a_caller_that_was_typed_stays() -> None:
	customer = factories.make_customer().name
	contact = frappe.get_doc("Contact", factories.make_contact(customer).name)
	taken = factories.make_service_request(customer=customer, contact=contact.name)
	typed = factories.make_service_request(
		customer=customer, contact=contact.name, contact_name="The night guard"
	)
	contact.update({"first_name": "Ling", "last_name": "Hu"})
	contact.save()
	assert taken.reload().contact_name == "Ling Hu"
	assert typed.reload().contact_name == "The night guard"


def test_of_merged_callers_one_name_is_left() -> None:
	customer = factories.make_customer().name
	gone, stays = (factories.make_contact(customer).name for _ in range(2))
	taken = factories.make_service_request(customer=customer, contact=gone)
	typed = factories.make_service_request(customer=customer, contact=gone, contact_name="The night guard")
	frappe.rename_doc("Contact", gone, stays, force=True, merge=True, show_alert=False)
	assert taken.reload().contact == stays
	assert taken.contact_name == frappe.db.get_value("Contact", stays, "full_name")
	assert typed.reload().contact_name == "The night guard"


@pytest.mark.parametrize(
	"title, shown",
	[
		("{0}vation care – {0}", "{0}vation care – {1}"),
		("{0} – {0}vation care", "{1} – {0}vation care"),
		("{0} – care for {0} – {0}", "{1} – care for {0} – {1}"),
		("{0} – {0}", "{1} – {1}"),
		("{0}", "{1}"),
		("Care of {0}", "Care of {0}"),
	],
)
def test_only_the_ends_of_a_title_follow(title: str, shown: str) -> None:
	"""A name inside a word, or between, is somebody's text; capitals do not matter."""
	customer = factories.make_customer(customer_name=factories.unique("Inno_%"))
	old, new = customer.customer_name, "Acme AG"
	contract = factories.make_service_contract(customer=customer.name)
	contract.db_set("title", title.format(old))
	customer.reload().customer_name = new
	customer.save()
	assert contract.reload().title == shown.format(old, new)


def test_a_title_that_repeats_itself_is_no_shorter_for_it() -> None:
	customer = factories.make_customer(customer_name="A – A")
	contract = factories.make_service_contract(customer=customer.name)
	contract.db_set("title", "A – A – A")
	customer.reload().customer_name = "B"
	customer.save()
	assert contract.reload().title == "B – A"


class TestLongNames:
	"""ERPNext's save is never refused because of a copy: what is longer than its column is cut."""

	@pytest.mark.parametrize("by", ["save", "rename"])
	def test_a_customer_gets_a_long_name(self, by: str) -> None:
		case = factories.make_service_request()
		visit = factories.make_engineer_visit(service_request=case.name)
		contract = factories.make_service_contract(customer=case.customer)
		contract.db_set("title", f"Gold – {frappe.db.get_value('Customer', case.customer, 'customer_name')}")
		long = factories.unique("X" * 120)
		if by == "rename":
			frappe.rename_doc("Customer", case.customer, long, force=True, show_alert=False)
		else:
			customer = frappe.get_doc("Customer", case.customer)
			long = customer.customer_name = long.ljust(138, "x")
			customer.save()
		assert visit.reload().customer_name == long
		assert visit.title == f"{long[: 140 - len(case.name) - 3]} · {case.name}"
		assert contract.reload().title == f"Gold – {long}"[:140]
		visit.preparation_note = "It can be saved, too"
		visit.save()
		assert visit.reload().title.endswith(case.name)

	def test_a_source_with_longer_values_than_the_column(self, monkeypatch) -> None:
		copy = next(copy for copy in LISTED if name_of(copy) == "Service Request.customer_name")
		case = factories.make_service_request()
		change = copies._Change(copy, case.customer, {"customer_name": "Y" * 300})
		change.write(change.behind(10))
		assert case.reload().customer_name == "Y" * 140
		assert change.behind(10) == [], "cut is as it should be"


@pytest.mark.parametrize("meanwhile", ["of another customer", "closed"])
def test_what_somebody_saved_meanwhile_stays(meanwhile: str) -> None:
	"""Between reading which rows follow and writing them another may have saved one."""
	copy = next(copy for copy in LISTED if name_of(copy) == "Service Request.customer_name")
	case, other = factories.make_service_request(), factories.make_customer()
	change = copies._Change(copy, case.customer, {"customer_name": "New Name"})
	[name] = change.behind(10)
	saved = {
		"of another customer": {"customer": other.name, "customer_name": other.customer_name},
		"closed": {"status": "Closed"},
	}[meanwhile]
	frappe.db.set_value("Service Request", name, saved)
	before = case.reload().customer_name
	change.write([name])
	assert case.reload().customer_name == before


class TestMany:
	"""More rows than somebody waits for are worked off in the background, chunk by chunk."""

	@pytest.fixture
	def few(self, monkeypatch):
		monkeypatch.setattr(copies, "LIMIT", 3)
		monkeypatch.setattr(copies, "CHUNK", 2)
		yield
		frappe.db.rollback()
		frappe.db.delete("Postponed Work", {"work": copies.WORK})
		frappe.db.commit()

	def shown(self, customer: str) -> set[str]:
		return set(frappe.get_all("Service Request", {"customer": customer}, pluck="customer_name"))

	def test_in_the_background(self, few) -> None:
		customer = factories.make_customer()
		for _number in range(7):
			bare(
				"Service Request", customer=customer.name, customer_name=customer.customer_name, status="New"
			)
		old, customer.customer_name = customer.customer_name, "Many"
		customer.save()
		frappe.db.commit()
		assert self.shown(customer.name) == {old}, "nobody waits for them"
		# and it changes again before the run
		customer.customer_name = "Many and more"
		customer.save()
		frappe.db.commit()
		assert copies.run() == 1
		assert self.shown(customer.name) == {"Many and more"}
		assert copies.run() == 0
		assert not frappe.db.exists("Postponed Work", {"work": copies.WORK})

	def test_what_people_may_have_typed_follows_at_once_however_many(self, few) -> None:
		customer = factories.make_customer().name
		contact = frappe.get_doc("Contact", factories.make_contact(customer).name)
		about = {"customer": customer, "contact": contact.name, "status": "New"}
		for _number in range(7):
			bare("Service Request", contact_name=contact.full_name, **about)
		bare("Service Request", contact_name="The night guard", **about)
		contact.update({"first_name": "Ling", "last_name": "Hu"})
		contact.save()
		names = frappe.get_all("Service Request", {"contact": contact.name}, pluck="contact_name")
		assert sorted(names) == ["Ling Hu"] * 7 + ["The night guard"]

	def test_what_was_renamed_before_is_found_by_the_patch(self, few) -> None:
		case = bare(
			"Service Request", customer=factories.make_customer().name, customer_name="Former", status="New"
		)
		closed = bare("Service Request", customer=case.customer, customer_name="Former", status="Closed")
		for _again in range(2):
			follow_renamed_records.execute()
		frappe.db.commit()
		copies.run()
		assert case.reload().customer_name == case.customer
		assert closed.reload().customer_name == "Former"
