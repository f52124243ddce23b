"""Logins of Contacts → Portal Users of the Customers those Contacts are linked to.

A Contact alone gives no portal access, because everybody with a login may write a Contact. Contacts made by staff are
taken over; the others are listed in the report, and whoever may change the Customer decides (`permissions/contact_ties.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import frappe
from frappe.query_builder.functions import Count

from support_service.constants.words import N_
from support_service.erpnext_takeover.kinds import ALREADY, OUTSIDE, SKIPPED, WOULD, Plan, Scope, Target
from support_service.erpnext_takeover.records import say
from support_service.permissions import contact_ties, portal_users
from support_service.permissions.contact_ties import Tie

DOCTYPE = "Contact"
CHUNK = 200  # users are saved one by one where they lack the role

WILL_ACT = N_("On the portal {0} acts for {1}.")
NOT_OURS = N_(
	"A website user made or changed this contact, so {0} gets no access to {1}. Whoever may change the customer gives it on the customer's form."
)
TAKEN_AWAY = N_(
	"The access of {0} to {1} was taken away before. Whoever may change the customer gives it again on the customer's form."
)
NO_CUSTOMER = N_("It names customer {0}, who does not exist any more.")

# user and customer, or customer and user: two names
Access = tuple[str, str]


def count(scope: Scope) -> int:
	link = frappe.qb.DocType("Dynamic Link")
	return _linked(link, scope).select(Count(link.parent).distinct()).run()[0][0]


def names(scope: Scope, after: str, limit: int) -> list[str]:
	link = frappe.qb.DocType("Dynamic Link")
	query = _linked(link, scope).select(link.parent).distinct().orderby(link.parent).limit(limit)
	return (query.where(link.parent > after) if after else query).run(pluck=True)


def plan(names: Sequence[str], scope: Scope) -> list[Plan]:
	ties: dict[str, list[Tie]] = {name: [] for name in names}
	for tie in contact_ties.ties_of_contacts(names):
		if not scope.customer or tie.customer == scope.customer:
			ties[tie.contact].append(tie)
	logins = contact_ties.website_logins(
		{address for of_one in ties.values() for tie in of_one for address in tie.addresses}
	)
	customers = {tie.customer for of_one in ties.values() for tie in of_one}
	listed = contact_ties.portal_users(customers)
	there = set(
		frappe.get_all("Customer", filters={"name": ("in", sorted(customers))}, pluck="name", order_by=None)
	)
	refused = portal_users.taken_away(customers)
	return [_plan(name, of_one, logins, listed, there, refused) for name, of_one in ties.items()]


def make(plans: Sequence[Plan]) -> Mapping[str, Target]:
	made = {}
	for plan in plans:
		for user, customer in plan.material:
			portal_users.add_row(customer, user)
			made[plan.source] = ("Customer", customer)
	return made


def _linked(link: Any, scope: Scope) -> Any:
	query = frappe.qb.from_(link).where((link.parenttype == DOCTYPE) & (link.link_doctype == "Customer"))
	return query.where(link.link_name == scope.customer) if scope.customer else query


def _plan(
	contact: str,
	ties: Sequence[Tie],
	logins: Mapping[str, str],
	listed: Mapping[str, set[str]],
	there: set[str],
	refused: set[Access],
) -> Plan:
	found = [(tie, logins[address]) for tie in ties for address in sorted(tie.addresses) if address in logins]
	if not found:
		return Plan(contact, OUTSIDE)
	missing = [(tie, user) for tie, user in found if user not in listed[tie.customer]]
	if not missing:
		return Plan(contact, ALREADY, target=("Customer", found[0][0].customer))
	given = [
		(user, tie.customer)
		for tie, user in missing
		if tie.by_staff and tie.customer in there and (tie.customer, user) not in refused
	]
	words = " ".join(dict.fromkeys(_words(tie, user, there, refused) for tie, user in missing))
	return Plan(contact, WOULD if given else SKIPPED, words, material=given)


def _words(tie: Tie, user: str, there: set[str], refused: set[Access]) -> str:
	if tie.customer not in there:
		return say(NO_CUSTOMER, tie.customer)
	if (tie.customer, user) in refused:
		return say(TAKEN_AWAY, user, tie.customer)
	return say(WILL_ACT if tie.by_staff else NOT_OURS, user, tie.customer)
