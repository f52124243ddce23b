"""One rule per DocType: which documents a role that is *not* meant to see all of them may see.

What a role may do at all is said by the DocType's permissions, which an admin edits without code. A rule only narrows:
a role it names sees what its grant gives, a user with several roles sees the union, and a role it does not name (the
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
from support_service.foundation.own import APP
from support_service.foundation.platform import NO_OBJECTION
from support_service.permissions import user_permissions
from support_service.permissions.customer_endpoints import is_for_customers
from support_service.permissions.scope import EVERYTHING, Among, Clause, Scope

SYSTEM_MANAGER = "System Manager"
WEBSITE_RIGHTS = ("read", "print")
HOOKS = ("has_permission", "has_website_permission")

Grant = Callable[[str], Iterable[Clause]]


@dataclass(frozen=True, eq=False)
class Rule:
	"""Who may see documents of `doctype`.

	grants: narrowed role → function that gives the clauses for a user.
	creates_inside: staff, too, may create only what they would see.
	"""

	doctype: str
	grants: Mapping[str, Grant]
	creates_inside: bool = False

	def scope(self, user: str, *, as_customer: bool | None = None) -> Scope:
		"""Documents `user` may see. as_customer: whether the role Customer counts; None: where the request is for customers."""
		roles = set(frappe.get_roles(user))
		if self._sees_everything(user, roles):
			return EVERYTHING
		if CUSTOMER in roles and not (is_for_customers() if as_customer is None else as_customer):
			roles.discard(CUSTOMER)
		return Scope(
			tuple(clause for role in self.grants if role in roles for clause in self.grants[role](user))
		)

	def query(self, user: str | None = None) -> str:
		"""Hook `permission_query_conditions`: the condition of every list, report and search."""
		user = user or frappe.session.user
		conditions = (self._condition(user), user_permissions.query(user, self.doctype))
		return " and ".join(filter(None, conditions))

	def has_permission(self, doc: Document, ptype: str | None = None, user: str | None = None) -> bool | None:
		"""Hook `has_permission`: False refuses; NO_OBJECTION leaves it to the role's permissions. Never grants."""
		user = user or frappe.session.user
		scope = self.scope(user)
		if user_permissions.has_permission(doc, ptype, user) is False:
			return False
		if scope.everything:
			return NO_OBJECTION
		stored = scope.holds(self.doctype, doc.name) if doc.name else None
		allowed = self._may_create(doc, user, scope) if stored is None else stored
		return NO_OBJECTION if allowed else False

	def has_website_permission(
		self, doc: Document | None = None, ptype: str = "read", user: str | None = None, verbose: bool = False
	) -> bool:
		"""Hook `has_website_permission`: reading and printing on the portal, by the same rule."""
		user = user or frappe.session.user
		if not doc or not doc.name or ptype not in WEBSITE_RIGHTS or user == "Guest":
			return False
		return self.scope(user, as_customer=True).holds(self.doctype, doc.name) is True

	def _condition(self, user: str) -> str:
		scope = self.scope(user)
		if scope.everything:
			return ""
		# Frappe opens a shared document by itself but leaves it out of lists
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
		"""Staff may create any document, a customer only one that names them as customer. Its links: `named_links`."""
		bound = self.creates_inside or set(STAFF).isdisjoint(frappe.get_roles(user))
		return not bound or scope.admits(doc.__dict__)


def rule_of(doctype: str) -> Rule | None:
	"""The rule of `doctype`, from the module that its hooks name; None where nothing narrows it."""
	for hook in HOOKS:
		for path in frappe.get_hooks(hook, {}, app_name=APP).get(doctype, ()):
			if rule := rule_in(path, doctype):
				return rule
	return None


def rule_in(path: str, doctype: str) -> Rule | None:
	"""The rule of `doctype` in the module of the hook function `path`: its RULE, or one of its RULES."""
	module = frappe.get_module(path.rpartition(".")[0])
	found = getattr(module, "RULES", {}).get(doctype) or getattr(module, "RULE", None)
	return found if isinstance(found, Rule) and found.doctype == doctype else None


class Rules(dict[str, Rule]):
	"""DocType → rule, of several DocTypes behind one pair of hooks; Frappe says each time which DocType it asks about."""

	def __init__(self, *rules: Rule) -> None:
		super().__init__((rule.doctype, rule) for rule in rules)

	def query(self, user: str | None = None, doctype: str = "") -> str:
		"""Hook `permission_query_conditions`, as `Rule.query`."""
		return self[doctype].query(user)

	def has_permission(self, doc: Document, ptype: str | None = None, user: str | None = None) -> bool | None:
		"""Hook `has_permission`, as `Rule.has_permission`."""
		return self[doc.doctype].has_permission(doc, ptype, user)
