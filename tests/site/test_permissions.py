"""The predicate itself: unions of roles, list and form from one source, ties of a login to a customer."""

import frappe
import pytest

from support_service import hooks
from support_service.permissions import who
from support_service.permissions.named_links import HiddenLinkError
from support_service.permissions.parent_rows import ParentRow, RowAloneError
from tests import factories
from tests.access.world import PERSONAS, World
from tests.platform import NO_OBJECTION

# of Frappe's own: tests/site/test_hidden_files.py, test_assign_to.py, test_named_links.py
NOT_OURS = ("File", "ToDo", "*")
PREDICATES = [doctype for doctype in hooks.has_permission if doctype not in NOT_OURS]


def _may_read(doctype: str, name: str, user: str) -> bool:
	return bool(frappe.has_permission(doctype, "read", name, user=user))


def _listed(doctype: str, user: str, names: list[str]) -> set[str]:
	return set(frappe.get_list(doctype, filters={"name": ["in", names]}, pluck="name", user=user))


@pytest.mark.parametrize("doctype", PREDICATES)
def test_list_and_form_agree(doctype: str, world: World) -> None:
	names = frappe.get_all(doctype, pluck="name", order_by="creation desc", limit=60)
	for persona in PERSONAS:
		user = world.users[persona]
		if not frappe.has_permission(doctype, "read", user=user):
			continue
		readable = {name for name in names if _may_read(doctype, name, user)}
		assert _listed(doctype, user, names) == readable, persona


@pytest.mark.parametrize("doctype", PREDICATES)
def test_hook_never_grants(doctype: str, world: World) -> None:
	check = frappe.get_attr(hooks.has_permission[doctype])
	for persona in PERSONAS:
		for side in ("a", "b"):
			doc = frappe.get_doc(doctype, world.record(doctype, side))
			for right in ("read", "write", "create", "delete", "submit"):
				assert check(doc=doc, ptype=right, user=world.users[persona]) in (NO_OBJECTION, False)


def test_roles_add_up(world: World) -> None:
	"""An engineer of team B who also leads team A sees both."""
	team, other = world.sides["a"]["team"], world.sides["b"]["team"]
	user = factories.make_user("Service Engineer", "After-Sales Lead").name
	factories.make_service_engineer(user=user, team=other)
	frappe.db.set_value("Service Team", team, "lead", user)
	for side in ("a", "b"):
		assert _may_read("Service Request", world.record("Service Request", side), user)


def test_lead_without_team_sees_only_own(world: World) -> None:
	user = factories.make_user("After-Sales Lead").name
	case = world.record("Service Request", "a")
	assert not _may_read("Service Request", case, user)
	frappe.db.set_value("Service Request", case, "owner", user)
	assert _may_read("Service Request", case, user)


def test_inactive_engineer_loses_the_team(world: World) -> None:
	engineer = factories.make_service_engineer(team=world.sides["a"]["team"])
	case = world.record("Service Request", "a")
	assert _may_read("Service Request", case, engineer.user)
	engineer.db_set("active", 0)
	assert not _may_read("Service Request", case, engineer.user)


def test_role_given_by_an_admin_is_not_narrowed(world: World) -> None:
	"""An admin gives another role access with the role permissions manager, without code."""
	from frappe.permissions import add_permission

	role = frappe.get_doc({"doctype": "Role", "role_name": factories.unique("Auditor")}).insert()
	user = factories.make_user(role.name).name
	case = world.record("Service Request", "a")
	assert not _may_read("Service Request", case, user)
	try:
		add_permission("Service Request", role.name)
		frappe.clear_cache(doctype="Service Request")
		frappe.local.role_permissions = {}
		assert _may_read("Service Request", case, user)
	finally:
		frappe.db.rollback()
		frappe.clear_cache(doctype="Service Request")
		frappe.local.role_permissions = {}


