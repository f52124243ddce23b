"""`python -m benchmarks [NAME ...]` on the site named by SUPPORT_SERVICE_SITE, from the bench's `sites` folder.

Each benchmark runs in a process of its own with empty caches: what one leaves in memory, in the database session or of
documents it has rolled back in Redis is not there for the next. One that stops does not keep the others from running.
"""

import importlib
import os
import subprocess
import sys

NAMES = (
	"intake",
	"due_date",
	"recompute",
	"visit_stock",
	"throughput",
	"availability",
	"history",
	"sweep",
	"coverage",
	"takeover",
	"delivery",
	"forms",
	"mail_in",
	"portal",
	"api",
	"knowledge",
)
HERE = "--here"  # in this process; what `main` calls itself with


def main(wanted: list[str]) -> int:
	if wanted[:1] == [HERE]:
		measure(wanted[1])
		return 0
	names = [name.replace("-", "_") for name in wanted] or list(NAMES)
	unknown = [name for name in names if name not in NAMES]
	if unknown:
		print(f"No benchmark named {', '.join(unknown)}. There are: {', '.join(NAMES)}.", file=sys.stderr)
		return 2
	stopped = [name for name in names if subprocess.call([sys.executable, "-m", "benchmarks", HERE, name])]
	if stopped:
		print(f"Stopped: {', '.join(stopped)}. The reason stands above, where it happened.", file=sys.stderr)
	return int(bool(stopped))


def measure(name: str) -> None:
	"""Run one benchmark and print its results."""
	import frappe

	frappe.init(os.environ["SUPPORT_SERVICE_SITE"], sites_path=os.getcwd())
	frappe.connect()
	frappe.set_user("Administrator")
	frappe.clear_cache()
	try:
		results = importlib.import_module(f"benchmarks.{name}").run()
		for result in results if isinstance(results, list) else [results]:
			print(result.line(), flush=True)
	finally:
		frappe.db.rollback()
		frappe.clear_cache()  # nor for what comes after the last one
		frappe.destroy()


if __name__ == "__main__":
	sys.exit(main(sys.argv[1:]))
