from typing import Any

from support_service.constants.words import N_


def get_data(data: dict[str, Any] | None = None) -> dict[str, Any]:
	"""Connections of a case."""
	return {
		"fieldname": "service_request",
		"non_standard_fieldnames": {"Service Message": "request"},
		"transactions": [
			{"label": N_("Work"), "items": ["Part Need", "Engineer Visit", "Removed Part", "Equipment Loan"]},
			{"label": N_("Customer"), "items": ["Service Survey", "Service Message"]},
		],
	}
