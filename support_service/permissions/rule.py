"""One rule per DocType: which documents a role that is *not* meant to see all of them may see.

What a role may do at all is said by the DocType's permissions, which an admin edits without code. A rule only narrows:
roles it names see what their grant gives, a user with several roles sees the union, and a role it does not name (the
manager, the agent, or one an admin has given rights) sees everything its permissions allow.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import frappe
import frappe.share
from frappe.model.document import Document
from frappe.permissions import AUTOMATIC_ROLES
from frappe.utils import cint

from support_service.constants.roles import CUSTOMER, STAFF
from support_service.permissions import followers
from support_service.permissions.doors import customer_door_open
from support_service.permissions.scope import EVERYTHING, Among, Clause, Scope

SYSTEM_MANAGER = "System Manager"
WEBSITE_RIGHTS = ("read", "print")

Grant = Callable[[str], Iterable[Clause]]


@dataclass(frozen=True, eq=False)
class Rule:
	"""The predicate of one DocType.

	grants: narrowed role → clauses for a user.
	begins_inside: staff too may begin only what they would see.
	"""

	doctype: str
	grants: Mapping[str, Grant]
	begins_inside: bool = False

	def scope(self, user: str, *, customer_door: bool | None = None) -> Scope:
		"""Documents `user` may see. customer_door: overrides how this request came in."""
		roles = set(frappe.get_roles(user))
		if self._sees_everything(user, roles):
			return EVERYTHING
		if CUSTOMER in roles and not (customer_door_open() if customer_door is None else customer_door):
			roles.discard(CUSTOMER)
		return Scope(
			tuple(clause for role in self.grants if role in roles for clause in self.grants[role](user))
		)

	def query(self, user: str | None = None) -> str:
		"""Hook `permission_query_conditions`: the condition of every list, report and search."""
		user = user or frappe.session.user
		conditions = (self._condition(user), followers.query(user, self.doctype))
		return " and ".join(filter(None, conditions))

	def has_permission(self, doc: Document, ptype: str | None = None, user: str | None = None) -> bool | None:
		"""Hook `has_permission`: False refuses; None leaves it to the role's permissions. Never grants."""
		user = user or frappe.session.user
		scope = self.scope(user)
		if followers.has_permission(doc, ptype, user) is False:
			return False
		if scope.everything:
			return None
		stored = scope.holds(self.doctype, doc.name) if doc.name else None
		allowed = self._may_create(doc, user, scope) if stored is None else stored
		return None if allowed else False

	def has_website_permission(
		self, doc: Document | None = None, ptype: str = "read", user: str | None = None, verbose: bool = False
	) -> bool:
		"""Hook `has_website_permission`: reading and printing on the portal, from the same predicate."""
		user = user or frappe.session.user
		if not doc or not doc.name or ptype not in WEBSITE_RIGHTS or user == "Guest":
			return False
		return self.scope(user, customer_door=True).holds(self.doctype, doc.name) is True

	def _condition(self, user: str) -> str:
		scope = self.scope(user)
		if scope.everything:
			return ""
		# core opens a shared document by itself but leaves it out of lists
		shared = frozenset(frappe.share.get_shared(self.doctype, user))
		return Scope((*scope.clauses, Among("name", shared))).sql(self.doctype)

	def _sees_everything(self, user: str, roles: set[str]) -> bool:
		if user == "Administrator" or SYSTEM_MANAGER in roles:
			return True
		narrowed = {*self.grants, *AUTOMATIC_ROLES}
		return any(
			perm.role in roles and perm.role not in narrowed and (perm.read or perm.select)
			for perm in frappe.get_meta(self.doctype).permissions
			if not cint(perm.permlevel)
		)

	def _may_create(self, doc: Document, user: str, scope: Scope) -> bool:
		"""Staff may begin any document; a customer only one that is their own already. Its links: `named_links`."""
		bound = self.begins_inside or set(STAFF).isdisjoint(frappe.get_roles(user))
		return not bound or scope.admits(doc.__dict__)
