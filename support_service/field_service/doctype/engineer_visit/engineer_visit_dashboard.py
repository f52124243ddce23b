from typing import Any

from frappe import _


def get_data(data: dict[str, Any] | None = None) -> dict[str, Any]:
	"""Connections of a visit."""
	return {
		"fieldname": "engineer_visit",
		"internal_links": {"Service Request": "service_request"},
		"transactions": [
			{"label": _("Case"), "items": ["Service Request"]},
			{"label": _("Stock"), "items": ["Stock Entry"]},
		],
	}
