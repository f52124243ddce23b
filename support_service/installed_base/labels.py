"""The label on a device: its number, and a QR code with a short address that opens a page about the device without a login.

The address carries a random token. It is stored as it is, as labels are printed again, in a field of permission level 9, which
no role reads; a unit gets one when its label is first printed. A new token makes labels printed before invalid.
"""

from __future__ import annotations

import re
import secrets
from urllib.parse import quote

import frappe
from frappe import _
from frappe.utils import get_url

from support_service.foundation import locks

UNIT = "Installed Unit"
TOKEN = "label_token"
# MariaDB does not tell capitals from small letters; l, o, 0 and 1 are mistaken for one another when typed
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
LENGTH = 26  # 130 bits
SHAPE = re.compile(rf"[{LETTERS}]{{{LENGTH}}}")


def url_of(unit: str) -> str:
	"""The address the label of `unit` carries; the page on the portal for whoever may not print labels."""
	if not frappe.has_permission(UNIT, "print", unit):
		return get_url(f"/service/units/{quote(unit)}")
	return get_url(f"/u/{_token_of(unit)}")


def qr_code(unit: str) -> str:
	"""The QR code of `url_of` as a data URI; error correction M, for labels that get scratched."""
	import segno  # every print of the site imports this module: none may fail because a library is missing

	# a PNG: wkhtmltopdf draws inline SVG with hair lines between the modules
	return segno.make(url_of(unit), error="m", micro=False).png_data_uri(scale=8, border=2)


def unit_of(token: str) -> str | None:
	"""The unit whose valid label carries `token`."""
	return frappe.db.get_value(UNIT, {TOKEN: token}) if SHAPE.fullmatch(token or "") else None


def token_in(text: str) -> str:
	"""The token in what was scanned or typed: the address of a label, or the token alone."""
	last = (text or "").strip().partition("?")[0].rstrip("/").rpartition("/")[2]
	return last if SHAPE.fullmatch(last) else ""


def renew(unit: str) -> None:
	"""Give `unit` a new token: labels printed before lead nowhere. The caller has checked that the user may change the unit."""
	locks.get_value(UNIT, unit)
	_store(unit, _new_token())
	frappe.get_doc(UNIT, unit).add_comment("Info", _("The label was made invalid; print a new one."))


def _token_of(unit: str) -> str:
	token = frappe.db.get_value(UNIT, unit, TOKEN)
	if token:
		return token
	# the second of two who print at once waits, and prints the token of the first
	token = locks.get_value(UNIT, unit, TOKEN)
	if not token:
		token = _new_token()
		_store(unit, token)
		if frappe.request and frappe.request.method == "GET":
			frappe.db.commit()  # Frappe stores nothing at the end of a GET request, and the label is on its way to the printer
	return token


def _store(unit: str, token: str) -> None:
	# not by saving: the field is nobody's to write, and an open form of the unit stays valid
	frappe.db.set_value(UNIT, unit, TOKEN, token, update_modified=False)


def _new_token() -> str:
	return "".join(secrets.choice(LETTERS) for _letter in range(LENGTH))
