"""500 visits with three part rows each, submitted by four processes at once, against as many bare Stock Entries with the same rows.

Visits draw the same items from one warehouse, entries from another, each visit for a case of its own, eight customers in turn; a
process commits after each. The peer is measured twice, as in `visit-stock`: `throughput` from the dict to the submitted Stock Entry (the
work a visit has to do itself), `throughput-draft` from a saved draft. All three take turns, in slices, so that a slow minute of the
machine meets each. A visit that ends in an error stops the benchmark: none may reach a user. ERPNext's entries do end in deadlocks; these
are submitted again at once and counted (`peer_errors`). One that still does after TRIES is left a draft (`peer_left`).
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import time
from multiprocessing.connection import Connection
from typing import Any

import frappe

from benchmarks.harness import Result, size
from support_service.support_service.moves import apply_move
from tests.factories import (
	company,
	make_done_visit,
	make_installed_unit,
	make_item,
	make_service_engineer,
	make_service_request,
	make_stock_receipt,
	make_warehouse,
)

VISITS = size("VISITS", 500, 16)
WORKERS = size("WORKERS", 4, 2)
SLICES = size("SLICES", 10, 2)
ROWS = 3
TRIES = 100
SPAWN = multiprocessing.get_context("spawn")  # own interpreter, own connection: as different web workers


def run() -> list[Result]:
	items = [make_item().name for _ in range(ROWS)]
	place, other = make_warehouse().name, make_warehouse().name
	for warehouse in (place, other):
		for item in items:
			make_stock_receipt(item, warehouse, qty=100_000)
	units = [make_installed_unit() for _ in range(8)]
	engineers = [make_service_engineer() for _ in range(WORKERS)]
	work = {
		"visits": [
			_visit(engineers[n % WORKERS].name, units[n % len(units)], items, place) for n in range(VISITS)
		],
		"entries": [_entry(items, other) for _ in range(VISITS)],
		"drafts": [_saved(_entry(items, other)) for _ in range(VISITS)],
	}
	frappe.db.commit()  # drafts saved earlier

	crew = [_Worker() for _ in range(WORKERS)]
	seconds: dict[str, list[float]] = {kind: [] for kind in work}
	errors, left = dict.fromkeys(work, 0), dict.fromkeys(work, 0)
	per = VISITS // SLICES
	try:
		for number in range(SLICES):
			for kind in list(work) if number % 2 else list(reversed(work)):
				docs = work[kind][number * per : (number + 1) * per]
				passed, refused, given_up = _all_at_once(crew, docs)
				seconds[kind].append(passed)
				errors[kind] += refused
				left[kind] += given_up
	finally:
		for worker in crew:
			worker.stop()
	return [
		_result("throughput", seconds["visits"], seconds["entries"], per, errors["entries"], left["entries"]),
		_result(
			"throughput-draft", seconds["visits"], seconds["drafts"], per, errors["drafts"], left["drafts"]
		),
	]


def _result(
	name: str, ours: list[float], peer: list[float], per: int, peer_errors: int, peer_left: int
) -> Result:
	"""Ratio of the times: below 1 means ours is faster, as everywhere."""
	return Result(
		name=name,
		ours=round(per * len(ours) / sum(ours), 2),
		peer=round(per * len(peer) / sum(peer), 2),
		ratio=round(statistics.median(a / b for a, b in zip(ours, peer, strict=True)), 3),
		unit="submitted per second",
		n=per * len(ours),
		extra={"workers": WORKERS, "errors": 0, "peer_errors": peer_errors, "peer_left": peer_left},
	)


def _visit(engineer: str, unit: Any, items: list[str], warehouse: str) -> dict[str, Any]:
	case = make_service_request(installed_unit=unit.name, customer=unit.customer)
	apply_move(case.name, "assign", engineer=engineer)
	apply_move(case.name, "start")
	visit = make_done_visit(
		*[{"item_code": item, "qty": 1} for item in items],
		service_request=case.name,
		engineer=engineer,
		warehouse=warehouse,
		outcome="Not Solved",
	)
	return {"doctype": visit.doctype, "name": visit.name}


def _entry(items: list[str], warehouse: str) -> dict[str, Any]:
	rows = [{"item_code": item, "qty": 1, "s_warehouse": warehouse} for item in items]
	values = {"stock_entry_type": "Material Issue", "company": company(), "items": rows}
	return {"doctype": "Stock Entry", **values}


def _saved(values: dict[str, Any]) -> dict[str, Any]:
	return {"doctype": values["doctype"], "name": frappe.get_doc(values).insert().name}


def _all_at_once(crew: list[_Worker], docs: list[dict[str, Any]]) -> tuple[float, int, int]:
	"""(seconds until all documents are done, each process with its share; how often one ended in a deadlock; how many were left)."""
	start = time.perf_counter()
	for number, worker in enumerate(crew):
		worker.pipe.send(docs[number :: len(crew)])
	answers = [worker.pipe.recv() for worker in crew]
	passed = time.perf_counter() - start
	for error, _again, _left in answers:
		if error:
			raise RuntimeError(error)
	return passed, sum(again for _error, again, _left in answers), sum(left for *_, left in answers)


class _Worker:
	"""A process with a connection of its own that submits what it is sent."""

	def __init__(self) -> None:
		self.pipe, theirs = SPAWN.Pipe()
		self.process = SPAWN.Process(
			target=_serve, args=(frappe.local.site, os.getcwd(), theirs), daemon=True
		)
		self.process.start()
		self.pipe.recv()  # it is connected

	def stop(self) -> None:
		self.pipe.send(None)
		self.process.join(timeout=10)
		if self.process.is_alive():
			self.process.kill()


def _serve(site: str, sites_path: str, pipe: Connection) -> None:
	frappe.init(site, sites_path=sites_path)
	frappe.connect()
	frappe.set_user("Administrator")
	pipe.send("ready")
	while (docs := pipe.recv()) is not None:
		error, again, left = "", 0, 0
		for values in docs:
			try:
				refused, done = _submitted(values)
				again += refused
				left += not done
			except Exception as raised:  # told to the process that measures, which stops
				error = f"{values}: {type(raised).__name__}: {raised}"
				frappe.db.rollback()
				break
		pipe.send((error, again, left))
	frappe.destroy()


def _submitted(values: dict[str, Any]) -> tuple[int, bool]:
	"""Submit and commit: how often ERPNext's document ended in a deadlock, and whether it is submitted. A visit has one try."""
	if values["doctype"] != "Stock Entry":
		_submit(values)
		frappe.db.commit()
		return 0, True
	for again in range(TRIES):
		try:
			_submit(values)
			frappe.db.commit()
			return again, True
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			frappe.db.rollback()
	return TRIES, False


def _submit(values: dict[str, Any]) -> None:
	"""Submit a saved document, or make one of a dict first."""
	doc = (
		frappe.get_doc(values["doctype"], values["name"])
		if "name" in values
		else frappe.get_doc(values).insert()
	)
	doc.submit()
