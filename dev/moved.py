"""Whether a site reads the same after its dump was restored on a bench of another version and migrated there.

python moved.py before|after SITE FILE, in the bench's sites folder. `before` keeps every column of every row of
the app's DocTypes, child rows and settings too; `after` prints what differs, and ends non-zero where something does.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import frappe

from support_service.setup.names import doctypes

Rows = dict[str, dict[str, dict[str, Any]]]
# written by Frappe itself when it restores or migrates
NOT_COMPARED = {"_seen", "idx"}
SHOWN = 20


def rows() -> Rows:
	"""DocType → name → column → value, as text."""
	found: Rows = {"Singles": {}}
	for doctype in sorted(doctypes()):
		if frappe.get_meta(doctype).issingle:
			found["Singles"][doctype] = {
				field: str(value)
				for field, value in frappe.db.sql(
					"select `field`, `value` from `tabSingles` where `doctype` = %s", (doctype,)
				)
				if field not in ("modified", "modified_by") and value not in (None, "", "0")
			}
			continue
		table = frappe.qb.DocType(doctype)
		found[doctype] = {
			row.name: {
				column: str(value)
				for column, value in row.items()
				if value is not None and column not in NOT_COMPARED
			}
			for row in frappe.qb.from_(table).select("*").run(as_dict=True)
		}
	return found


def differences(before: Rows, after: Rows) -> Iterator[str]:
	"""One line for each row that is gone, new or reads otherwise."""
	for doctype in sorted({*before, *after}):
		old, new = before.get(doctype, {}), after.get(doctype, {})
		for name in sorted({*old, *new}):
			if name not in new:
				yield f"{doctype} {name}: gone"
			elif name not in old:
				yield f"{doctype} {name}: new"
			elif old[name] != new[name]:
				was, now = old[name], new[name]
				columns = [column for column in {*was, *now} if was.get(column) != now.get(column)]
				said = ", ".join(f"{c}: {was.get(c)!r} → {now.get(c)!r}" for c in sorted(columns))
				yield f"{doctype} {name}: {said}"


def main(when: str, site: str, file: str) -> int:
	frappe.init(site, sites_path=os.getcwd())
	frappe.connect()
	found, path = rows(), Path(file)
	count = sum(len(of_kind) for of_kind in found.values())
	if when == "before":
		path.write_text(json.dumps(found))
		print(f"kept {count} rows of {len(found)} DocTypes")
		return 0
	wrong = list(differences(json.loads(path.read_text()), found))
	print("\n".join(wrong[:SHOWN]))
	print(f"{count} rows of {len(found)} DocTypes compared, {len(wrong)} read otherwise")
	return 1 if wrong else 0


if __name__ == "__main__":
	sys.exit(main(*sys.argv[1:4]))
