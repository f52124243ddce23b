"""Refuses to install or migrate where two apps ship a DocType, module, report … of one name.

Of two apps that bring a DocType of one name, Frappe lets the one that is migrated last take it over, with its table and
the rows of both. The same goes for modules, reports, print formats, pages, workspaces, charts and cards. So this app
checks before it is installed, before another app is installed beside it, and before every migrate, when nothing has been
changed yet. Roles are shared by their name on purpose (`roles.py`).
"""

from pathlib import Path
from typing import Any

import click
import frappe
from frappe import _

from support_service.foundation import replaced
from support_service.setup import names

# DocType → how its records show that they are the site's own and no app's; DocTypes first, as they hold data
OWN_OF_SITE: dict[str, dict[str, Any]] = {
	"DocType": {"custom": 1},
	"Report": {"is_standard": "No"},
	"Print Format": {"standard": "No"},
	"Page": {"standard": "No"},
	"Number Card": {"is_standard": 0},
	"Dashboard Chart": {"is_standard": 0},
	"Workspace": {"module": ("is", "not set")},
}


class NameTakenError(frappe.ValidationError):
	"""One of our names already belongs to another app or to the site itself."""


class NameClashError(frappe.ValidationError):
	"""Another app brings something under one of our names."""


def refuse_taken_names() -> None:
	"""Before we are installed: raise NameTakenError where the site, or an app on it, has one of our names already."""
	taken = [*_on_site(), *_of_apps()]
	if taken:
		frappe.throw(
			_(
				"support_service was not installed: this site already has records of the same name: {0}. "
				"Rename them, or remove the app or customisation they belong to, then install again."
			).format(", ".join(dict.fromkeys(taken))),
			NameTakenError,
		)


def warn_of_displaced(app: str | None = None) -> None:
	"""After a migrate and after `app` was installed: print which of our replaced functions another app replaces again."""
	for what, other in replaced.displaced():
		click.secho(
			_(
				"{0} takes the place of what support_service does for {1}. Until {0} builds on it, or is installed before "
				"support_service, see docs/extending.md for what is missing."
			).format(other, what),
			fg="yellow",
		)


def refuse_app(app: str) -> None:
	"""Hook `before_app_install`: raise NameClashError where `app` brings one of our names; nothing of it is there yet."""
	clashes = _brought_by(app) if app != names.APP else []
	if clashes:
		frappe.throw(
			_(
				"{0} was not installed: it and support_service both bring {1}. On one site the later of the two would take "
				"over what the other has stored. Use a version of {0} that calls it otherwise, or another site."
			).format(app, _listed(clashes)),
			NameClashError,
		)


def refuse_clashes() -> None:
	"""Before a migrate: raise NameClashError, naming both apps, where one of them would take over what the other has.

	What an app took over once and does not ship any more becomes ours again with the migrate.
	"""
	for app in _others():
		if clashes := _brought_by(app):
			frappe.throw(
				_(
					"Nothing was migrated: {0} and support_service both bring {1}, and the later of the two would take over "
					"what the other has stored. Use a version of {0} that calls it otherwise. To go on without {0}, run "
					"bench --site {2} remove-from-installed-apps {0}, not uninstall-app: that may drop the table with the "
					"data of support_service."
				).format(app, _listed(clashes), frappe.local.site),
				NameClashError,
			)
	if own := _own_of_site():
		frappe.throw(
			_(
				"Nothing was migrated: support_service brings {0}, and this site has one of its own of that name. Rename "
				"yours, then migrate again."
			).format(_listed(own)),
			NameClashError,
		)


def _others() -> list[str]:
	return [app for app in frappe.get_installed_apps(_ensure_on_bench=True) if app != names.APP]


def _brought_by(app: str) -> list[tuple[str, str]]:
	return names.also_in(Path(frappe.get_app_path(app)), frappe.get_module_list(app))


def _of_apps() -> list[str]:
	"""What apps of this site bring; and modules of any app of the bench, for Frappe finds code by the module's name."""
	found = []
	for app in frappe.get_all_apps():
		clashes = _brought_by(app) if app != names.APP else []
		if app not in _others():
			clashes = [clash for clash in clashes if clash[0] == "Module Def"]
		found += [f"{_listed([clash])} ({app})" for clash in clashes]
	return found


def _on_site() -> list[str]:
	"""Records of the site that bear one of our names and are not ours, with whose they are."""
	custom = _("custom")
	foreign = {"name": ("in", names.modules()), "app_name": ("!=", names.APP)}
	found = [
		f"{_listed([('Module Def', row.name)])} ({row.app_name or custom})"
		for row in frappe.get_all("Module Def", foreign, ["name", "app_name"], order_by="name")
	]
	for kind, ours in _by_kind().items():
		rows = frappe.get_all(kind, {"name": ("in", ours)}, ["*"], order_by="name")
		found += [
			f"{_listed([(kind, row.name)])} ({custom if row.get('custom') or not row.module else row.module})"
			for row in rows
			if row.get("custom") or row.module not in names.modules()
		]
	return found


def _own_of_site() -> list[tuple[str, str]]:
	"""Records that somebody of the site made under one of our names, before we brought it."""
	found = []
	for kind, ours in _by_kind().items():
		if kind in OWN_OF_SITE:
			filters = {"name": ("in", ours), "module": ("not in", names.modules()), **OWN_OF_SITE[kind]}
			found += [(kind, name) for name in frappe.get_all(kind, filters, pluck="name", order_by="name")]
	return found


def _by_kind() -> dict[str, list[str]]:
	by_kind: dict[str, list[str]] = {}
	for kind, name in names.records():
		by_kind.setdefault(kind, []).append(name)
	return by_kind


def _listed(records: list[tuple[str, str]]) -> str:
	return ", ".join(f"{_(kind)} {name}" for kind, name in records)
