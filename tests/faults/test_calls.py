"""Calls that come at once: each counted once, one call-back a number, one agent a call; none is lost when its process is killed."""

import os
import signal
import subprocess
import sys
import time

import frappe

from support_service.service_intake.calls import call_backs, register
from tests.factories import make_user, unique
from tests.site.call_world import call_of, number, ring

BEGIN = """
import sys, frappe
frappe.init(sys.argv[1], sites_path=sys.argv[2]); frappe.connect(); frappe.set_user("Administrator")
print("ready", flush=True)
sys.stdin.readline()
"""
MISSED = """
frappe.get_doc({"doctype": "Call Log", "id": sys.argv[3], "from": sys.argv[4], "to": "1", "type": "Incoming",
	"status": "No Answer"}).insert()
"""
COMMIT = "frappe.db.commit()\n"
HANG = 'print("stored", flush=True)\nsys.stdin.readline()\n'
TAKE = """
from support_service.service_intake.calls import screen
frappe.set_user(sys.argv[4])
try:
	screen.take(sys.argv[3])
	frappe.db.commit()
	print("mine", flush=True)
except screen.CallTakenError:
	print("taken", flush=True)
"""


def start(site: str, code: str, *arguments: str) -> subprocess.Popen:
	process = subprocess.Popen(
		[sys.executable, "-c", BEGIN + code, site, os.getcwd(), *arguments],
		stdin=subprocess.PIPE,
		stdout=subprocess.PIPE,
		text=True,
	)
	assert process.stdout.readline() == "ready\n"
	return process


def go(process: subprocess.Popen) -> None:
	process.stdin.write("\n")
	process.stdin.flush()


def test_unanswered_calls_at_once_are_one_call_back_that_counts_them_all(site):
	phone = number()
	callers = [start(site, MISSED + COMMIT, unique("call"), phone) for _ in range(5)]
	for caller in callers:
		go(caller)
	assert [caller.wait(timeout=120) for caller in callers] == [0] * 5
	frappe.db.rollback()
	backs = frappe.get_all("Service Call Back", {"number": phone}, ["name", "calls", "state"])
	assert [(row.calls, row.state) for row in backs] == [(5, "Open")]
	assert frappe.db.count("Service Call", {"call_back": backs[0].name}) == 5


def test_one_of_two_agents_takes_a_call(site):
	call = call_of(ring(number())).name
	agents = [make_user("Service Desk Agent").name for _ in range(3)]
	frappe.db.commit()
	hands = [start(site, TAKE, call, agent) for agent in agents]
	for hand in hands:
		go(hand)
	said = [hand.communicate(timeout=120)[0].strip() for hand in hands]
	assert sorted(said) == ["mine", "taken", "taken"]
	frappe.db.rollback()
	assert frappe.db.get_value("Service Call", call, "agent") == agents[said.index("mine")]


def test_a_process_that_is_killed_leaves_nothing_half(site):
	"""Killed before the commit nothing is there; the telephone system tells again, and the sweep finds what it wrote alone."""
	phone, name = number(), unique("call")
	process = start(site, MISSED + HANG + COMMIT, name, phone)
	go(process)
	assert process.stdout.readline() == "stored\n"
	os.kill(process.pid, signal.SIGKILL)
	process.wait(timeout=30)
	time.sleep(0.5)
	frappe.db.rollback()
	assert not frappe.db.exists("Service Call", {"call_log": name})
	assert not frappe.db.exists("Service Call Back", {"number": phone})
	again = start(site, MISSED + COMMIT, name, phone)
	go(again)
	assert again.wait(timeout=120) == 0
	frappe.db.rollback()
	for _twice in range(2):
		register.run()
		call_backs.run()
	assert frappe.db.get_value("Service Call Back", {"number": phone}, ["calls", "state"]) == (1, "Open")
