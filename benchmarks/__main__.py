"""`python -m benchmarks [NAME ...]` on the site named by SUPPORT_SERVICE_SITE, from the bench's `sites` folder."""

import importlib
import os
import sys

NAMES = (
	"intake",
	"due_date",
	"recompute",
	"visit_stock",
	"history",
	"sweep",
	"coverage",
	"takeover",
	"delivery",
	"forms",
)


def main(wanted: list[str]) -> int:
	import frappe

	names = [name.replace("-", "_") for name in wanted] or list(NAMES)
	unknown = [name for name in names if name not in NAMES]
	if unknown:
		print(f"No benchmark named {', '.join(unknown)}. There are: {', '.join(NAMES)}.", file=sys.stderr)
		return 2
	frappe.init(os.environ["SUPPORT_SERVICE_SITE"], sites_path=os.getcwd())
	frappe.connect()
	frappe.set_user("Administrator")
	try:
		for name in names:
			results = importlib.import_module(f"benchmarks.{name}").run()
			for result in results if isinstance(results, list) else [results]:
				print(result.line(), flush=True)
	finally:
		frappe.destroy()
	return 0


if __name__ == "__main__":
	sys.exit(main(sys.argv[1:]))
