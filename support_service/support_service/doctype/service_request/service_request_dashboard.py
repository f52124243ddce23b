from typing import Any

from frappe import _


def get_data(data: dict[str, Any] | None = None) -> dict[str, Any]:
	"""Connections of a case."""
	return {
		"fieldname": "service_request",
		"non_standard_fieldnames": {"Service Message": "request"},
		"transactions": [
			{"label": _("Work"), "items": ["Engineer Visit"]},
			{"label": _("Customer"), "items": ["Service Survey", "Service Message"]},
		],
	}
