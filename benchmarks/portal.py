"""The customer's pages as somebody with 50 requests among 10,000 and among 300,000: home, the list of all, one case, the devices.

Each page is paired with `/me`, Frappe's own portal page without content, served in the same way. `ratio` compares ours ÷ that
page at both sizes, which cancels the machine's drift; `against_empty` is ours ÷ that page with the large table.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import frappe
from frappe.utils import set_request
from frappe.website.serve import get_response

from benchmarks.harness import Result, pairs, size
from benchmarks.scale import clear, grow_to
from tests.factories import (
	make_customer,
	make_customer_user,
	make_installed_unit,
	make_service_engineer,
	make_service_request,
	make_service_team,
)

SMALL, LARGE = size("PORTAL_SMALL", 10_000, 100), size("PORTAL_LARGE", 300_000, 1_000)
OPEN, CLOSED = 15, 35
EMPTY = "/me"


def run() -> list[Result]:
	clear()
	world = _world()
	small, large = _measure(world, SMALL), _measure(world, LARGE)
	return [
		Result(
			name=f"portal-{name}",
			ours=now.ours,
			peer=small[name].ours,
			ratio=round(now.ratio / small[name].ratio, 3),
			unit="ms",
			n=now.n,
			extra={
				"closed_cases": [SMALL, LARGE],
				"against_empty": now.ratio,
				"empty_ms": [small[name].peer, now.peer],
			},
		)
		for name, now in large.items()
	]


def _world() -> SimpleNamespace:
	"""A customer with 50 requests, and the units of 50 others on which the history grows."""
	team = make_service_team()
	engineer = make_service_engineer(team=team.name)
	others = [make_customer().name for _ in range(50)]
	units = [make_installed_unit(customer=others[index % 50]).name for index in range(500)]
	customer = make_customer().name
	user = make_customer_user(customer).name
	own = [make_installed_unit(customer=customer).name for _ in range(5)]
	cases = [
		make_service_request(customer=customer, installed_unit=own[index % 5], contact_email=user).name
		for index in range(OPEN + CLOSED)
	]
	frappe.db.set_value("Service Request", {"name": ("in", cases[OPEN:])}, "status", "Closed")
	frappe.db.commit()  # the bulk load and every measured page start from stored data
	return SimpleNamespace(team=team.name, engineer=engineer.user, units=units, user=user, case=cases[0])


def _measure(world: SimpleNamespace, rows: int) -> dict[str, Result]:
	grow_to(rows, world.units, world.team, world.engineer)
	pages = {
		"home": "/service",
		"list": "/service?show=all",
		"case": f"/service/{world.case}",
		"units": "/service/units",
	}
	try:
		return {
			name: pairs(name, _as(world.user, path), _as(world.user, EMPTY), n=40)
			for name, path in pages.items()
		}
	finally:
		frappe.set_user("Administrator")


def _as(user: str, address: str) -> Callable[[], Callable[[], object]]:
	path, _mark, query = address.partition("?")

	def prepare() -> Callable[[], object]:
		frappe.set_user(user)
		# what a log-in over HTTP leaves: a session that can store its token
		frappe.local.session_obj = SimpleNamespace(update=lambda force=False: None)
		frappe.local.support_service_who = None
		set_request(method="GET", path=path, query_string=query)
		frappe.local.form_dict = frappe._dict(pair.split("=") for pair in query.split("&") if pair)
		frappe.local.response = frappe._dict(docs=[])
		return lambda: _serve(path)

	return prepare


def _serve(path: str) -> None:
	answer = get_response(path.strip("/"))
	if answer.status_code != 200:
		raise RuntimeError(f"{path} answered {answer.status_code}")
