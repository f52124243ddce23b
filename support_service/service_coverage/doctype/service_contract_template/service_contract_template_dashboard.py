from typing import Any

from frappe import _


def get_data(data: dict[str, Any] | None = None) -> dict[str, Any]:
	"""Connections of a template."""
	return {
		"fieldname": "template",
		"transactions": [{"label": _("Contracts"), "items": ["Service Contract"]}],
	}
