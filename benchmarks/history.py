"""Opening the list, the form and the hotline screen with 10,000 and with 300,000 closed cases in the table.

The two sizes cannot be in the table at once, so each opening is paired with a read that does not depend on the history
(the Item list through the same endpoint); `ratio` compares ours ÷ that read at both sizes, which cancels the machine's
drift between the two phases. `ours` is the median at 300,000, `peer` the median at 10,000.
"""

from collections.abc import Callable

import frappe
from frappe.desk import reportview
from frappe.desk.form.load import getdoc

from benchmarks.harness import Result, pairs, size
from benchmarks.scale import clear, grow_to
from support_service.service_intake import api as intake
from support_service.support_service import api as case_api
from support_service.support_service.lifecycle import OPEN_STATES, Status
from tests.factories import (
	make_customer,
	make_installed_unit,
	make_item,
	make_service_engineer,
	make_service_request,
	make_service_team,
	make_user,
)

NOT_OVER = [*OPEN_STATES, Status.RESOLVED]
SMALL, LARGE = size("HISTORY_SMALL", 10_000, 100), size("HISTORY_LARGE", 300_000, 1_000)
LIST_FIELDS = [
	"name",
	"subject",
	"customer_name",
	"status",
	"priority",
	"request_type",
	"raised_on",
	"_assign",
	"modified",
]


def run() -> list[Result]:
	clear()
	people = _people()
	small = _measure(people, SMALL)
	large = _measure(people, LARGE)
	results = []
	for name, now in large.items():
		before = small[name]
		results.append(
			Result(
				name=f"history-{name}",
				ours=now.ours,
				peer=before.ours,
				ratio=round(now.ratio / before.ratio, 3),
				unit="ms",
				n=now.n,
				extra={"closed_cases": [SMALL, LARGE], "control_ms": [before.peer, now.peer]},
			)
		)
	return results


def _people() -> dict:
	team = make_service_team()
	engineer = make_service_engineer(team=team.name)
	customers = [make_customer().name for _ in range(50)]
	units = [make_installed_unit(customer=customers[index % 50]).name for index in range(500)]
	for index in range(40):
		make_service_request(customer=customers[index % 50], installed_unit=units[index], team=team.name)
	make_item()
	people = {
		"agent": make_user("Service Desk Agent").name,
		"lead": team.lead,
		"engineer": engineer.user,
		"team": team.name,
		"unit": units[7],
	}
	people["case"] = frappe.get_all(
		"Service Request", {"installed_unit": units[7], "status": "New"}, pluck="name"
	)[0]
	people["units"] = units
	frappe.db.commit()  # the bulk load and every measured read start from stored data
	return people


def _measure(people: dict, size: int) -> dict[str, Result]:
	grow_to(size, people["units"], people["team"], people["engineer"])
	openings = {
		"list-agent": (people["agent"], _open_list),
		"list-lead": (people["lead"], _open_list),
		"list-engineer": (people["engineer"], _open_list),
		"list-all-agent": (people["agent"], lambda: _list("Service Request", LIST_FIELDS, [])),
		"form-agent": (people["agent"], lambda: _open_form(people["case"])),
		"form-unit": (people["agent"], lambda: _open_unit(people["unit"])),
		"hotline": (people["agent"], lambda: _open_hotline(people["unit"])),
	}
	results = {}
	for name, (user, opening) in openings.items():
		results[name] = pairs(name, _as(user, opening), _as("Administrator", _control), n=40)
	frappe.set_user("Administrator")
	return results


def _as(user: str, operation: Callable[[], object]) -> Callable[[], Callable[[], object]]:
	def prepare():
		frappe.set_user(user)
		frappe.local.response = frappe._dict(docs=[])
		return operation

	return prepare


def _control() -> None:
	for _turn in range(3):
		_list("Item", ["name", "item_name", "item_group", "modified"], [])


def _open_list() -> None:
	"""What the desk asks for when the list opens: a page of open cases and their bounded count."""
	_list("Service Request", LIST_FIELDS, [["Service Request", "status", "in", NOT_OVER]])


def _list(doctype: str, fields: list[str], filters: list) -> None:
	args = {
		"doctype": doctype,
		"fields": frappe.as_json([f"`tab{doctype}`.`{field}`" for field in fields]),
		"filters": frappe.as_json(filters),
		"order_by": f"`tab{doctype}`.`modified` desc",
		"start": 0,
		"page_length": 20,
	}
	frappe.local.form_dict = frappe._dict(args, view="List", with_comment_count=1)
	reportview.get()
	frappe.local.form_dict = frappe._dict(
		doctype=doctype, filters=args["filters"], fields="[]", distinct="false", limit=1001
	)
	reportview.get_count()


def _open_form(case: str) -> None:
	getdoc("Service Request", case)
	case_api.allowed_moves(case)
	case_api.movements(case)
	_connections("Service Request", case)


def _open_unit(unit: str) -> None:
	from support_service.installed_base import api

	getdoc("Installed Unit", unit)
	api.inside_now(unit)
	api.unit_history(unit)


def _connections(doctype: str, name: str) -> None:
	from frappe.desk.notifications import get_open_count

	get_open_count(doctype, name)


def _open_hotline(unit: str) -> None:
	serial = frappe.db.get_value("Installed Unit", unit, ["serial_label", "customer"])
	intake.look_up(serial[0])
	intake.unit_card(unit)
	intake.customer_card(serial[1])
