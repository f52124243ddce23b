"""Custom fields on ERPNext's DocTypes; `install` creates and `uninstall` removes what stands here."""

from typing import Any

CUSTOM_FIELDS: dict[str, list[dict[str, Any]]] = {}
