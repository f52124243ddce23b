from typing import Any

from support_service.constants.words import N_


def get_data(data: dict[str, Any] | None = None) -> dict[str, Any]:
	"""Connections of a unit."""
	return {
		"fieldname": "installed_unit",
		"non_standard_fieldnames": {"Installed Unit": "parent_unit"},
		"transactions": [
			{"label": N_("Service"), "items": ["Service Request", "Engineer Visit", "Equipment Loan"]},
			{"label": N_("Coverage"), "items": ["Service Warranty"]},
			{"label": N_("Structure"), "items": ["Installed Unit", "Fitted Part Entry", "Unit Reading"]},
		],
	}
