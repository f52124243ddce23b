"""What whoever scans the label of a unit sees and may do without a login: report a fault of this one unit.

The page says what the device is, where it stands by its town, and whether it is covered today. It tells nothing of the customer,
of people or of other requests. Only who proves by a code that they are one of the customer's people is named on the case.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html, getdate

from support_service.customer_portal import files, pages, pictures
from support_service.foundation import rate_limits
from support_service.installed_base import labels
from support_service.service_coverage.contract import contracts
from support_service.service_coverage.warranty import store as warranty_store
from support_service.service_coverage.warranty.rules import Status
from support_service.service_intake import intake, proof_codes

CHANNEL = "QR Code"
SHOWN_DIGITS = 4
# calls in an hour: of one address, about one label, of all guests together
LOOKS = {"address": 60, "each": 120, "site": 3000}
REPORTS = {"address": 20, "each": 10, "site": 300}
CODES = {"address": 6, "each": 10, "site": 200}
ANSWERS = {"address": 30, "each": 60, "site": 1000}
MISSES = {"address": 20, "site": 1000}


def unit_at(token: str, name: str, limits: dict[str, int]) -> Any:
	"""The unit whose label carries `token`, after counting the call; raises pages.NotFoundForCustomerError, RateLimitExceededError."""
	found = labels.unit_of(token)
	if not found:
		rate_limits.count_guest("label-miss", **MISSES)
		frappe.throw(_("There is no such entry, or it is not one of yours."), pages.NotFoundForCustomerError)
	rate_limits.count_guest(f"label-{name}", subject=found, **limits)
	fields = ["name", "unit_name", "item_name", "serial_label", "customer", "site_address", "state"]
	return frappe.db.get_value(labels.UNIT, found, fields, as_dict=True)


def page(token: str) -> dict[str, Any]:
	"""Context of the page: device, serial (its last characters), town, covered (bool), own and staff (links for who is logged in)."""
	unit = unit_at(token, "page", LOOKS)
	town = frappe.db.get_value("Address", unit.site_address, "city") if unit.site_address else None
	is_staff = frappe.session.user != "Guest" and frappe.has_permission(labels.UNIT, "read", unit.name)
	return {
		"token": token,
		"most_pictures": pictures.MOST_FILES,
		"device": unit.item_name or unit.unit_name,
		"serial": _end_of(unit.serial_label),
		"town": town or "",
		"covered": is_covered(unit),
		"own": f"/service/units/{unit.name}" if unit.customer in pages.own_customers() else "",
		"desk": frappe.utils.get_url_to_form(labels.UNIT, unit.name) if is_staff else "",
	}


def is_covered(unit: Any) -> bool:
	"""Whether a warranty of the unit itself, or a contract, covers it today; not who pays what."""
	rows = frappe.get_all(
		warranty_store.WARRANTY,
		filters={
			"installed_unit": unit.name,
			"customer": unit.customer,
			"fitted_part": ("is", "not set"),
			"status": ("!=", Status.VOID),
		},
		fields=["*"],
		order_by=None,
	)
	if any(warranty_store.status_today(row) == Status.ACTIVE for row in rows):
		return True
	return bool(contracts.in_force(unit.name, unit.customer, getdate()))


def report(token: str, key: str, subject: str, description: str, person: dict[str, str], proof: str) -> str:
	"""Open a case about the unit, with the pictures of the request; returns its number.

	person: name, phone, email as typed. They stand in the description as not confirmed, unless `proof` was confirmed by a
	code: then the case names that person, by what is on record, and the customer sees the pictures.
	"""
	unit = unit_at(token, "report", REPORTS)
	photos = pictures.uploaded()
	known = proof_codes.proven(proof, unit.name)
	payload = intake.IntakePayload(
		subject=subject.strip()[:140],
		description=_described(description, None if known else person),
		customer=unit.customer,
		installed_unit=unit.name,
		contact=known.contact if known else None,
		contact_name=known.full_name if known else None,
		contact_email=known.email if known else None,
		contact_phone=known.phone if known else None,
	)
	# the token is part of the key, so that nobody gets the case of another label by guessing a key
	name = intake.accept(CHANNEL, payload, key=f"{token}:{key}", checked=True, by_guest=True)
	if photos and not frappe.db.exists("File", {"attached_to_doctype": files.CASE, "attached_to_name": name}):
		files.store(photos, files.CASE, name, shown_to=unit.customer if known else None)
	return name


def ask_code(token: str, address: str) -> str:
	"""Have a code sent to `address`, if it is known; returns the name of the proof in any case."""
	unit = unit_at(token, "code", CODES)
	rate_limits.count("label-code:to", 3, subject=address.strip().lower())
	return proof_codes.ask(unit.name, address)


def confirm_code(token: str, proof: str, code: str) -> str:
	"""The name of the person who has confirmed `proof` with `code`; raises proof_codes.WrongCodeError."""
	unit = unit_at(token, "answer", ANSWERS)
	return proof_codes.confirm(proof, unit.name, code).full_name


def _end_of(serial: str | None) -> str:
	"""The last characters of a serial number, enough to compare with the plate on the device."""
	serial = (serial or "").strip()
	return f"…{serial[-SHOWN_DIGITS:]}" if len(serial) > 2 * SHOWN_DIGITS else serial and f"…{serial[-2:]}"


def _described(description: str, person: dict[str, str] | None) -> str:
	"""The description as HTML with who reports it; what was typed is escaped."""
	parts = [description.strip()[:20_000]] if description.strip() else []
	if person is not None:
		given = ", ".join(filter(None, (value.strip()[:140] for value in person.values())))
		parts.append(
			_("Reported with the code on the device. Who reports it has not been confirmed: {0}").format(
				given or _("no name given")
			)
		)
	return "".join(f"<p>{escape_html(part)}</p>".replace("\n", "<br>") for part in parts)
