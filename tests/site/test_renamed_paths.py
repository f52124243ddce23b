"""Paths of the last release on a real site: hooks and jobs find what they name, REST calls are judged as by the new path."""

import importlib
from collections.abc import Iterator
from types import SimpleNamespace

import frappe
import pytest
from frappe.utils.background_jobs import execute_job

from support_service.renamed import APP, MODULES, NAMES, new_path
from tests import factories
from tests.http_server import Client, Server, api_token
from tests.portal_client import forget_rate_limits

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

# what queued jobs and the hooks and code of other apps name, as docs/extending.md of the last release had it
NAMED_BY_OTHERS = (
	"support_service.telling.tell_due",
	"service_level.escalation.tell_due",
	"service_level.escalation.Escalation",
	"service_level.sweep.sweep_and_tell",
	"service_level.recompute.run",
	"service_level.clock_kinds.ClockKind",
	"service_coverage.contract_billing.make_due",
	"service_coverage.expiry_notices.tell_of_expiring",
	"service_coverage.warranty_sweep.move_by_date",
	"installed_base.delivery_sweep.catch_up",
	"foundation.copies.run",
	"erpnext_takeover.worker.work_off",
	"erpnext_takeover.runs.sweep",
	"erpnext_takeover.issues.open_missing",
	"support_service.messages.queue",
	"support_service.recipients.users_for",
	"support_service.api.tell_again",
	"service_intake.api.files_of_case",
	"service_intake.portal_api.withdraw",
)
PORTAL = f"{APP}.service_intake.portal_api"
# functions for the desk, and what they are asked with
DESK = {
	"service_intake.access_api.of_customer": {"customer": "Nobody"},
	"service_intake.api.files_of_case": {"request": "SR-2020-99999"},
	"support_service.api.tell_again": {"request": "SR-2020-99999"},
	"service_coverage.contract_api.renew": {"contract": "SC-2020-99999"},
}


@pytest.fixture(scope="module")
def customers(http_server: Server) -> Iterator[SimpleNamespace]:
	"""Two customers, each with a login and an own case; and a guest."""
	frappe.set_user("Administrator")
	made = SimpleNamespace(guest=http_server.client())
	for side in ("own", "other"):
		customer = factories.make_customer().name
		user = factories.make_customer_user(customer).name
		case = factories.make_service_request(customer=customer).name
		setattr(made, side, SimpleNamespace(client=http_server.client(api_token(user)), case=case))
	frappe.db.commit()
	forget_rate_limits()
	yield made
	forget_rate_limits()


@pytest.mark.parametrize("old", NAMED_BY_OTHERS)
def test_frappe_finds_what_an_old_path_names(old: str) -> None:
	new = new_path(f"{APP}.{old}")
	assert new != f"{APP}.{old}"
	assert frappe.get_attr(f"{APP}.{old}") is frappe.get_attr(new)


@pytest.mark.parametrize("old", sorted(MODULES))
def test_every_old_module_can_be_imported(old: str) -> None:
	module, new = importlib.import_module(f"{APP}.{old}"), importlib.import_module(f"{APP}.{MODULES[old]}")
	kept = [
		name
		for name, value in vars(new).items()
		if not name.startswith("_") and getattr(value, "__module__", None) == new.__name__
	]
	moved = {name.rpartition(".")[2] for name in NAMES if name.rpartition(".")[0] == old}
	assert all(getattr(module, name) is getattr(new, name) for name in kept if name not in moved)


def test_a_job_queued_before_the_upgrade_runs_after_it() -> None:
	case = factories.make_service_request()
	told = {"request": case.name, "told": 0}
	assert frappe.db.count("Service Request Move", told)
	frappe.db.commit()
	execute_job(
		site=frappe.local.site,
		method=f"{APP}.support_service.telling.tell_due",
		event=None,
		job_name="old",
		kwargs={"limit": 5000},
		is_async=False,
	)
	assert not frappe.db.count("Service Request Move", told)


def test_a_customer_reaches_the_portal_by_the_old_path(customers: SimpleNamespace) -> None:
	status, body = customers.own.client.call(
		f"{PORTAL}.send_message", request=customers.own.case, text="Hello"
	)
	assert status == 200, body
	frappe.db.rollback()
	written = {"reference_doctype": "Service Request", "reference_name": customers.own.case}
	assert frappe.db.count("Communication", written) == 1


@pytest.mark.parametrize("by_cmd", [False, True])
def test_the_old_path_answers_as_the_new_one(customers: SimpleNamespace, by_cmd: bool) -> None:
	"""Own and foreign cases, by route and by `cmd`."""
	for client in (customers.own.client, customers.other.client, customers.guest):
		for function, values in (
			("send_message", {"text": ""}),
			("answer_survey", {"satisfied": 1}),
			("add_proof", {}),
		):
			values = {"request": customers.own.case, **values}
			new, old = (
				_asked(client, f"{path}.{function}", values, by_cmd) for path in (new_path(PORTAL), PORTAL)
			)
			assert old == new, function


@pytest.mark.parametrize("old", sorted(DESK))
@pytest.mark.parametrize("by_cmd", [False, True])
def test_functions_of_the_desk_stay_closed_to_customers(
	customers: SimpleNamespace, old: str, by_cmd: bool
) -> None:
	new = new_path(f"{APP}.{old}")
	assert new != f"{APP}.{old}"
	for client in (customers.own.client, customers.guest):
		by_new = _asked(client, new, DESK[old], by_cmd)
		assert by_new[0] == 403
		assert _asked(client, f"{APP}.{old}", DESK[old], by_cmd) == by_new


@pytest.mark.parametrize(
	"path",
	[
		# private functions and what is not whitelisted are nobody's, whatever they were called
		f"{APP}.support_service.telling.tell_due",
		f"{APP}.service_intake.portal_files.keep",
		f"{PORTAL}._case_owner",
		f"{PORTAL}.surveys.answer",
		f"{PORTAL}.nothing",
	],
)
def test_an_old_path_opens_nothing_that_was_closed(customers: SimpleNamespace, path: str) -> None:
	for client in (customers.own.client, customers.guest):
		status, _error = _asked(client, path, {"request": customers.own.case}, by_cmd=False)
		assert status in (403, 404, 417), status


def _asked(client: Client, path: str, values: dict, by_cmd: bool) -> tuple[int, str | None]:
	"""Status and kind of error."""
	if by_cmd:
		status, body = client.send("POST", "/", data={**values, "cmd": path})
	else:
		status, body = client.call(path, **values)
	parsed = frappe.parse_json(body) if body.lstrip().startswith("{") else {}
	return status, parsed.get("exc_type")
