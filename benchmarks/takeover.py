"""100,000 delivered serial numbers become units with their warranties, in a process of its own whose memory is watched.

`ours`: serial numbers a second at the large size; `peer`: the bar (1,000 a second). `memory_ratio`: the process's peak of
resident memory at the large size against that at the small one, each with its own numbers.
"""

import json
import os
import subprocess
import sys

import frappe

from benchmarks import takeover_world
from benchmarks.harness import Result, size
from tests.factories import make_takeover_run

SMALL = size("TAKEOVER_SMALL", 10_000, 500)
LARGE = size("TAKEOVER_LARGE", 100_000, 1_000)
BAR = 1_000
LIMIT = 1.3


def run() -> Result:
	takeover_world.clear()
	item, customer = takeover_world.make_item_and_customer()
	try:
		small = _measure(0, SMALL, customer, item)
		# the small ones are taken away, so that the large run looks at its own only
		takeover_world.clear()
		large = _measure(0, LARGE, customer, item)
	finally:
		takeover_world.clear()
	rate = LARGE / large["seconds"]
	memory = large["peak_mb"] / small["peak_mb"]
	if memory > LIMIT:
		print(f"takeover: memory grew {memory:.2f} times, the limit is {LIMIT}", file=sys.stderr)
	return Result(
		name="takeover",
		ours=round(rate),
		peer=BAR,
		ratio=round(BAR / rate, 3),
		unit="serial numbers a second (the peer is the bar)",
		n=LARGE,
		extra={
			"seconds": round(large["seconds"], 1),
			# of our process alone, the database's own work not counted
			"cpu_seconds": round(large["cpu"], 1),
			"small_per_second": round(SMALL / small["seconds"]),
			"peak_mb_small": round(small["peak_mb"]),
			"peak_mb_large": round(large["peak_mb"]),
			"memory_ratio": round(memory, 3),
		},
	)


def _measure(first: int, count: int, customer: str, item: str) -> dict[str, float]:
	"""Make `count` delivered numbers and take them over in another process: {"seconds", "peak_mb"}."""
	takeover_world.make(first, count, customer, item)
	run = make_takeover_run("serial_nos", customer=customer)
	frappe.db.commit()  # the other process reads it
	done = subprocess.run(
		[sys.executable, "-m", "benchmarks.takeover", run.name],
		capture_output=True,
		text=True,
		check=True,
		env=os.environ,
	)
	frappe.db.rollback()  # see what it has committed
	made = frappe.db.get_value("Takeover Run", run.name, ["status", "made"])
	if made != ("Done", count):
		raise AssertionError(f"{made} instead of {count} taken over")
	warranties = frappe.db.sql(
		"select count(*) from `tabService Warranty` w join `tabInstalled Unit` u on u.name = w.installed_unit"
		" where u.customer = %s",
		customer,
	)[0][0]
	if warranties != count:
		raise AssertionError(f"{warranties} warranties instead of {count}")
	return json.loads(done.stdout.strip().splitlines()[-1])


def _work_off(run: str) -> None:
	import resource
	import time

	from support_service.erpnext_takeover.run import runs, worker

	frappe.init(os.environ["SUPPORT_SERVICE_SITE"], sites_path=os.getcwd())
	frappe.connect()
	frappe.set_user("Administrator")
	runs.start(run, in_background=False)
	frappe.db.commit()  # as the command does
	started, cpu = time.perf_counter(), time.process_time()
	worker.work_off(run)
	seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
	print(
		json.dumps(
			{
				"seconds": seconds,
				"cpu": cpu,
				"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
			}
		)
	)
	frappe.destroy()


if __name__ == "__main__":
	_work_off(sys.argv[1])
