"""The doors through which a record can be reached over HTTP, each as one probe.

A probe takes a client, the world, a persona, a DocType and a side and says whether the door opened: for what shows a
record, whether the answer names it; for what changes one, whether the answer is anything but a refusal (a document
that fails its own validation was let in).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import frappe

from tests import platform
from tests.access.matrix import CREATE, PARENTS, TOUCH
from tests.access.world import World
from tests.http_server import Client

REFUSED = (301, 302, 401, 403, 404)


@dataclass(frozen=True)
class Knock:
	"""One person at one record."""

	client: Client
	world: World
	persona: str
	doctype: str
	side: str

	@property
	def name(self) -> str:
		return self.world.record(self.doctype, self.side)

	@property
	def path(self) -> str:
		return f"/api/resource/{self.doctype}/{self.name}"

	def names_it(self, answer: tuple[int, str]) -> bool:
		status, body = answer
		return status == 200 and self.name in body

	def lets_in(self, answer: tuple[int, str]) -> bool:
		return answer[0] not in REFUSED


Probe = Callable[[Knock], bool]


def _by_name(knock: Knock) -> str:
	return json.dumps([["name", "=", knock.name]])


def resource_list(knock: Knock) -> bool:
	params = {"filters": _by_name(knock), "fields": '["*"]'}
	return knock.names_it(knock.client.send("GET", f"/api/resource/{knock.doctype}", params=params))


def client_list(knock: Knock) -> bool:
	return knock.names_it(
		knock.client.call("frappe.client.get_list", "GET", doctype=knock.doctype, filters=_by_name(knock))
	)


def client_list_with_parent(knock: Knock) -> bool:
	parent = PARENTS[knock.doctype]
	return knock.names_it(
		knock.client.call(
			"frappe.client.get_list", "GET", doctype=knock.doctype, parent=parent, filters=_by_name(knock)
		)
	)


def client_value(knock: Knock) -> bool:
	return knock.names_it(
		knock.client.call(
			"frappe.client.get_value", "GET", doctype=knock.doctype, filters=_by_name(knock), fieldname="name"
		)
	)


def client_document(knock: Knock) -> bool:
	return knock.names_it(
		knock.client.call("frappe.client.get", "GET", doctype=knock.doctype, name=knock.name)
	)


def _report_arguments(knock: Knock) -> dict[str, str]:
	return {
		"doctype": knock.doctype,
		"fields": json.dumps([f"`tab{knock.doctype}`.`name`"]),
		"filters": json.dumps([[knock.doctype, "name", "=", knock.name]]),
	}


def report_view(knock: Knock) -> bool:
	return knock.names_it(
		knock.client.call("frappe.desk.reportview.get", "GET", **_report_arguments(knock), page_length=5)
	)


def report_count(knock: Knock) -> bool:
	status, body = knock.client.call("frappe.desk.reportview.get_count", "GET", **_report_arguments(knock))
	return status == 200 and json.loads(body).get("message") == 1


def report_export(knock: Knock) -> bool:
	answer = knock.client.send(
		"POST",
		"/api/method/frappe.desk.reportview.export_query",
		data={**_report_arguments(knock), "file_format_type": "CSV", "title": knock.doctype},
	)
	return knock.names_it(answer)


def resource_document(knock: Knock) -> bool:
	return knock.names_it(knock.client.send("GET", knock.path))


def second_api(knock: Knock) -> bool:
	return knock.names_it(knock.client.send("GET", f"/api/v2/document/{knock.doctype}/{knock.name}"))


def form(knock: Knock) -> bool:
	return knock.names_it(
		knock.client.call("frappe.desk.form.load.getdoc", "GET", doctype=knock.doctype, name=knock.name)
	)


def timeline(knock: Knock) -> bool:
	status, _body = knock.client.call(
		"frappe.desk.form.load.get_docinfo", "GET", doctype=knock.doctype, name=knock.name
	)
	return status == 200


def link_search(knock: Knock) -> bool:
	return knock.names_it(
		knock.client.call("frappe.desk.search.search_link", doctype=knock.doctype, txt=knock.name)
	)


def realtime_room(knock: Knock) -> bool:
	status, body = knock.client.call(
		platform.MAY_WATCH, "GET", doctype=knock.doctype, **{platform.MAY_WATCH_NAME: knock.name}
	)
	return status == 200 and json.loads(body).get("message") is True


def add_comment(knock: Knock) -> bool:
	return knock.lets_in(
		knock.client.call(
			"frappe.desk.form.utils.add_comment",
			reference_doctype=knock.doctype,
			reference_name=knock.name,
			content="noted",
			comment_email="x@example.com",
			comment_by="x",
		)
	)


def print_view(knock: Knock) -> bool:
	return knock.names_it(
		knock.client.send(
			"GET", "/printview", params={"doctype": knock.doctype, "name": knock.name, "format": "Standard"}
		)
	)


def private_file(knock: Knock) -> bool:
	return knock.client.send("GET", knock.world.files[knock.doctype, knock.side])[0] == 200


def write(knock: Knock) -> bool:
	return knock.lets_in(knock.client.send("PUT", knock.path, json=TOUCH[knock.doctype]))


def set_value(knock: Knock) -> bool:
	(fieldname, value), *_others = TOUCH[knock.doctype].items()
	return knock.lets_in(
		knock.client.call(
			"frappe.client.set_value",
			doctype=knock.doctype,
			name=knock.name,
			fieldname=fieldname,
			value=value,
		)
	)


def forged_write(knock: Knock) -> bool:
	"""The same change, with values that say the record is the visitor's own."""
	own = "b" if knock.persona in ("customer_b", "other_engineer") else "a"
	side = knock.world.sides[own]
	lie = {
		"owner": knock.world.users[knock.persona],
		"engineer_user": knock.world.users[knock.persona],
		"team": side["team"],
		"department_queue": side["queue"],
		"customer": side["customer"],
	}
	return knock.lets_in(knock.client.send("PUT", knock.path, json={**lie, **TOUCH[knock.doctype]}))


