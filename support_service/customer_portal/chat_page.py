"""What the page of the chat shows before its script has asked for the chat: what the chat may be about, and its texts."""

from __future__ import annotations

import json
from typing import Any

import frappe
from frappe import _

from support_service.customer_portal import pages
from support_service.service_intake.chat import rules

MOST_REQUESTS = 20


def view(customers: frozenset[str], *, request: str | None, unit: str | None) -> dict[str, Any]:
	"""The user's open requests and units to choose from, which of them the address of the page names, and the texts."""
	found = pages.case_page(customers)["rows"][:MOST_REQUESTS]
	if request and request not in [row.name for row in found]:
		case = pages.find_own(pages.CASE, request, customers)
		found.insert(0, frappe._dict(name=case.name, subject=case.subject))
	names = frappe.get_all(
		"Customer",
		filters={"name": ["in", sorted(customers)]},
		fields=["name", "customer_name"],
		as_list=True,
	)
	return {
		"requests": found,
		"units": pages.own_units(customers),
		"customers": names,
		"chosen": f"request:{request}" if request else f"unit:{unit}" if unit else "",
		"longest": rules.MOST_LETTERS,
		"texts": json.dumps(_texts()),
	}


def _texts() -> dict[str, str]:
	"""What the script says; it translates nothing itself."""
	return {
		"waiting": _("Please wait a moment: we tell our people that you are here."),
		"talking": _("You talk with {0}."),
		"lost": _(
			"No connection. What you write is kept here and sent as soon as we reach the server again."
		),
		"sending": _("is being sent …"),
		"refused": _("not sent:"),
		"again": _("Send again"),
		"failed": _("That did not work. What you wrote is still here; please try again."),
		"end": _("End the chat? All of it stays with your request."),
	}
