"""Links over real HTTP: whichever door a person takes, what they may not see they do not name."""

import json
from collections.abc import Callable

import frappe
import pytest

from tests import factories
from tests.access.world import World
from tests.http_server import Client

CASE, CLAIM, VISIT = "Service Request", "Supplier Claim", "Engineer Visit"


def _posted(name: str, fieldname: str, value: str) -> str:
	doc = frappe.get_doc(CLAIM, name).as_dict()
	return frappe.as_json({**doc, fieldname: value})


def rest(client: Client, name: str, fieldname: str, value: str) -> tuple[int, str]:
	return client.send("PUT", f"/api/resource/{CLAIM}/{name}", json={fieldname: value})


def rest_v2(client: Client, name: str, fieldname: str, value: str) -> tuple[int, str]:
	return client.send("PATCH", f"/api/v2/document/{CLAIM}/{name}", json={fieldname: value})


def rest_with_flags(client: Client, name: str, fieldname: str, value: str) -> tuple[int, str]:
	values = {fieldname: value, "flags": {"ignore_permissions": 1}, "ignore_permissions": 1}
	return client.send("PUT", f"/api/resource/{CLAIM}/{name}", json=values)


def set_value(client: Client, name: str, fieldname: str, value: str) -> tuple[int, str]:
	return client.call("frappe.client.set_value", doctype=CLAIM, name=name, fieldname=fieldname, value=value)


def client_save(client: Client, name: str, fieldname: str, value: str) -> tuple[int, str]:
	return client.call("frappe.client.save", doc=_posted(name, fieldname, value))


def bulk_update(client: Client, name: str, fieldname: str, value: str) -> tuple[int, str]:
	docs = json.dumps([{"doctype": CLAIM, "docname": name, fieldname: value}])
	return client.call("frappe.client.bulk_update", docs=docs)


def savedocs(client: Client, name: str, fieldname: str, value: str) -> tuple[int, str]:
	return client.call("frappe.desk.form.save.savedocs", doc=_posted(name, fieldname, value), action="Save")


def list_edit(client: Client, name: str, fieldname: str, value: str) -> tuple[int, str]:
	return client.call(
		"frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs",
		doctype=CLAIM,
		docnames=json.dumps([name]),
		action="update",
		data=json.dumps({fieldname: value, "flags": {"ignore_permissions": 1}}),
	)


def calendar(client: Client, name: str, fieldname: str, value: str) -> tuple[int, str]:
	return client.call(
		"frappe.desk.calendar.update_event",
		args=json.dumps({"doctype": CLAIM, "name": name, fieldname: value, "reason": "Dragged"}),
		field_map=json.dumps({"start": fieldname, "end": "reason"}),
	)


DOORS = [rest, rest_v2, rest_with_flags, set_value, client_save, bulk_update, savedocs, list_edit, calendar]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_no_door_puts_a_claim_on_a_hidden_case(
	door: Callable[..., tuple[int, str]], world: World, clients: dict[str, Client]
) -> None:
	lead = world.users["lead"]
	claim = factories.make_supplier_claim()
	frappe.db.set_value(CLAIM, claim.name, "owner", lead)
	frappe.db.commit()
	door(clients["lead"], claim.name, "service_request", world.record(CASE, "b"))
	assert _stored(CLAIM, claim.name, "service_request") is None
	status, body = door(clients["lead"], claim.name, "service_request", world.record(CASE, "a"))
	assert status == 200, body[-500:]
	assert _stored(CLAIM, claim.name, "service_request") == world.record(CASE, "a")


def _draft(values: dict[str, str]) -> str:
	return json.dumps({**values, "__islocal": 1, "name": "new-engineer-visit-1"})


NEW_DOORS: dict[str, Callable[[Client, dict[str, str]], tuple[int, str]]] = {
	"resource": lambda client, values: client.send("POST", f"/api/resource/{VISIT}", json=values),
	"v2": lambda client, values: client.send("POST", f"/api/v2/document/{VISIT}", json=values),
	"insert": lambda client, values: client.call("frappe.client.insert", doc=json.dumps(values)),
	"insert_many": lambda client, values: client.call("frappe.client.insert_many", docs=json.dumps([values])),
	"save": lambda client, values: client.call("frappe.client.save", doc=json.dumps(values)),
	"savedocs": lambda client, values: client.call(
		"frappe.desk.form.save.savedocs", doc=_draft(values), action="Save"
	),
}


@pytest.mark.parametrize("door", NEW_DOORS)
def test_no_door_plans_a_visit_to_a_hidden_case(door: str, world: World, clients: dict[str, Client]) -> None:
	now = frappe.utils.now_datetime()
	for side in ("b", "a"):
		values = {
			"doctype": VISIT,
			"service_request": world.record(CASE, side),
			"engineer": world.sides["a"]["engineer"],
			"planned_start": str(now),
			"planned_end": str(frappe.utils.add_to_date(now, hours=1)),
		}
		before = _count(world.record(CASE, side))
		status, body = NEW_DOORS[door](clients["engineer"], values)
		assert status == (403 if side == "b" else 200), body[-500:]
		assert _count(world.record(CASE, side)) == before + (side == "a")


def test_a_draft_visit_does_not_open_a_foreign_case(world: World, clients: dict[str, Client]) -> None:
	"""As it was done: point the own visit at the case, change the engineer away and back, read."""
	client, foreign = clients["engineer"], world.record(CASE, "b")
	visit = world.fresh(VISIT, "a")
	# of the same team, whose visits they see: the visit does not get out of their hands
	own, other = (
		world.sides["a"]["engineer"],
		factories.make_service_engineer(team=world.sides["a"]["team"]).name,
	)
	frappe.db.commit()
	path = f"/api/resource/{VISIT}/{visit}"
	client.send("PUT", path, json={"service_request": foreign})
	client.send("PUT", path, json={"service_request": foreign, "engineer": other})
	for engineer in (other, own):
		status, body = client.send("PUT", path, json={"engineer": engineer})
		assert status == 200, body[-500:]
	assert _stored(VISIT, visit, "service_request") == world.record(CASE, "a")
	assert client.send("GET", f"/api/resource/{CASE}/{foreign}")[0] == 403
	shared = {"share_doctype": CASE, "share_name": foreign, "user": world.users["engineer"]}
	assert not frappe.db.exists("DocShare", shared)


def test_who_made_a_case_stays(world: World, clients: dict[str, Client]) -> None:
	"""Else a case would be shown to the lead of another team by calling it theirs."""
	case = world.record(CASE, "a")
	owner = _stored(CASE, case, "owner")
	values = {"owner": world.users["other_engineer"]}
	assert clients["lead"].send("PUT", f"/api/resource/{CASE}/{case}", json=values)[0] >= 400
	assert _stored(CASE, case, "owner") == owner


def test_the_refusal_says_what_to_do(world: World, clients: dict[str, Client]) -> None:
	values = {"doctype": VISIT, "service_request": world.record(CASE, "b")}
	status, body = clients["engineer"].send("POST", f"/api/resource/{VISIT}", json=values)
	assert status == 403 and "that you may see" in body and "Choose another one" in body


def _stored(doctype: str, name: str, fieldname: str) -> str | None:
	frappe.db.rollback()  # a new snapshot: the server is another connection
	return frappe.db.get_value(doctype, name, fieldname)


def _count(case: str) -> int:
	frappe.db.rollback()
	return frappe.db.count(VISIT, {"service_request": case})
