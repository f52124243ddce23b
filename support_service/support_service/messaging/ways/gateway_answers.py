"""What a text message gateway's answer means. No Frappe, no network.

Gateways agree on nothing: many answer HTTP 200 to a message they have not taken, and say so in the text.
"""

from __future__ import annotations

import json
import re
from typing import Any

# `ERROR:14`, `ERR: 114`, `error=no credit`; an "error" further on may be the words of a success ("errors: 0")
SAYS_ERROR = re.compile(r"\W*err(or)?s?\b(?!\W*0+\W*$)", re.IGNORECASE)
LONGEST = 200


def refusal(answer: str, taken_if: str = "") -> str | None:
	"""Why the gateway has not taken the message, in its own words; None where it has.

	answer: the body of an answer with a status of success.
	taken_if: what such an answer contains when the message was taken, where the admin knows; else it is read for signs
	of an error.
	"""
	text = " ".join((answer or "").split())
	if taken_if.strip():
		return None if taken_if.strip().lower() in text.lower() else (text[:LONGEST] or "-")
	try:
		said = json.loads(answer)
	except (TypeError, ValueError):
		return text[:LONGEST] if SAYS_ERROR.match(text) else None
	return text[:LONGEST] if isinstance(said, dict) and _is_error(said) else None


def _is_error(said: dict[str, Any]) -> bool:
	low = {str(key).lower(): value for key, value in said.items()}
	if low.get("success") is False or str(low.get("success")).lower() == "false":
		return True
	if str(low.get("errcode", 0)).strip() not in ("", "0", "None"):
		return True
	if low.get("error") not in (None, "", 0, False, "0", [], {}):
		return True
	return str(low.get("status", "")).strip().lower() in ("error", "failed", "failure", "rejected")
