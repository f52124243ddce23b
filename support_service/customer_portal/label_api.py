"""Whitelisted functions of the page behind the code on a device, for guests; and finding an own unit by its code."""

import frappe
from frappe import _

from support_service.customer_portal import pages, unit_label
from support_service.foundation import rate_limits
from support_service.installed_base import labels


class LabelInputError(frappe.ValidationError):
	"""Something that whoever reports has to fill in or correct."""


@frappe.whitelist(allow_guest=True, methods=["POST"])
def report(
	token: str,
	key: str,
	subject: str,
	description: str = "",
	person_name: str = "",
	phone: str = "",
	email: str = "",
	proof: str = "",
) -> dict[str, str]:
	"""Report a fault of the unit whose label carries `token`; returns the `number` of the case.

	A multipart request may carry pictures as `files`. key: made by the page once per form; repeating it returns the same case.
	proof: confirmed by a code before, if any.
	Raises pages.NotFoundForCustomerError, frappe.RateLimitExceededError, LabelInputError, pictures.PictureRefusedError.
	"""
	if not subject.strip():
		frappe.throw(_("Please tell us in a few words what the matter is."), LabelInputError)
	if not 8 <= len(key) <= 100:
		frappe.throw(_("Please reload the page and send the form again."), LabelInputError)
	if not (proof or person_name.strip() or phone.strip() or email.strip()):
		frappe.throw(_("Please tell us your name or how we reach you."), LabelInputError)
	person = {"name": person_name, "phone": phone, "email": email}
	return {"number": unit_label.report(token, key, subject, description, person, proof)}


@frappe.whitelist(allow_guest=True, methods=["POST"])
def ask_code(token: str, address: str) -> dict[str, str]:
	"""Have a code sent to an e-mail address or phone number; returns the `proof`, whether the address is known or not."""
	if not address.strip():
		frappe.throw(_("Please enter your e-mail address or phone number."), LabelInputError)
	return {"proof": unit_label.ask_code(token, address)}


@frappe.whitelist(allow_guest=True, methods=["POST"])
def confirm_code(token: str, proof: str, code: str) -> dict[str, str]:
	"""Confirm the code that was sent; returns the person's `name`. Raises proof_codes.WrongCodeError."""
	if not code.strip():
		frappe.throw(_("Please enter the code."), LabelInputError)
	return {"name": unit_label.confirm_code(token, proof, code)}


@frappe.whitelist(methods=["POST"])
def find_unit(code: str) -> dict[str, str]:
	"""The own unit whose label was scanned, or whose serial number was typed: `unit` and `title`.

	Raises pages.NotFoundForCustomerError, also for units of others.
	"""
	pages.refuse_forged()
	rate_limits.count("find-unit", 120, subject=frappe.session.user)
	customers = pages.own_customers()
	token = labels.token_in(code)
	unit = labels.unit_of(token) if token else None
	typed = (code or "").strip()[:140]
	if not unit and not token and typed and customers:
		of_them = {"customer": ("in", sorted(customers)), "state": ("!=", "Retired")}
		numbers = [number for number in {typed, typed.rstrip("/").rpartition("/")[2]} if number]
		for field in ("serial_label", "name"):
			unit = unit or frappe.db.get_value(labels.UNIT, {**of_them, field: ("in", numbers)})
	found = pages.find_own(labels.UNIT, unit, customers)
	return {"unit": found.name, "title": found.unit_name}
