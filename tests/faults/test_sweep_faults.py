"""Whatever happens to the sweep of due clocks: each step of the ladder once, none lost, two sweeps after recovery."""

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import frappe
import pytest

from support_service.service_level.clock import sweep
from tests import connections
from tests.clocks import real_clock
from tests.effort import times
from tests.faults.ladder_workers import Ladders, fork_sweep, make_ladders, run_sweep

KILLS = times(few=30, many=100)


@pytest.fixture(autouse=True)
def past_is_swept(site):
	"""What other tests left due is out of the way, so that every sweep here is about its own clocks."""
	run_sweep(site, 0, chunk=250)
	frappe.db.rollback()


def half_past(hours: int) -> float:
	"""Half an hour after a step, so that the seconds a test takes do not matter."""
	return hours + 0.5


def test_sweeps_in_parallel(site):
	ladders = make_ladders(cases=12, steps=10)
	for reached in range(1, 9):
		start, go = os.pipe()
		crew = [fork_sweep(site, half_past(reached), wait_for=start) for _ in range(3)]
		time.sleep(0.3)
		os.write(go, b"!" * len(crew))
		assert [os.waitpid(pid, 0)[1] for pid in crew] == [0, 0, 0]
		os.close(start)
		os.close(go)
		run_sweep(site, half_past(reached))  # what each left to the other
		ladders.check(reached)


def test_killed_in_the_middle(site):
	ladders = make_ladders(cases=8, steps=KILLS)
	began = time.monotonic()
	run_sweep(site, half_past(1))
	whole = time.monotonic() - began
	finished = 0
	before = connections.open_now()
	for reached in range(2, KILLS + 1):
		pid = fork_sweep(site, reached + 0.5)
		time.sleep(random.uniform(0.1, 1.05) * whole)
		os.kill(pid, signal.SIGKILL)
		finished += os.waitpid(pid, 0)[1] == 0
	assert finished < KILLS * 0.7, "hardly any sweep was interrupted; the instants are badly chosen"
	connections.wait_for_end(before)
	for _interval in range(2):
		run_sweep(site, half_past(KILLS))
	ladders.check(KILLS)


def test_scheduler_off_for_a_day(site):
	ladders = make_ladders(cases=6, steps=30)
	run_sweep(site, half_past(2))
	ladders.check(2)
	for _interval in range(2):
		run_sweep(site, half_past(26))
		ladders.check(26)


def test_the_clock_on_the_wall_jumps_an_hour(site):
	"""Forward by an hour, and back again: what was reached early is not reached a second time, nothing is skipped."""
	ladders = make_ladders(cases=6, steps=10)
	wall = [(1, 1), (2, 2), (3, 3), (2, 3), (2, 3), (3, 3), (4, 4), (3, 4), (5, 5), (6, 6)]
	for shown, reached in wall:
		run_sweep(site, half_past(shown))
		ladders.check(reached)


class OwnRedis:
	"""A Redis of the test's own; the bench's is not touched."""

	def __init__(self, folder: Path) -> None:
		self.folder = folder
		with socket.socket() as free:
			free.bind(("127.0.0.1", 0))
			self.port = free.getsockname()[1]
		self.server: subprocess.Popen | None = None

	@property
	def address(self) -> str:
		return f"redis://127.0.0.1:{self.port}"

	def start(self) -> None:
		command = ["redis-server", "--port", str(self.port), "--save", "", "--dir", str(self.folder)]
		self.server = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=real_clock())
		for _attempt in range(100):
			with socket.socket() as probe:
				if not probe.connect_ex(("127.0.0.1", self.port)):
					return
			time.sleep(0.05)
		raise AssertionError("Redis does not start.")

	def stop(self) -> None:
		if self.server:
			self.server.kill()
			self.server.wait()
			self.server = None

	def flush(self) -> None:
		with socket.create_connection(("127.0.0.1", self.port)) as connection:
			connection.sendall(b"FLUSHALL\r\n")
			assert connection.recv(16).startswith(b"+OK")


@pytest.fixture
def own_redis(tmp_path) -> Iterator[OwnRedis]:
	if not shutil.which("redis-server"):
		pytest.fail("redis-server is not on the PATH; a bench has one.")
	redis = OwnRedis(tmp_path)
	redis.start()
	yield redis
	redis.stop()


def test_redis_stopped_flushed_and_restarted(site, own_redis):
	ladders = make_ladders(cases=6, steps=10)
	run_sweep(site, half_past(1), redis=own_redis.address)
	ladders.check(1)
	own_redis.flush()
	run_sweep(site, half_past(2), redis=own_redis.address)
	ladders.check(2)
	own_redis.stop()
	run_sweep(site, half_past(3), redis=own_redis.address)
	run_sweep(site, half_past(3), redis=own_redis.address)
	ladders.check(3)
	own_redis.start()
	run_sweep(site, half_past(4), redis=own_redis.address)
	ladders.check(4)


def test_redis_dies_in_mid_sweep(site, own_redis):
	ladders = make_ladders(cases=10, steps=10)
	for reached in range(1, 6):
		pid = fork_sweep(site, half_past(reached), chunk=2, redis=own_redis.address)
		time.sleep(random.uniform(0.05, 0.4))
		own_redis.stop()
		os.waitpid(pid, 0)
		own_redis.start()
		for _interval in range(2):
			run_sweep(site, half_past(reached), redis=own_redis.address)
		ladders.check(reached)


def test_a_case_somebody_works_on_is_left_for_the_next_sweep(site):
	"""A person holds the case for the length of a sweep: the sweep neither waits nor loses the step."""
	ladders: Ladders = make_ladders(cases=4, steps=5)
	frappe.db.sql("select name from `tabService Request` where name = %s for update", ladders.cases[0])
	began = time.monotonic()
	run_sweep(site, half_past(1))
	# one that waits does so until the database gives up; how long a sweep takes otherwise is the machine's load
	patience = frappe.db.sql("select @@innodb_lock_wait_timeout")[0][0]
	assert time.monotonic() - began < patience
	told = frappe.db.count("Service Clock Entry", {"request": ladders.cases[0], "event": "Escalated"})
	assert told == 0
	frappe.db.rollback()
	run_sweep(site, half_past(1))
	ladders.check(1)


def test_the_sweep_reads_only_what_is_due():
	frappe.db.sql_ddl("analyze table `tabService Clock`")  # the tests before have changed most of its rows
	plan = frappe.db.sql(
		f"explain {sweep.DUE.replace(' skip locked', '')}",
		{"now": "2000-01-01", "limit": 250},
		as_dict=True,
	)
	assert plan[0].key and "next_utc" in plan[0].key and "filesort" not in (plan[0].Extra or ""), plan
	assert plan[1].key == "PRIMARY", plan
