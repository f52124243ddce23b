"""Another app on the bench, for as long as a test needs it."""

from __future__ import annotations

import json
import os
import site as python_site
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import frappe

SITES = Path(os.environ.get("SUPPORT_SERVICE_SITES_PATH", os.getcwd())).resolve()
APPS = SITES / "apps.txt"


@contextmanager
def on_bench(app: str, source: Path) -> Iterator[None]:
	"""The bench's Python finds `app` in `source` (what `pip install -e` does) and apps.txt names it; both undone at the end."""
	path_file = Path(python_site.getsitepackages()[0]) / f"{app}.pth"
	before = APPS.read_text()
	path_file.write_text(f"{source}\n")
	sys.path.append(str(source))
	APPS.write_text(before.rstrip("\n") + f"\n{app}\n")
	frappe.clear_cache()  # a running web server has stored which app has which modules; the installer reads that
	try:
		yield
	finally:
		# somebody else may have added an app meanwhile: only our line goes
		now = [line for line in APPS.read_text().splitlines() if line != app]
		APPS.write_text(before if now == before.splitlines() else "\n".join(now) + "\n")
		path_file.unlink()
		sys.path.remove(str(source))


def look_again() -> None:
	"""Another process has changed the site: forget what this one remembers of hooks and rows."""
	frappe.db.rollback()
	frappe.local.support_service_clock_kinds = None
	if hasattr(frappe.local, "request_cache"):
		frappe.local.request_cache.clear()  # first: what is cached next is computed from the list of apps in here
	frappe.clear_cache()
	frappe.setup_module_map()


def write_app(folder: Path, app: str, module: str) -> Path:
	"""The smallest app Frappe installs, with one module; returns the module's folder."""
	package = folder / app
	room = package / frappe.scrub(module)
	room.mkdir(parents=True)
	for path in (package, room):
		(path / "__init__.py").write_text("")
	(package / "__init__.py").write_text('__version__ = "1.0.0"\n')
	about = {"name": app, "title": module, "description": module, "publisher": app, "email": "x@example.com"}
	hooks = "".join(f'app_{key} = "{value}"\n' for key, value in {**about, "license": "mit"}.items())
	(package / "hooks.py").write_text(hooks)
	(package / "modules.txt").write_text(f"{module}\n")
	(package / "patches.txt").write_text("[pre_model_sync]\n\n[post_model_sync]\n")
	return room


def write_record(room: Path, module: str, doctype: str, name: str, **values: object) -> Path:
	"""A record of `doctype` as a file of the app, where Frappe's sync looks for it."""
	place = room / frappe.scrub(doctype) / frappe.scrub(name)
	place.mkdir(parents=True, exist_ok=True)
	for path in (place.parent, place):
		(path / "__init__.py").write_text("")
	if doctype == "DocType":
		code = f"class {name.replace(' ', '')}(Document):\n\tpass\n"
		(place / f"{place.name}.py").write_text(f"from frappe.model.document import Document\n\n\n{code}")
	definition = {
		"doctype": doctype,
		"name": name,
		"module": module,
		"modified": "2030-01-01 00:00:00.000000",
	}
	path = place / f"{place.name}.json"
	path.write_text(json.dumps({**definition, **values}))
	return path


def motto(name: str) -> dict[str, object]:
	"""The rest of a DocType with one field."""
	field = {"fieldname": "motto", "label": "Motto", "fieldtype": "Data"}
	rights = {"role": "System Manager", "read": 1, "write": 1, "create": 1}
	return {
		"custom": 0,
		"engine": "InnoDB",
		"fields": [field],
		"field_order": ["motto"],
		"permissions": [rights],
	}
