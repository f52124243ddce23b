"""Customers of the demo with addresses, contacts and portal logins."""

from __future__ import annotations

import frappe

from support_service.constants.roles import CUSTOMER
from support_service.demo.base import ensure, leaf
from support_service.demo.customer_data import BUYERS, BY_KEY, Buyer
from support_service.demo.people import make_login


def make_customers() -> None:
	"""All of `BUYERS`."""
	for buyer in BUYERS:
		customer = ensure(
			"Customer",
			{"customer_name": buyer.name},
			{
				"customer_type": "Company",
				"customer_group": leaf("Customer Group", buyer.group),
				"territory": leaf("Territory", "China"),
				"language": buyer.language,
			},
		)
		address = _make_address(buyer, customer)
		_make_contact(buyer, customer)
		if not frappe.db.get_value("Customer", customer, "customer_primary_address"):
			frappe.db.set_value("Customer", customer, "customer_primary_address", address)
		if buyer.portal:
			_give_portal(buyer, customer)


def customer_of(key: str) -> str:
	"""Customer name by the key in `customer_data`."""
	return frappe.db.get_value("Customer", {"customer_name": BY_KEY[key].name})


def address_of(customer: str) -> str | None:
	return frappe.db.get_value("Customer", customer, "customer_primary_address")


def contact_of(key: str) -> str:
	return frappe.db.get_value("Contact", {"email_id": BY_KEY[key].email})


def _make_address(buyer: Buyer, customer: str) -> str:
	return ensure(
		"Address",
		{"address_title": buyer.name, "address_type": "Shipping"},
		{
			"address_line1": buyer.street,
			"city": buyer.city,
			"country": "China",
			"phone": buyer.phone,
			"is_shipping_address": 1,
			"links": [{"link_doctype": "Customer", "link_name": customer}],
		},
	)


def _make_contact(buyer: Buyer, customer: str) -> str:
	first_name, _space, last_name = buyer.contact.partition(" ")
	return ensure(
		"Contact",
		{"email_id": buyer.email},
		{
			"first_name": first_name,
			"last_name": last_name,
			"is_primary_contact": 1,
			"email_ids": [{"email_id": buyer.email, "is_primary": 1}],
			"phone_nos": [{"phone": buyer.phone, "is_primary_phone": 1}],
			"links": [{"link_doctype": "Customer", "link_name": customer}],
		},
	)


def _give_portal(buyer: Buyer, customer: str) -> None:
	first_name, _space, last_name = buyer.contact.partition(" ")
	values = {
		"first_name": first_name,
		"last_name": last_name,
		"language": buyer.language,
		"user_type": "Website User",
	}
	make_login(buyer.email, values, (CUSTOMER,))
	doc = frappe.get_doc("Customer", customer)
	if not any(row.user == buyer.email for row in doc.portal_users):
		doc.append("portal_users", {"user": buyer.email})
		doc.save()
