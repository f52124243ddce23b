"""Compare the results of ERPNext's own tests without and with the app: one line per DocType, then what differs.

usage: erpnext_tests_compared.py FOLDER DOCTYPE…; exit code 1 where a test ends otherwise with the app than without.
"""

import json
import sys
from collections import Counter
from pathlib import Path


def read(folder: Path, kind: str, doctype: str) -> dict[str, str]:
	return json.loads((folder / f"{kind}-{doctype.replace(' ', '-')}.json").read_text())


def main(folder: Path, doctypes: list[str]) -> int:
	different = 0
	for doctype in doctypes:
		without, with_app = read(folder, "without", doctype), read(folder, "with", doctype)
		counts = Counter(result.split(":")[0] for result in without.values())
		told = ", ".join(f"{number} {result}" for result, number in sorted(counts.items())) or "no tests"
		changed = [
			test
			for test in sorted(without.keys() | with_app.keys())
			if without.get(test) != with_app.get(test)
		]
		print(f"{doctype}: {told} without the app; {len(changed)} different with it")
		for test in changed:
			print(f"  {test}: {without.get(test, 'not run')} → {with_app.get(test, 'not run')}")
		different += len(changed)
	return 1 if different else 0


sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
