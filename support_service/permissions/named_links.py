"""Whoever names a document in a link must be allowed to see it.

A link is a key: rules follow links (whoever sees a case sees its decisions), and the app acts on what is linked. So each
value that somebody newly puts into a Link or Dynamic Link of a document of ours, child tables included, must be one they
may read, or at least choose. The fields come from the metadata: a new field, and a field an admin adds, is checked from its
first day. What stands in the stored document already is not named anew. What the app fills itself is not asked for: it is
filled after the check, or saved with `ignore_permissions`.

Hook `has_permission` of "*": Frappe asks it before every save of a person, before it looks whether the linked document
exists, so that "not there" and "not yours" are told in the same words. It raises instead of answering False, because a
share of the document would make up for a False.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.permissions import get_role_permissions
from frappe.utils import escape_html

from support_service.foundation.own import APP, is_ours
from support_service.permissions import followers
from support_service.permissions.rule import Rule
from support_service.permissions.who import customers_of

OURS = f"{APP}."
WRITES = ("create", "write", "submit")
SEES = ("read", "select")
# a kind of document is no document
KINDS = frozenset({"DocType"})


class HiddenLinkError(frappe.PermissionError):
	"""A link names a document that is not there, or that its writer may not see: never told apart."""


class Named(NamedTuple):
	"""One link: field `fieldname` of a `table` (the document's own or a child's) names `name` of `doctype`."""

	table: str
	fieldname: str
	doctype: str
	name: str | int


class Checked(NamedTuple):
	"""What of a document in memory has been checked for `user`. A client's JSON can never be an instance of this."""

	user: str
	links: frozenset[Named]


def has_permission(doc: Document, ptype: str | None = None, user: str | None = None) -> None:
	"""Hook `has_permission` of every DocType: None, or HiddenLinkError. Looks at documents of this app only."""
	if ptype in WRITES and is_ours(doc.doctype):
		_check(doc, ptype, user or frappe.session.user)


def vouch(doc: Document) -> None:
	"""What `doc` names was put there by the app, or checked by the function that made it: it is not asked again."""
	doc.flags.checked_links = Checked(frappe.session.user, frozenset(links_of(doc)))


def may_see(doctype: str, name: Any, user: str | None = None) -> bool:
	"""Whether `user` may read that document, or choose it in a link field; False too where there is none."""
	user = user or frappe.session.user
	if not isinstance(name, str | int) or not frappe.db.exists("DocType", doctype, cache=True):
		return False
	if sees_all(doctype, user):
		return True  # Frappe itself says when there is no such document
	if _is_own(doctype, name, user):
		return True
	if not frappe.db.exists(doctype, name):
		return False
	target = frappe.get_doc(doctype, name)
	return any(frappe.has_permission(doctype, right, target, user=user) for right in SEES)


def require(doctype: str, name: Any, label: str) -> None:
	"""For functions that take the name of a document: raise HiddenLinkError unless the caller may see it.

	label: what the caller calls it, translated. Nothing named is fine.
	"""
	if name and not (frappe.db.exists(doctype, name) and may_see(doctype, name)):
		_refuse(label, doctype, name)


def sees_all(doctype: str, user: str) -> bool:
	"""Whether nothing narrows which documents of `doctype` `user` sees, so that there is nothing to look up."""
	if user == "Administrator":
		return True
	granted = get_role_permissions(frappe.get_meta(doctype), user)
	if not any(granted.get(right) and right not in granted.get("if_owner", {}) for right in SEES):
		return False
	if frappe.permissions.get_user_permissions(user):
		return False
	hooks = frappe.get_hooks("has_permission")
	paths = [*hooks.get(doctype, []), *hooks.get("*", [])]
	return all(_narrows_nothing(path, user) for path in paths)


def links_of(doc: Document) -> Iterator[Named]:
	"""Every link of `doc` and its rows that names something."""
	for row in (doc, *doc.get_all_children()):
		meta = frappe.get_meta(row.doctype)
		for field in (*meta.get_link_fields(), *meta.get_dynamic_link_fields()):
			name = row.get(field.fieldname)
			target = row.get(field.options) if field.fieldtype == "Dynamic Link" else field.options
			if name and not isinstance(name, str | int):
				frappe.throw(_("A link names one document."), HiddenLinkError)
			if name and target and target not in KINDS and not _is_fetched(row, field):
				yield Named(row.doctype, field.fieldname, target, name)


def refuse(link: Named) -> None:
	"""Raise HiddenLinkError, in the words of the field."""
	meta = frappe.get_meta(link.table)
	label = _(meta.get_label(link.fieldname), context=link.table)
	if meta.istable:
		label = f"{_(link.table)}, {label}"
	_refuse(label, link.doctype, link.name)


def _check(doc: Document, ptype: str, user: str) -> None:
	named = set(links_of(doc))
	checked = doc.flags.checked_links
	known = checked.links if isinstance(checked, Checked) and checked.user == user else frozenset()
	open_types = {doctype for doctype in {link.doctype for link in named} if _is_open(doctype, user)}
	asked = {link for link in named if link.doctype not in open_types} - known
	if not asked:
		return
	before = _named_before(doc, ptype, user)
	for link in asked:
		if link not in before and not may_see(link.doctype, link.name, user):
			refuse(link)
	doc.flags.checked_links = Checked(user, known | asked)


def _is_open(doctype: str, user: str) -> bool:
	return bool(frappe.db.exists("DocType", doctype, cache=True)) and sees_all(doctype, user)


def _named_before(doc: Document, ptype: str, user: str) -> set[Named]:
	"""What the stored document names, or the one that `doc` is an amendment of."""
	if ptype == "create" or not doc.name:
		amended = doc.get("amended_from")
		if not amended or not may_see(doc.doctype, amended, user):
			return set()
		return set(links_of(frappe.get_doc(doc.doctype, amended)))
	if not doc.meta.issingle and not frappe.db.exists(doc.doctype, doc.name):
		return set()
	return set(links_of(frappe.get_doc(doc.doctype, doc.name)))


def _is_fetched(row: Any, field: Any) -> bool:
	"""Frappe itself fills the field from another link of the row, whatever was sent."""
	source = (field.fetch_from or "").partition(".")[0]
	return bool(source and row.get(source)) and not field.fetch_if_empty


def _is_own(doctype: str, name: Any, user: str) -> bool:
	"""A customer has no right to ERPNext's Customer and Company, and yet opens cases for themselves, with one of ours."""
	if doctype == "Customer":
		return name in customers_of(user)
	return doctype == "Company" and bool(customers_of(user)) and bool(frappe.db.exists(doctype, name))


def _narrows_nothing(path: str, user: str) -> bool:
	module = path.rpartition(".")[0]
	if module in (__name__, followers.__name__):
		return True  # the latter asks User Permissions alone, of which there are none here
	rule = getattr(frappe.get_module(module), "RULE", None) if module.startswith(OURS) else None
	return isinstance(rule, Rule) and rule.scope(user).everything


def _refuse(label: str, doctype: str, name: Any) -> None:
	frappe.throw(
		_("{0}: there is no {1} {2} that you may see. Choose another one, or ask for access to it.").format(
			label, _(doctype), escape_html(str(name))
		),
		HiddenLinkError,
	)
