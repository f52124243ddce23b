"""Write what Frappe 16 shows beside the workspace: its sidebar and its icon on the desktop. `python3 dev/sidebar.py`.

Where an entry leads and what it filters by is read from the workspace, its number cards and its links, so that both say the
same; only order, sections and icons stand here. `tests/rules/test_sidebar.py` compares the files with what this makes.
After a change raise MODIFIED: a site takes a file only when it is newer.
"""

import json
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[1] / "support_service"
WORKSPACE = PACKAGE / "support_service/workspace/after_sales_service/after_sales_service.json"
CARDS = PACKAGE / "support_service/number_card"
SIDEBAR = PACKAGE / "workspace_sidebar/after_sales_service.json"
ICON = PACKAGE / "desktop_icon/after_sales_service.json"
TITLE = "After-Sales Service"
MODIFIED = "2026-11-29 12:30:00.000000"
LOGO = "/assets/support_service/images/after-sales-service.svg"

# above all sections
TOP = {
	"Hotline": "headset",
	"Hotline Live": "radio",
	"Quick Case Entry": "scan-text",
	"Service Chats": "messages-square",
}
# section → icon of its heading (none: always open) and label of the entry → its icon; labels are those of the workspace
SECTIONS: dict[str, tuple[str, dict[str, str]]] = {
	"Cases": (
		"",
		{
			"Open Cases": "inbox",
			"My Open Cases": "user-round",
			"Unassigned": "user-plus",
			"Case Board": "square-kanban",
			"Service Request": "ticket",
			"Service Call Back": "phone-missed",
		},
	),
	"Promises": (
		"",
		{"Overdue Promises": "triangle-alert", "Due Next": "alarm-clock", "Service Clock": "timer"},
	),
	"Visits": (
		"",
		{
			"Visits Calendar": "calendar-days",
			"Visits Today": "calendar-check",
			"Engineer Visit": "clipboard-check",
		},
	),
	"Parts and Loans": (
		"",
		{
			"Parts to Order": "shopping-cart",
			"Part Need": "package-search",
			"Returns Due": "package-x",
			"Removed Part": "package-open",
			"On Loan": "arrow-left-right",
			"Equipment Loan": "monitor-smartphone",
			"Parts Sold": "receipt",
		},
	),
	"Vans": (
		"",
		{
			"Count a Van": "scan-barcode",
			"Van Count": "clipboard-list",
			"Van Handover": "handshake",
			"Van Stock": "truck",
			"Van Replenishment": "package-plus",
		},
	),
	"Installed Base": ("", {"Installed Units": "monitor"}),
	"Coverage": (
		"",
		{
			"Coverage Decision": "scale",
			"Service Warranty": "shield-check",
			"Service Contract": "file-text",
			"Supplier Claim": "undo-2",
		},
	),
	"Feedback": (
		"",
		{
			"Surveys to Answer": "message-circle",
			"Service Survey": "smile",
			"Service Improvement": "trending-up",
			"Service Problem": "bug",
		},
	),
	"Reports": (
		"chart-line",
		{
			"Service Level Attainment": "chart-column",
			"Expiring Warranties": "shield",
			"Expiring Contracts": "file-check",
			"Part Consumption": "chart-bar",
			"Parts per Visit": "chart-no-axes-column",
			"Warranty Cost per Supplier": "chart-pie",
			"Warranty Cost per Request": "chart-pie",
			"Parts Due Back": "undo-2",
			"Loans Out": "chart-gantt",
			"Survey Results": "star",
		},
	),
	"Records": (
		"history",
		{
			"Service Request Move": "route",
			"Fitted Part Entry": "cog",
			"Part Reservation": "lock",
			"Service Clock Entry": "scroll-text",
			"Service Message": "messages-square",
			"Service Mail": "mail-open",
			"Service Alert": "siren",
			"Service Chat": "message-circle-more",
			"Service Call": "phone",
			"Service Webhook Delivery": "send",
		},
	),
	"Set-up": (
		"settings",
		{
			"Support Service Settings": "settings-2",
			"Service Team": "users",
			"Service Engineer": "hard-hat",
			"Service Level Policy": "list-ordered",
			"Service Calendar": "calendar-range",
			"Spare Parts List": "list-checks",
			"Van Stock List": "list-plus",
			"Warranty Policy": "shield",
			"Service Contract Template": "file-text",
			"Service Channel": "cable",
			"Service Mailbox": "mailbox",
			"Service Message Template": "message-square-text",
			"Service Survey Template": "message-circle-question",
			"Service Survey Plan": "calendar-clock",
			"Service Robot": "bot",
			"Alert Source": "radar",
			"Service API Client": "key-round",
			"Service Webhook": "webhook",
			"Takeover Run": "import",
		},
	),
}


