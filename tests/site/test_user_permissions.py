"""A User Permission on a Customer narrows our lists and forms as ERPNext's users expect, and the work goes on."""

from __future__ import annotations

from collections.abc import Iterator

import frappe
import pytest

from support_service.support_service.api import move
from tests import factories
from tests.access.fixtures import http_server, world  # noqa: F401 - fixtures
from tests.access.world import World
from tests.site.test_habits import CASE, DEFINITIONS, DOCUMENTS


@pytest.fixture
def kept_to_a(world: World) -> Iterator[str]:  # noqa: F811
	"""An agent who by a User Permission sees customer A alone, as ERPNext's users set it up."""
	user = factories.make_user("Service Desk Agent", "Service Manager").name
	factories.insert(
		"User Permission",
		{
			"user": user,
			"allow": "Customer",
			"for_value": world.sides["a"]["customer"],
			"apply_to_all_doctypes": 1,
		},
		{},
	)
	yield user
	frappe.db.rollback()
	frappe.cache.hdel("user_permissions", user)


# kinds that belong to a customer, directly or through what they hang on
OF_A_CUSTOMER = [
	"Service Request",
	"Service Request Move",
	"Service Message",
	"Service Robot",
	"Service Mail",
	"Service Clock",
	"Service Clock Entry",
	"Service Survey",
	"Equipment Loan",
	"Equipment Loan Entry",
	"Engineer Visit",
	"Coverage Decision",
	"Supplier Claim",
	"Removed Part",
	"Part Need",
	"Part Reservation",
	"Alert Source",
	"Service Alert",
	"Service Call",
	"Service Chat",
	"Service Call Back",
	"Service API Client",
	"Service Webhook",
	"Service Webhook Delivery",
	"Installed Unit",
	"Installed Unit Event",
	"Unit Reading",
	"Fitted Part Entry",
	"Service Warranty",
	"Service Warranty Entry",
	"Service Contract",
	"Service Contract Use",
	"Portal Invitation",
]


class TestUserPermissions:
	@pytest.mark.parametrize("doctype", OF_A_CUSTOMER)
	def test_one_customer_narrows_every_list_and_form(
		self,
		world: World,  # noqa: F811
		kept_to_a: str,
		doctype: str,
	) -> None:
		own, foreign = world.record(doctype, "a"), world.record(doctype, "b")
		frappe.set_user(kept_to_a)
		listed = frappe.get_list(doctype, {"name": ("in", [own, foreign])}, pluck="name")
		assert listed == [own]
		assert frappe.has_permission(doctype, "read", own)
		assert not frappe.has_permission(doctype, "read", foreign)

	def test_every_kind_with_a_customer_is_in_the_list_above(self) -> None:
		of_customer = {
			name
			for name in DOCUMENTS
			if any(field.get("options") in ("Customer", CASE) for field in DEFINITIONS[name]["fields"])
		}
		# a policy for one customer is everybody's to know; its links ignore User Permissions. A takeover is an admin's
		assert of_customer - {"Service Level Policy", "Takeover Run"} <= set(OF_A_CUSTOMER)

	@pytest.mark.parametrize("table", [name for name in DEFINITIONS if DEFINITIONS[name].get("istable")])
	def test_rows_follow_their_document(
		self,
		world: World,  # noqa: F811
		kept_to_a: str,
		table: str,
	) -> None:
		parents = {row.parenttype for row in frappe.get_all(table, fields=["parenttype"], distinct=True)}
		frappe.set_user(kept_to_a)
		for parenttype in parents:
			if not frappe.has_permission(parenttype, "read"):
				continue
			listed = frappe.get_list(table, parent_doctype=parenttype, pluck="parent", limit=0, distinct=True)
			if frappe.get_meta(parenttype).issingle:
				continue
			readable = set(frappe.get_list(parenttype, pluck="name", limit=0))
			standing = set(frappe.get_all(table, {"parenttype": parenttype}, pluck="parent"))
			# another test may have deleted a document past its rows
			standing &= set(frappe.get_all(parenttype, pluck="name"))
			mine = {parent for parent in listed if parent in standing}
			assert mine == standing & readable, f"{table} of {parenttype}"

	def test_the_work_goes_on(self, world: World, kept_to_a: str) -> None:  # noqa: F811
		"""Whoever is kept to one customer opens, assigns and ends their cases like others."""
		frappe.set_user(kept_to_a)
		side = world.sides["a"]
		case = factories.make_service_request(
			customer=side["customer"], installed_unit=side["Installed Unit"]
		)
		move(case.name, "assign", engineer=side["engineer"])
		move(case.name, "start")
		done = move(
			case.name, "resolve", values={"cause": "Fan", "solution": "Cleaned", "resolution": "Runs"}
		)
		assert done["status"] == "Resolved"
		assert frappe.get_list("Service Clock", {"request": case.name}, pluck="name") == frappe.get_all(
			"Service Clock", {"request": case.name}, pluck="name"
		)

	def test_another_customer_is_refused(self, world: World, kept_to_a: str) -> None:  # noqa: F811
		frappe.set_user(kept_to_a)
		case = frappe.get_doc(
			{
				"doctype": CASE,
				"subject": "x",
				"request_type": "Fault",
				"channel": factories.make_service_channel(),
				"company": factories.company(),
				"customer": world.sides["b"]["customer"],
			}
		)
		with pytest.raises(frappe.PermissionError):
			case.insert()
