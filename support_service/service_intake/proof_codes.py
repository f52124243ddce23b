"""Who reports without a login proves who they are: a code goes to the mail or phone that is on record for the customer.

Asking and confirming answer the same whether the address is known or not; whom a code goes to is looked up in a job, so that the
time an answer takes says nothing either. Nothing of a proof is stored but in Redis, for a quarter of an hour.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import Any, NamedTuple

import frappe
from frappe import _
from frappe.core.doctype.sms_settings.sms_settings import send_sms

from support_service.foundation import rate_limits
from support_service.foundation.language import of_site
from support_service.permissions import contact_ties

MINUTES = 15
TRIES = 5
DIGITS = 6
FEWEST_DIGITS = 8  # of a phone number, without a leading zero
KEY = "support_service:proof:"


class Person(NamedTuple):
	"""Somebody of the customer's: their Contact, name, and where we reach them."""

	contact: str | None
	full_name: str
	email: str | None
	phone: str | None


class WrongCodeError(frappe.ValidationError):
	"""The code is wrong, used or expired; the answer does not say which."""


def ask(unit: str, address: str) -> str:
	"""Begin a proof for `unit` by the e-mail or phone `address`; returns its random name. Sent after the commit."""
	proof = secrets.token_urlsafe(24)
	_keep(proof, {"unit": unit, "address": address.strip()[:140], "language": frappe.local.lang})
	frappe.enqueue(
		"support_service.service_intake.proof_codes.send_code", proof=proof, enqueue_after_commit=True
	)
	return proof


def send_code(proof: str) -> None:
	"""Job: send the code of `proof`, if the address is that of somebody of the customer who has the unit."""
	asked = _kept(proof)
	if not asked or asked.get("code"):
		return
	customer = frappe.db.get_value("Installed Unit", asked["unit"], "customer")
	person = person_at(customer, asked["address"]) if customer else None
	if not person:
		return
	by_mail = "@" in asked["address"]
	if not by_mail and not frappe.db.get_single_value("SMS Settings", "sms_gateway_url"):
		return
	code = "".join(secrets.choice("0123456789") for _digit in range(DIGITS))
	_keep(proof, {**asked, "code": _fingerprint(proof, code), "person": person._asdict()})
	language = asked.get("language") or of_site()
	text = _(
		"Your code is {0}. It is valid for {1} minutes. If you did not ask for it, do nothing.", language
	)
	if by_mail:
		frappe.sendmail(
			recipients=[person.email],
			subject=_("Your code for our service page", language),
			message=f"<p>{text.format(f'<b>{code}</b>', MINUTES)}</p>",
		)
	else:
		send_sms([person.phone], text.format(code, MINUTES), success_msg=False)


def confirm(proof: str, unit: str, code: str) -> Person:
	"""The person whose code this is. A code works once, and five wrong ones end it. Raises WrongCodeError."""
	asked = _kept(proof)
	given = re.sub(r"\D", "", code or "")
	rate_limits.count("proof-code", TRIES, subject=proof, seconds=MINUTES * 60 * 4)
	right = bool(asked) and asked["unit"] == unit and bool(asked.get("code"))
	if not right or not hmac.compare_digest(asked["code"], _fingerprint(proof, given)):
		frappe.throw(_("This code is not valid. Check it, or ask for a new one."), WrongCodeError)
	_keep(proof, {**asked, "code": None, "proven": True})
	return Person(**asked["person"])


def proven(proof: str, unit: str) -> Person | None:
	"""Whoever has confirmed `proof` for `unit` with their code; None without one."""
	asked = _kept(proof)
	if not asked or not asked.get("proven") or asked["unit"] != unit:
		return None
	person = Person(**asked["person"])
	# renamed or deleted since the code was sent: the report must not fail because of that
	there = not person.contact or frappe.db.exists("Contact", person.contact)
	return person if there else person._replace(contact=None)


def person_at(customer: str, address: str) -> Person | None:
	"""Whoever of `customer` is known by this e-mail address or phone number: a Portal User, or a Contact that may be trusted."""
	ties = [tie for tie in contact_ties.ties_of([customer]) if tie.known]
	if "@" in address:
		wanted = address.strip().lower()
		found = next((tie.contact for tie in ties if wanted in tie.addresses), None)
		if found:
			return _of_contact(found)._replace(email=wanted)
		users = {user.lower(): user for user in contact_ties.portal_users([customer])[customer]}
		user = users.get(wanted)
		return Person(None, frappe.utils.get_fullname(user), wanted, None) if user else None
	wanted = _digits(address)
	if len(wanted) < FEWEST_DIGITS or not ties:
		return None
	names = [tie.contact for tie in ties]
	rows = frappe.get_all(
		"Contact Phone",
		{"parenttype": "Contact", "parent": ("in", names)},
		["parent", "phone"],
		order_by="parent",
	)
	row = next((row for row in rows if _same_number(_digits(row.phone), wanted)), None)
	return _of_contact(row.parent)._replace(phone=row.phone) if row else None


def _of_contact(contact: str) -> Person:
	row = frappe.db.get_value(
		"Contact", contact, ["full_name", "first_name", "email_id", "mobile_no", "phone"], as_dict=True
	)
	return Person(contact, row.full_name or row.first_name, row.email_id, row.mobile_no or row.phone)


def _digits(number: str | None) -> str:
	"""The digits of a phone number as it is dialled from abroad, without the zeros before it."""
	return re.sub(r"\D", "", number or "").lstrip("0")


def _same_number(one: str, other: str) -> bool:
	"""With or without the country in front."""
	short, long = sorted((one, other), key=len)
	return len(short) >= FEWEST_DIGITS and long.endswith(short)


def _fingerprint(proof: str, code: str) -> str:
	return hashlib.sha256(f"{proof}:{code}".encode()).hexdigest()


def _keep(proof: str, values: dict[str, Any]) -> None:
	frappe.cache.set_value(f"{KEY}{proof}", values, expires_in_sec=MINUTES * 60)


def _kept(proof: str) -> dict[str, Any] | None:
	return frappe.cache.get_value(f"{KEY}{proof}", expires=True) if 20 <= len(proof or "") <= 60 else None