def entries() -> dict[str, dict[str, Any]]:
	"""Label → where it leads and its filters, for everything the workspace shows; a shortcut before a card before a link."""
	workspace = json.loads(WORKSPACE.read_text())
	found: dict[str, dict[str, Any]] = {}
	for shortcut in workspace["shortcuts"]:
		found[shortcut["label"]] = _of_shortcut(shortcut)
	for row in workspace["number_cards"]:
		name = row["number_card_name"].lower().replace(" ", "_")
		found.setdefault(row["label"], _of_card(json.loads((CARDS / name / f"{name}.json").read_text())))
	for link in workspace["links"]:
		if link["type"] == "Link":
			found.setdefault(link["label"], {"link_type": link["link_type"], "link_to": link["link_to"]})
	return found


def _of_shortcut(shortcut: dict[str, Any]) -> dict[str, Any]:
	if shortcut["type"] == "URL":
		# only Frappe 16 reads these files
		return {"link_type": "URL", "url": f"/desk/{shortcut['url']}"}
	entry = {"link_type": shortcut["type"], "link_to": shortcut["link_to"]}
	filters = [
		[shortcut["link_to"], field, *(value if isinstance(value, list) else ["=", value])]
		for field, value in json.loads(shortcut.get("stats_filter") or "{}").items()
	]
	return entry | ({"filters": json.dumps(filters)} if filters else {})


def _of_card(card: dict[str, Any]) -> dict[str, Any]:
	"""A filter that is worked out when it is asked for keeps its expression; `public/js/sidebar.js` does the rest."""
	rows = json.loads(card["filters_json"]) + json.loads(card["dynamic_filters_json"] or "[]")
	filters = json.dumps([row[:4] for row in rows])
	return {"link_type": "DocType", "link_to": card["document_type"], "filters": filters}


def sidebar() -> dict[str, Any]:
	places = entries()
	items = [_item("Home", "house", link_type="Workspace", link_to=TITLE)]
	items += [_item(label, icon, **places[label]) for label, icon in TOP.items()]
	for section, (icon, rows) in SECTIONS.items():
		items.append(_section(section, icon))
		items += [_item(label, sign, child=1, **places[label]) for label, sign in rows.items()]
	_show_all(items)
	return _record(
		"Workspace Sidebar", module="Support Service", header_icon="headset", title=TITLE, items=items
	)


def _show_all(items: list[dict[str, Any]]) -> None:
	"""A list that is open keeps its filters, so an entry beside those that filter it says that it shows everything."""
	filtered = {item["link_to"] for item in items if item.get("filters")}
	for item in items:
		if item.get("link_to") in filtered:
			item.setdefault("filters", json.dumps([[item["link_to"], "name", "is", "set"]]))


def _item(label: str, icon: str, **place: Any) -> dict[str, Any]:
	return {"type": "Link", "label": label, "icon": icon, "child": 0, "collapsible": 1} | place


def _section(label: str, icon: str) -> dict[str, Any]:
	"""A heading; with an icon it is an entry of its own that opens."""
	closed = int(bool(icon))
	return {
		"type": "Section Break",
		"label": label,
		"icon": icon,
		"child": 0,
		"collapsible": 1,
		"indent": closed,
		"keep_closed": closed,
		"link_type": "DocType",
	}


def icon() -> dict[str, Any]:
	return _record(
		"Desktop Icon",
		label=TITLE,
		icon_type="App",
		link_type="External",
		link="/desk/after-sales-service",
		logo_url=LOGO,
		hidden=0,
		roles=[],
	)


def _record(doctype: str, **values: Any) -> dict[str, Any]:
	return {
		"doctype": doctype,
		"name": TITLE,
		"app": "support_service",
		"standard": 1,
		"owner": "Administrator",
		"modified_by": "Administrator",
		"creation": MODIFIED,
		"modified": MODIFIED,
		"docstatus": 0,
		"idx": 20,
	} | values


def as_text(record: dict[str, Any]) -> str:
	return json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
	for path, record in ((SIDEBAR, sidebar()), (ICON, icon())):
		path.parent.mkdir(exist_ok=True)
		path.write_text(as_text(record))


if __name__ == "__main__":
	main()
