"""Calls as a telephone system writes them: into ERPNext's Call Log."""

from __future__ import annotations

from typing import Any

import frappe

from tests.factories import insert, make_customer, make_user, unique


def number() -> str:
	"""A mobile number that nobody else has."""
	return "+86139" + str(int(frappe.generate_hash(length=8), 36) % 10**8).zfill(8)


def ring(calling: str, *, status: str = "Ringing", **values: Any) -> Any:
	"""A Call Log as a telephone system makes it."""
	return insert(
		"Call Log",
		{"id": unique("call"), "from": calling, "to": "+864008000", "type": "Incoming", "status": status},
		values,
	)


def goes_on(log: Any, status: str, **values: Any) -> Any:
	"""The next event of a call."""
	log = frappe.get_doc("Call Log", log.name)
	log.update({"status": status, **values})
	return log.save(ignore_permissions=True)


def call_of(log: Any) -> Any:
	return frappe.get_doc("Service Call", {"call_log": log.name})


def call_back_of(calling: str) -> Any | None:
	"""The open call-back of a number."""
	name = frappe.db.get_value("Service Call Back", {"number": calling, "state": "Open"})
	return frappe.get_doc("Service Call Back", name) if name else None


def make_caller(phone: str, customer: str | None = None) -> Any:
	"""A trusted Contact with `phone`, in a writing that Frappe would refuse in a form, too: those were imported."""
	contact = insert(
		"Contact",
		{
			"first_name": unique("Caller"),
			"phone_nos": [{"phone": "13900000000", "is_primary_mobile_no": 1}],
			"links": [{"link_doctype": "Customer", "link_name": customer or make_customer().name}],
		},
		{},
	)
	frappe.db.set_value("Contact Phone", contact.phone_nos[0].name, "phone", phone)
	return contact.reload()


def make_agent() -> tuple[str, str]:
	"""A user of the service desk with a telephone of their own, as ERPNext's Employee says: (user, its number)."""
	user, phone = make_user("Service Desk Agent").name, number()
	insert(
		"Employee",
		{
			"first_name": unique("Agent"),
			"gender": "Female"
			if frappe.db.exists("Gender", "Female")
			else frappe.get_all("Gender", pluck="name")[0],
			"date_of_birth": "1990-01-01",
			"date_of_joining": "2020-01-01",
			"cell_number": phone,
			"user_id": user,
			"company": frappe.get_all("Company", pluck="name")[0],
		},
		{},
	)
	return user, phone
