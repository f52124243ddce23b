"""What Frappe 16 shows beside the workspace: the app's icon on the desktop and its sidebar. Frappe 15 has neither.

Both are shipped as files (`workspace_sidebar/`, `desktop_icon/`, written by `dev/sidebar.py`), which Frappe 16 reads on install and
migrate. Its uninstaller leaves them, so we remove them.
"""

import json
from typing import Any

import frappe

from support_service.constants.roles import STAFF
from support_service.setup import names, traces

SIDEBAR, ICON, LAYOUT = "Workspace Sidebar", "Desktop Icon", "Desktop Layout"


def is_for_me() -> bool:
	"""Whether the session's user works with this app: only they get its icon."""
	return not set(STAFF).isdisjoint(frappe.get_roles())


def boot_session(bootinfo: Any) -> None:
	"""Show the app's one sidebar with all its documents, instead of those that Frappe makes up for each of its modules."""
	sidebars = bootinfo.get("workspace_sidebar_item")
	if sidebars is None:
		return  # Frappe 15
	stored = frappe.get_all(SIDEBAR, {"name": ["in", names.modules()]}, pluck="name")
	for module in set(names.modules()) - set(stored):
		if sidebars.get(module.lower(), {}).get("app") == names.APP:
			del sidebars[module.lower()]
	# the desk looks up the app of a document's module by the module's name in lower case, spaces and all
	ours = {module.lower(): names.APP for module in names.modules()}
	bootinfo.module_app = {**bootinfo.module_app, **ours}


def remove() -> None:
	"""Delete our icon and sidebar and what users made of them. Past the documents: in developer mode those delete our files."""
	if not frappe.db.table_exists(SIDEBAR):
		return
	sidebars = frappe.get_all(SIDEBAR, {"app": names.APP}, pluck="name")
	if sidebars:
		traces.delete_where(ICON, {"link_type": SIDEBAR, "link_to": ["in", sidebars]})
		traces.delete_where(SIDEBAR, {"name": ["in", sidebars]})
	icons = frappe.get_all(ICON, {"app": names.APP}, pluck="name")
	if icons:
		frappe.db.set_value(ICON, {"parent_icon": ["in", icons]}, "parent_icon", None)
		traces.delete_where(ICON, {"name": ["in", icons]})
	_forget_in_layouts()


def _forget_in_layouts() -> None:
	"""Take our icon out of the desktops that users have arranged; Frappe keeps a copy of each icon there."""
	for name, layout in frappe.get_all(
		LAYOUT, {"layout": ["like", f"%{names.APP}%"]}, ["name", "layout"], as_list=True
	):
		icons = [icon for icon in json.loads(layout) if icon.get("app") != names.APP]
		frappe.db.set_value(LAYOUT, name, "layout", json.dumps(icons))
