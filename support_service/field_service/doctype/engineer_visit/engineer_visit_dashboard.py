from typing import Any

from support_service.constants.words import N_


def get_data(data: dict[str, Any] | None = None) -> dict[str, Any]:
	"""Connections of a visit."""
	return {
		"fieldname": "engineer_visit",
		"internal_links": {"Service Request": "service_request"},
		"transactions": [
			{"label": N_("Case"), "items": ["Service Request"]},
			{"label": N_("Stock"), "items": ["Stock Entry", "Removed Part"]},
			{"label": N_("Hours"), "items": ["Timesheet"]},
		],
	}
