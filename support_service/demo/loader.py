"""Loading the demo data, step by step; every step finds what an earlier run has made."""

from __future__ import annotations

import time

import frappe

from support_service.demo import (
	calls,
	cases,
	contracts,
	coverage,
	customers,
	goods,
	levels,
	parts,
	people,
	warranties,
)
from support_service.demo.base import acting_as, company, complete_currency, say


def load() -> None:
	"""Load the demo data into this site, or complete what an earlier run has begun.

	Needs a company, that is ERPNext's setup wizard completed. Commits after each step, so that a run that was stopped
	goes on where it ended. Raises base.DemoNotPossibleError.
	"""
	house = company()
	say(f"Demo data for {house.name} ({house.default_currency})")
	steps = (
		("A name for cents", complete_currency),
		("Users, employees, teams, engineers with vans", people.make_people),
		("Customers with addresses, contacts, portal logins", customers.make_customers),
		("Items", goods.make_items),
		("Warranty policies", warranties.make_policies),
		("Receipts into the central store", goods.make_stock),
		("Deliveries to customers, installed units", goods.deliver_devices),
		("Parts for the vans", goods.load_vans),
		("Settings", set_up),
		("What work costs", coverage.set_prices),
		("Service levels, office hours, duty", levels.make_levels),
		("Service contracts, what was used, invoices", contracts.make_contracts),
		("Cases in every state", cases.make_cases),
		("Warranties in every state", warranties.make_warranties),
		("A charge that a customer is asked to accept", coverage.ask_for_a_charge),
		("Parts needed, devices on loan, a counted van", parts.make_parts),
		("Calls of the hotline, somebody to call back", calls.make_calls),
	)
	with acting_as("Administrator"):
		for number, (title, step) in enumerate(steps, 1):
			started = time.monotonic()
			step()
			frappe.db.commit()  # each step stands on its own and is found again by the next run
			say(f"  {number}/{len(steps)}  {title:<52} {time.monotonic() - started:5.1f} s")
	say(cases.summary())
	say(levels.summary())
	say(warranties.summary())
	say(calls.summary())


def set_up() -> None:
	"""Fill what an admin has left empty in Support Service Settings."""
	house = company()
	settings = frappe.get_doc("Support Service Settings")
	settings.default_queue = settings.default_queue or "After-Sales"
	settings.default_team = settings.default_team or frappe.db.get_value(
		"Service Team", {"department_queue": settings.default_queue}, order_by="creation asc"
	)
	for row in settings.routing_rules:
		# without a team of its own a rule would send the demo's cases to whichever team of the queue came first
		row.team = row.team or cases.TEAM_OF_QUEUE[row.department_queue]
	if not any(row.company == house.name for row in settings.company_defaults):
		settings.append(
			"company_defaults",
			{
				"company": house.name,
				"cost_center": house.cost_center,
				"expense_account": house.default_expense_account,
				"parts_warehouse": goods.store_warehouse(),
			},
		)
	settings.save()
