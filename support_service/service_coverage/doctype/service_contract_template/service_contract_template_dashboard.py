from typing import Any

from support_service.constants.words import N_


def get_data(data: dict[str, Any] | None = None) -> dict[str, Any]:
	"""Connections of a template."""
	return {
		"fieldname": "template",
		"transactions": [{"label": N_("Contracts"), "items": ["Service Contract"]}],
	}
