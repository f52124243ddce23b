"""Whoever is to be told of a move is told once: sweeps in parallel, killed, with a sender that fails."""

import os
import random
import signal
import subprocess
import sys
import time

import frappe
import pytest

from support_service.support_service.messaging import messages, notify
from tests.factories import make_email_account, make_service_request, make_service_team

SWEEP = """
import sys, frappe
frappe.init(sys.argv[1], sites_path=sys.argv[2]); frappe.connect()
from support_service.support_service.messaging import notify
print("ready", flush=True)
sys.stdin.readline()
notify.notify_due(limit=5000)
"""


def start_sweep(site: str) -> subprocess.Popen:
	process = subprocess.Popen(
		[sys.executable, "-c", SWEEP, site, os.getcwd()],
		stdin=subprocess.PIPE,
		stdout=subprocess.PIPE,
		text=True,
	)
	assert process.stdout.readline() == "ready\n"
	return process


def go(process: subprocess.Popen) -> None:
	process.stdin.write("\n")
	process.stdin.flush()


@pytest.fixture(autouse=True)
def outgoing(site):
	"""An outgoing mail account, so that sweeps of other processes can queue mail; taken away again."""
	account = make_email_account()
	frappe.db.commit()  # the sweeps are other connections
	yield account
	frappe.db.rollback()
	frappe.delete_doc("Email Account", account.name, force=True)
	frappe.db.commit()


@pytest.fixture
def cases():
	"""Committed new cases whose customer and lead are still to be told."""
	team = make_service_team()
	# one of its own: an address is not written to without end within an hour
	address = f"told-{frappe.generate_hash(length=8)}@example.com"
	names = [make_service_request(team=team.name, contact_email=address).name for _ in range(25)]
	frappe.db.commit()  # the sweeps are other connections
	return frappe._dict(names=names, lead=team.lead)


def assert_told_once(cases) -> None:
	frappe.db.rollback()
	told = frappe.get_all("Service Request Move", {"request": ("in", cases.names)}, pluck="told")
	assert told == [1] * len(cases.names)
	for doctype, filters in (
		("Service Message", {"request": ("in", cases.names), "status": "Sent"}),
		("Notification Log", {"document_name": ("in", cases.names), "for_user": cases.lead}),
		("Email Queue", {"reference_name": ("in", cases.names), "reference_doctype": "Service Request"}),
	):
		assert frappe.db.count(doctype, filters) == len(cases.names), doctype


def test_sweeps_in_parallel_tell_once(site, cases):
	sweeps = [start_sweep(site) for _ in range(3)]
	for sweep in sweeps:
		go(sweep)
	assert [sweep.wait(timeout=120) for sweep in sweeps] == [0, 0, 0]
	frappe.db.rollback()
	notify.notify_due(limit=5000)
	assert_told_once(cases)


def test_killed_sweeps_lose_and_repeat_nothing(site, cases):
	for _ in range(4):
		sweep = start_sweep(site)
		go(sweep)
		time.sleep(random.uniform(0.02, 0.6))
		sweep.send_signal(signal.SIGKILL)
		sweep.wait()
	frappe.db.rollback()
	notify.notify_due(limit=5000)
	assert_told_once(cases)


def test_a_failing_sender_holds_up_nobody_and_is_tried_again(monkeypatch):
	good = make_service_request(contact_email="good@example.com")
	bad = make_service_request(contact_email="bad@example.com")
	for case in (bad, good):
		messages.queue(case, subject="s", body="b", key=f"t:{case.name}")
	real = messages.send_by_email

	def refuse(message):
		if message.recipient == "bad@example.com":
			raise ConnectionError("mailbox full")
		real(message)

	monkeypatch.setattr(messages, "send_by_email", refuse)
	frappe.db.commit()  # the sweep commits row by row
	messages.send_due(limit=5000)
	rows = dict(
		frappe.get_all(
			"Service Message", {"request": ("in", [good.name, bad.name])}, ["request", "status"], as_list=True
		)
	)
	assert rows == {good.name: "Sent", bad.name: "Queued"}
	monkeypatch.setattr(messages, "send_by_email", real)
	frappe.db.set_value("Service Message", {"request": bad.name}, "due_at", frappe.utils.now_datetime())
	messages.send_due(limit=5000)
	assert frappe.db.get_value("Service Message", {"request": bad.name}, ["status", "attempts"]) == (
		"Sent",
		1,
	)


def test_the_sweep_reads_only_what_is_due():
	for table, condition in (
		(
			"Service Request Move",
			"told = 0 and tell_attempts < 92 and (tell_after is null or tell_after <= now())"
			" order by creation limit 200",
		),
		("Service Message", "status = 'Queued' and due_at <= now() order by due_at limit 200"),
	):
		frappe.db.sql_ddl(f"analyze table `tab{table}`")  # the tests before have changed most of its rows
		plan = frappe.db.sql(f"explain select name from `tab{table}` where {condition}", as_dict=True)  # noqa: S608 - names are ours
		assert plan[0].key in ("told_creation_index", "status_due_at_index"), plan