def test_shared_document_is_in_the_list(world: World) -> None:
	user, case = world.users["other_engineer"], world.record("Service Request", "a")
	frappe.share.add("Service Request", case, user, read=1)
	assert _may_read("Service Request", case, user)
	assert _listed("Service Request", user, [case]) == {case}
	assert not frappe.has_permission("Service Request", "write", case, user=user)


def test_unsaved_documents_can_be_begun(world: World) -> None:
	assert frappe.has_permission(
		"Service Request", "create", frappe.new_doc("Service Request"), user=world.users["lead"]
	)
	user = world.users["customer_a"]
	own = frappe.new_doc("Service Request", customer=world.sides["a"]["customer"])
	assert frappe.has_permission("Service Request", "create", own, user=user)
	foreign = frappe.new_doc("Service Request", customer=world.sides["b"]["customer"])
	with pytest.raises(HiddenLinkError):
		frappe.has_permission("Service Request", "create", foreign, user=user)


def test_customer_cannot_begin_a_case_for_a_foreign_unit(world: World) -> None:
	case = frappe.new_doc(
		"Service Request",
		customer=world.sides["a"]["customer"],
		installed_unit=world.record("Installed Unit", "b"),
	)
	with pytest.raises(HiddenLinkError):
		frappe.has_permission("Service Request", "create", case, user=world.users["customer_a"])


def test_customers_of_reads_portal_users_and_nothing_else() -> None:
	first, second, third = (factories.make_customer() for _number in range(3))
	user = factories.make_customer_user(first.name).name
	factories.give_portal_access(second.name, user)
	factories.make_contact(third.name, user)
	factories.make_contact(third.name, user=user)
	assert who.customers_of(user) == {first.name, second.name}
	assert who.customers_of("Guest") == frozenset()


def test_customer_name_with_quotes_stays_a_value() -> None:
	"""Names go into the list's SQL text."""
	customer = factories.make_customer(customer_name=factories.unique("O'Neil \\ 100%"))
	user = factories.make_customer_user(customer.name).name
	case = factories.make_service_request(customer=customer.name)
	assert _listed("Service Request", user, [case.name]) == {case.name}


def test_case_opened_by_a_customer_keeps_what_the_app_fills_in(world: World) -> None:
	"""Fields a customer may not read are still written by routing and intake."""
	frappe.set_user(world.users["customer_a"])
	case = frappe.new_doc(
		"Service Request",
		subject="Broken",
		request_type="Fault",
		channel=factories.make_service_channel(),
		customer=world.sides["a"]["customer"],
		company=world.sides["a"]["company"],
		intake_key=frappe.generate_hash(),
	).insert()
	frappe.set_user("Administrator")
	stored = frappe.db.get_value(
		"Service Request", case.name, ["routing_reason", "intake_key", "priority_reason"], as_dict=True
	)
	assert all(stored.values()), stored


def test_an_engineer_lent_by_another_team_opens_the_case_they_visit() -> None:
	lent = factories.make_service_engineer()
	visit = factories.make_engineer_visit(engineer=lent.name)
	frappe.set_user(lent.user)
	assert frappe.has_permission("Service Request", "read", visit.service_request)
	assert visit.service_request in frappe.get_list("Service Request", pluck="name")
	assert not frappe.has_permission("Service Request", "write", visit.service_request)


def test_every_row_of_ours_is_changed_with_its_document_only(world: World) -> None:
	modules = frappe.get_all("Module Def", filters={"app_name": "support_service"}, pluck="name")
	rows = frappe.get_all("DocType", filters={"module": ("in", modules), "istable": 1}, pluck="name")
	assert rows
	for doctype in rows:
		name = frappe.db.get_value(doctype, {"parent": ("is", "set")})
		row = frappe.get_doc(doctype, name) if name else frappe.new_doc(doctype, parenttype="x", parent="y")
		assert isinstance(row, ParentRow), doctype
		for act in (row.validate, row.on_trash):
			with pytest.raises(RowAloneError):
				act()
