from typing import Any

from frappe import _


def get_data(data: dict[str, Any] | None = None) -> dict[str, Any]:
	"""Connections of a unit."""
	return {
		"fieldname": "installed_unit",
		"non_standard_fieldnames": {"Installed Unit": "parent_unit"},
		"transactions": [
			{"label": _("Service"), "items": ["Service Request", "Engineer Visit"]},
			{"label": _("Coverage"), "items": ["Service Warranty"]},
			{"label": _("Structure"), "items": ["Installed Unit", "Fitted Part Entry", "Unit Reading"]},
		],
	}
