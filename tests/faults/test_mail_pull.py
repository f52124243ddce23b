"""Mail is neither lost nor doubled: killed at each step of the pull, two workers at once, and 300 odd messages."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator

import frappe
import pytest

from support_service.service_intake.mail import pull, spool
from tests import effort
from tests.dovecot import Dovecot
from tests.faults.odd_mails import corpus
from tests.site.mail_world import MAIL, MAILBOX, letter, make_mailbox, raw_of, rows_of, work_off

# where a pull can die: (module, function, before or after it)
STEPS = (
	("servers.ImapBox.fetch", "after"),
	("spool.keep", "after"),
	("pull.store", "after"),
	("servers.ImapBox.done", "before"),
	("servers.ImapBox.done", "after"),
	("pull._marked", "before"),
	("pull._remember", "before"),
	("pull._note", "before"),
	("process._become", "before"),
	("process._become", "after"),
	("intake.accept", "after"),
	("attachments.keep", "after"),
)
DANGEROUS = re.compile(
	r"<(script|iframe|object|base|meta|form|style)\b|<[^>]+\bon\w+\s*=|<[^>]+javascript:", re.IGNORECASE
)
WORKER = """
import os, sys, signal, functools, frappe
site, path, box, target, when, at = sys.argv[1:]
frappe.init(site, sites_path=path); frappe.connect()
from support_service.service_intake import intake
from support_service.service_intake.mail import attachments, process, pull, servers, spool
if target:
	module, *names = target.split(".")
	holder = {"servers": servers, "spool": spool, "pull": pull, "process": process, "intake": intake,
		"attachments": attachments}[module]
	for name in names[:-1]:
		holder = getattr(holder, name)
	real, calls = getattr(holder, names[-1]), []
	@functools.wraps(real)
	def dies(*args, **kwargs):
		calls.append(1)
		last = len(calls) == int(at)
		if last and when == "before":
			os.kill(os.getpid(), signal.SIGKILL)
		result = real(*args, **kwargs)
		if last:
			os.kill(os.getpid(), signal.SIGKILL)
		return result
	setattr(holder, names[-1], dies)
