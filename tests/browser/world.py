"""Data of its own for each browser test, committed so that the server sees it."""

from __future__ import annotations

from typing import Any

import frappe

from tests import factories


def make_world(language: str = "en") -> frappe._dict:
	"""A team with agent, lead, engineer and manager, a customer with login and unit, a part in the engineer's van.

	Keys: agent, lead, engineer_user, manager, customer_user (log-in names), engineer, team, van, part, unit, customer.
	"""
	lead = factories.make_user("After-Sales Lead", language=language).name
	team = factories.make_service_team(lead=lead).name
	engineer = factories.make_service_engineer(
		team=team, user=factories.make_user("Service Engineer", language=language).name
	)
	part = factories.make_item(item_name="Cooling fan").name
	factories.make_stock_receipt(part, engineer.van_warehouse, 5, rate=38)
	customer = factories.make_customer().name
	customer_user = factories.make_customer_user(customer, language=language).name
	unit = factories.make_installed_unit(
		customer=customer, contact=frappe.db.get_value("Contact", {"user": customer_user})
	)
	world = frappe._dict(
		agent=factories.make_user("Service Desk Agent", language=language).name,
		lead=lead,
		engineer_user=engineer.user,
		manager=factories.make_user("Service Manager", "Stock User", language=language).name,
		customer_user=customer_user,
		engineer=engineer,
		team=team,
		van=engineer.van_warehouse,
		part=part,
		unit=unit,
		customer=customer,
	)
	frappe.db.commit()
	return world


def make_case(world: frappe._dict, **overrides: Any) -> str:
	"""A new case on the world's unit, committed; returns its name."""
	values = {"customer": world.customer, "installed_unit": world.unit.name, "team": world.team}
	case = factories.make_service_request(contact_email=world.customer_user, **{**values, **overrides})
	frappe.db.commit()
	return case.name


def value(doctype: str, name: str | dict, field: str | list[str]) -> Any:
	"""What the database holds now; the test's own snapshot is ended first."""
	frappe.db.rollback()
	return frappe.db.get_value(doctype, name, field)
