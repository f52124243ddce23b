"""Who calls: a Service API Client, found by the user whose key proves it, and how often it may call."""

from __future__ import annotations

from dataclasses import dataclass

import frappe
from frappe import _

from support_service.constants.roles import CUSTOMER, STAFF
from support_service.foundation import rate_limits
from support_service.permissions.who import customers_of
from support_service.service_api.errors import NotAllowedError, NotProvenError

CLIENT = "Service API Client"
MINUTE = 60
# for logins without a client, which are refused all the same
UNKNOWN_PER_MINUTE = 30


@dataclass(frozen=True, slots=True)
class Client:
	"""The client of a request. customer: it sees and opens requests of this customer only."""

	name: str
	user: str
	customer: str | None

	@property
	def is_portal(self) -> bool:
		"""Whether it acts for customers, as their people do on the portal, and not as staff."""
		roles = set(frappe.get_roles(self.user))
		return CUSTOMER in roles and roles.isdisjoint(STAFF)

	def customers(self) -> frozenset[str]:
		"""For whom a client on the customers' side acts."""
		own = customers_of(self.user)
		return own & {self.customer} if self.customer else own


def of_request() -> Client:
	"""The client of the present request, counted against its limit; raises what `errors.answer_to` answers."""
	user = frappe.session.user
	# a browser sends a cookie by itself, so a cookie is no proof that the user's program calls
	if user == "Guest" or not frappe.get_request_header("Authorization"):
		raise NotProvenError(_("Send the key and secret of your API client."))
	# raw SQL, as every request asks this: the query builder takes longer to write the statement than the database to answer it
	found = frappe.db.sql(
		f"select name, active, requests_per_minute, customer from `tab{CLIENT}` where user = %s",  # noqa: S608 - a name of ours
		(user,),
		as_dict=True,
	)
	row = found[0] if found else None
	if not row or not row.active:
		rate_limits.count("api-unknown", UNKNOWN_PER_MINUTE, subject=user, seconds=MINUTE)
		raise NotAllowedError(_("This login is not set up as an API client, or was switched off."))
	rate_limits.count("api", row.requests_per_minute, subject=row.name, seconds=MINUTE)
	return Client(row.name, user, row.customer)