print("ready", flush=True)
sys.stdin.readline()
pull.pull(box)
process.run(5000)
"""


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
	with Dovecot() as server:
		yield server


@pytest.fixture(autouse=True)
def no_others(site) -> Iterator[None]:
	"""Mailboxes of other tests are not looked into meanwhile, and ours are switched off afterwards."""
	frappe.db.set_value(MAILBOX, {"enabled": 1}, "enabled", 0)
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.db.set_value(MAILBOX, {"enabled": 1}, "enabled", 0)
	frappe.db.commit()


def start(site: str, box: str, target: str = "", when: str = "", at: int = 1) -> subprocess.Popen:
	arguments = [site, os.getcwd(), box, target, when, str(at)]
	process = subprocess.Popen(
		[sys.executable, "-c", WORKER, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
	)
	assert process.stdout.readline() == "ready\n"
	return process


def go(process: subprocess.Popen) -> int:
	process.stdin.write("\n")
	process.stdin.flush()
	return process.wait(timeout=120)


def settled(box, count: int) -> list:
	"""Whatever was left undone is done by the next sweeps, as soon as the database has let go of who was killed."""
	for _ in range(10):
		frappe.db.rollback()
		pull.pull(box.name)
		work_off(box.name)
		rows = rows_of(box.name)
		if len(rows) >= count and not any(row.state == pull.RECEIVED for row in rows):
			break
		time.sleep(0.3)
	pull.pull(box.name)  # what is left to be marked on the server
	return rows_of(box.name)


def assert_each_once(box, rows: list, raws: list[bytes]) -> None:
	stored = Counter(hashlib.sha256(raw_of(row).replace(b"\r\n", b"\n")).hexdigest() for row in rows)
	sent = Counter(hashlib.sha256(raw.replace(b"\r\n", b"\n")).hexdigest() for raw in raws)
	assert stored == sent
	assert {row.state for row in rows} <= {"Processed", "Quarantined", "Ignored"}
	keys = [f"E-mail:{row.name}" for row in rows if row.kind == "New Request"]
	opened = frappe.get_all("Service Request", {"intake_key": ("in", keys)}, pluck="name")
	assert sorted(opened) == sorted(row.request for row in rows if row.kind == "New Request")
	assert frappe.db.count("Service Request", {"reply_from": box.email_id}) == len(opened)
	messages = {"reference_doctype": "Service Request", "reference_name": ("in", opened or [""])}
	assert frappe.db.count("Communication", {**messages, "communication_medium": "Email"}) == len(
		[row for row in rows if row.communication]
	)


def three(box) -> list[bytes]:
	mails = []
	for number in range(3):
		mail = letter(
			f"n{frappe.generate_hash(length=8)}@customer.example", box.email_id, subject=f"No. {number}"
		)
		mail.add_attachment(b"a,b", maintype="text", subtype="csv", filename="log.csv")
		mails.append(mail.as_bytes())
	return mails


@pytest.mark.parametrize("step", STEPS, ids=lambda step: " ".join(reversed(step)))
def test_killed_at_each_step(site, dovecot, step):
	for round_ in range(effort.times(1, 5)):
		box = make_mailbox(dovecot)
		raws = three(box)
		dovecot.deliver(box.email_id, *raws)
		frappe.db.commit()  # the worker is another connection
		assert go(start(site, box.name, *step, at=1 + round_ % 3)) in (-signal.SIGKILL, 0)
		assert_each_once(box, settled(box, len(raws)), raws)
		assert all(b"Seen" in flags for flags in dovecot.flags(box.email_id).values())


def test_killed_over_pop3(site, dovecot):
	for step in (("pull.store", "after"), ("servers.PopBox.done", "after")):
		box = make_mailbox(dovecot, protocol="POP3", after_storing="Delete")
		raws = three(box)
		dovecot.deliver(box.email_id, *raws)
		frappe.db.commit()  # the worker is another connection
		assert go(start(site, box.name, *step)) == -signal.SIGKILL
		assert_each_once(box, settled(box, len(raws)), raws)
		assert dovecot.raw(box.email_id) == []


def test_two_workers_at_once(site, dovecot):
	box = make_mailbox(dovecot)
	raws = [raw for _ in range(5) for raw in three(box)]
	dovecot.deliver(box.email_id, *raws)
	frappe.db.commit()  # the workers are other connections
	workers = [start(site, box.name) for _ in range(3)]
	for worker in workers:
		worker.stdin.write("\n")
		worker.stdin.flush()
	assert [worker.wait(timeout=120) for worker in workers] == [0, 0, 0]
	assert_each_once(box, settled(box, len(raws)), raws)


@pytest.mark.long
def test_odd_mails(dovecot):
	"""Accepted is request, answer, quarantine or aside; the raw message is what the server has, byte for byte."""
	box = make_mailbox(dovecot, hourly_limit=0)
	raws = list(corpus(box.email_id))
	assert len(raws) >= 300
	dovecot.deliver(box.email_id, *raws)
	frappe.db.commit()  # the pull commits
	pull.pull(box.name)
	rows = settled(box, len(raws))
	assert not frappe.db.get_value(MAILBOX, box.name, "last_error")
	assert len(rows) == len(raws)
	states = Counter(row.state for row in rows)
	assert sum(states.values()) == len(raws) and set(states) == {"Processed", "Quarantined", "Ignored"}
	assert_each_once(box, rows, raws)
	assert not [row.error for row in rows if row.error]
	for row in rows:
		if row.state != "Processed":
			assert row.reason or row.same_as, row
	messages = {"name": ("in", [row.communication for row in rows if row.communication])}
	for text in frappe.get_all("Communication", messages, pluck="content"):
		assert not DANGEROUS.search(text), text[:300]
	for row in rows:
		if frappe.db.get_value(MAIL, row.name, "size") > 1_000_000:
			spool.forget(row.raw_hash)
