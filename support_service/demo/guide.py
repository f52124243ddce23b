"""What to look at after the demo was loaded: address, logins, first clicks."""

from __future__ import annotations

import frappe

from support_service.demo.base import PASSWORD, say
from support_service.demo.customer_data import BY_KEY
from support_service.demo.people import email_of
from support_service.foundation import desk

TOUR = (
	(
		"Service desk agent",
		email_of("liu.ting"),
		desk.path("hotline"),
		"Type UPS6K or 8500 0101, choose the unit: who would pay, contract, open cases. Write a subject, Create Case. "
		"(Desk in Chinese.)",
	),
	(
		"After-Sales Lead",
		email_of("zhao.min"),
		desk.path("service-request"),
		"Late cases are red. Open one: the Promises tab says why each date is what it is. "
		"Then press Assign Engineer.",
	),
	(
		"After-Sales Lead",
		email_of("zhao.min"),
		desk.path("hotline-live"),
		"Who talks, who waits, whom nobody has talked with: give the hotel's call-back to Liu Ting. Calls come from "
		"ERPNext's Call Log, which a telephone system fills.",
	),
	(
		"After-Sales Lead",
		email_of("zhao.min"),
		desk.path("coverage-decision"),
		"Who pays for what and why; the charged one waits for its customer: Decide Otherwise, Make Quotation.",
	),
	(
		"Service engineer",
		email_of("zhang.wei"),
		desk.path("engineer-visit"),
		"Open an own case, plan a visit, depart, arrive, add a part from the van, sign, submit.",
	),
	(
		"Service Manager, store",
		email_of("wang.fang"),
		desk.path("removed-part"),
		"Old parts that are due back, one overdue: Receive, test. Then Equipment Loan (one overdue), and the draft of "
		"Stock Reconciliation that a counted van left.",
	),
	(
		"Service Manager",
		email_of("wang.fang"),
		desk.path("after-sales-service"),
		"The workspace with figures; a Service Contract and what is left of it; a Takeover Run, dry run first.",
	),
	(
		"Service Director",
		email_of("ma.jun"),
		desk.path("service-level-policy"),
		"What the hospital is promised, and the ladder that ends here; then Service Calendar: the key period of Meridian.",
	),
	(
		"Support Engineer",
		email_of("tom.becker"),
		desk.path("service-clock?state=Overdue"),
		"Own and the team's promises, the most pressing first; open one for its history.",
	),
	(
		"Customer, Chinese",
		BY_KEY["hospital"].email,
		"/service",
		"Own cases, warranties, contract; answer the survey.",
	),
	("Customer, English", BY_KEY["factory"].email, "/service", "The same in English; open a new case."),
)


def print_guide(url: str | None = None) -> None:
	"""Print address, logins per role and what to click. url: where the desk answers, default the site's own."""
	base = (url or frappe.utils.get_url()).rstrip("/")
	say()
	say(f"Everybody below has the password  {PASSWORD}")
	for role, login, path, what in TOUR:
		say()
		say(f"  {role:<20} {login}")
		say(f"  {'':<20} {base}{path}")
		say(f"  {'':<20} {what}")
	say()
