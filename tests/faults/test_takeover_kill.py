"""kill -9 in the middle of a takeover, many times over: nothing is lost, nothing is there twice (R47)."""

from __future__ import annotations

import os
import random
import signal
import time

import frappe
import pytest

from support_service.erpnext_takeover.run import runs, worker
from tests import connections, factories
from tests.effort import times
from tests.site import takeover_world as world

SERIALS = 60
ISSUES = 30
KILLS = times(few=25, many=100)
CHUNK = 4  # many transactions, so that instants fall before, into and between them


@pytest.fixture
def customer(clean_transaction):
	"""A customer with delivered serial numbers, Issues and claims of before the app."""
	world.without_our_hooks()
	item, name = world.make_serial_item(), factories.make_customer().name
	factories.make_warranty_policy(item=item)
	serials = [factories.unique("SN") for _ in range(SERIALS)]
	world.make_delivery(name, item, serials)
	for number in range(ISSUES):
		world.make_issue(customer=name, status="Closed" if number % 2 else "Open")
	for serial in serials[:5]:
		world.make_warranty_claim(customer=name, serial_no=serial)
	frappe.db.commit()
	yield name
	frappe.db.rollback()
	frappe.db.set_single_value("Support Service Settings", "units_from_deliveries", 1)
	frappe.db.commit()
	frappe.clear_document_cache("Support Service Settings")


def fork_and_work(site: str, run: str) -> int:
	"""Work a run off in a forked process with its own connection; returns its pid."""
	sites_path = os.getcwd()
	pid = os.fork()
	if pid:
		return pid
	code = 1
	try:
		connections.leave_the_parents()
		frappe.init(site, sites_path=sites_path, force=True)
		frappe.connect()
		frappe.set_user("Administrator")
		worker.CHUNK = CHUNK
		worker.work_off(run)
		code = 0
	finally:
		os._exit(code)


def state(run: str):
	frappe.db.rollback()
	return frappe.db.get_value("Takeover Run", run, ["status", "done", "made", "failed"], as_dict=True)


def assert_books_agree(run: str, customer: str) -> None:
	"""What the run has counted is what is there: each chunk with its checkpoint, or not at all."""
	made = state(run).made
	units = frappe.db.count("Installed Unit", {"customer": customer})
	cases = frappe.db.count("Service Request", {"customer": customer})
	assert units + cases == made
	warranties = frappe.db.count("Service Warranty", {"customer": customer})
	assert warranties == units
	events = frappe.db.sql(
		"select count(*) from `tabInstalled Unit Event` e join `tabInstalled Unit` u on u.name = e.installed_unit"
		" where u.customer = %s",
		customer,
	)
	assert events[0][0] == units


def test_killed_again_and_again(site, customer):
	run = world.make_run("serial_nos", "issues", "warranty_claims", customer=customer)
	runs.start(run.name, in_background=False)
	frappe.db.commit()
	total = SERIALS + ISSUES + 5
	interrupted = 0
	for number in range(1, KILLS + 1):
		before = state(run.name)
		if before.status == "Done":
			break
		known = connections.open_now()
		pid = fork_and_work(site, run.name)
		# a little later each time: some strike in the middle on a fast machine, and a slow one gets to the end
		time.sleep(random.uniform(0.02, 0.05) * number)
		os.kill(pid, signal.SIGKILL)
		os.waitpid(pid, 0)
		connections.wait_for_end(known)
		interrupted += state(run.name).status != "Done"
		assert_books_agree(run.name, customer)
	assert interrupted >= 5, "hardly any run was interrupted; the instants are badly chosen"
	frappe.db.commit()
	pid = fork_and_work(site, run.name)
	assert os.waitpid(pid, 0)[1] == 0
	assert_books_agree(run.name, customer)
	assert (state(run.name).status, state(run.name).made, state(run.name).failed) == ("Done", total, 0)


def test_two_workers_at_once_do_the_work_once(site, customer):
	run = world.make_run("serial_nos", "issues", "warranty_claims", customer=customer)
	runs.start(run.name, in_background=False)
	frappe.db.commit()
	pids = [fork_and_work(site, run.name) for _ in range(3)]
	assert [os.waitpid(pid, 0)[1] for pid in pids] == [0, 0, 0]
	assert_books_agree(run.name, customer)
	assert state(run.name).status == "Done"


def test_the_sweep_takes_a_killed_run_up_again(site, customer, monkeypatch):
	run = world.make_run("issues", customer=customer)
	runs.start(run.name, in_background=False)
	frappe.db.commit()
	known = connections.open_now()
	pid = fork_and_work(site, run.name)
	time.sleep(0.05)
	os.kill(pid, signal.SIGKILL)
	os.waitpid(pid, 0)
	connections.wait_for_end(known)
	queued = []
	monkeypatch.setattr(frappe, "enqueue", lambda method, **more: queued.append((method, more["run"])))
	frappe.db.set_value("Takeover Run", run.name, "heartbeat", "2020-01-01 00:00:00", update_modified=False)
	frappe.db.commit()
	runs.sweep()
	assert queued == [(runs.JOB, run.name)]
	frappe.get_attr(runs.JOB)(run.name)
	frappe.set_user("Administrator")
	assert state(run.name).status == "Done"