def create(knock: Knock) -> bool:
	values = CREATE[knock.doctype](knock.world.sides[knock.side])
	return knock.lets_in(knock.client.send("POST", f"/api/resource/{knock.doctype}", json=values))


def delete(knock: Knock) -> bool:
	name = knock.world.fresh(knock.doctype, knock.side)
	return knock.lets_in(knock.client.send("DELETE", f"/api/resource/{knock.doctype}/{name}"))


def submit(knock: Knock) -> bool:
	name = knock.world.fresh(knock.doctype, knock.side)
	return knock.lets_in(
		knock.client.send("PUT", f"/api/resource/{knock.doctype}/{name}", json={"docstatus": 1})
	)


def cancel(knock: Knock) -> bool:
	name = knock.world.fresh(knock.doctype, knock.side)
	frappe.db.set_value(knock.doctype, name, "docstatus", 1)
	frappe.db.commit()  # the server is another connection
	return knock.lets_in(
		knock.client.send("PUT", f"/api/resource/{knock.doctype}/{name}", json={"docstatus": 2})
	)


# one at a time: these make a record first, on the test's own database connection; and a print keeps a worker busy
ONE_AT_A_TIME = (delete, submit, cancel, print_view)

# what a row of the matrix stands for: every door of the row must answer alike
DOORS: dict[str, tuple[Probe, ...]] = {
	"see": (
		resource_list,
		client_list,
		client_value,
		client_document,
		report_view,
		report_count,
		resource_document,
		second_api,
		form,
		timeline,
		link_search,
		realtime_room,
		add_comment,
	),
	"see settings": (client_document, resource_document, form),
	"see rows": (client_list_with_parent, resource_document),
	"list rows": (client_list_with_parent,),
	"export": (report_export,),
	"print": (print_view,),
	"file": (private_file,),
	"write": (write, set_value, forged_write),
	"create": (create,),
	"delete": (delete,),
	"submit": (submit,),
	"cancel": (cancel,),
}
