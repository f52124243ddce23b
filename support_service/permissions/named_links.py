"""Whoever names a document in a link must be allowed to see it.

A link gives access: rules follow links (whoever sees a case sees its decisions), and the app acts on what is linked. So each
value that somebody newly puts into a Link or Dynamic Link of a document of ours, child tables included, must be a document
they may read, or at least select. The fields come from the metadata: a new field, and a field an admin adds, is checked from
its first day. Values that are stored already are not checked again. Nor are values that the app fills itself: it fills them
after the check, or saves with `ignore_permissions`.

Hook `has_permission` of "*": Frappe calls it before every save by a person, and before it looks whether the linked document
exists, so that "there is none" and "it is not yours" are answered in the same words. It raises instead of answering False,
because Frappe would accept a share of the document in place of a False.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.permissions import get_role_permissions
from frappe.utils import escape_html

from support_service.foundation.own import APP, is_ours, meta_of
from support_service.foundation.platform import NO_OBJECTION
from support_service.permissions import user_permissions
from support_service.permissions.rule import rule_in
from support_service.permissions.who import customers_of

WRITES = ("create", "write", "submit")
SEES = ("read", "select")
LINKS = ("Link", "Dynamic Link")
SELECT = "[Select]"  # Frappe's old way to fill a list of choices; names no document
# what these links name is a DocType, not a document
KINDS = frozenset({"DocType"})


class HiddenLinkError(frappe.PermissionError):
	"""A link names a document that does not exist, or that its writer may not see; the message never says which."""


class Named(NamedTuple):
	"""One link: field `fieldname` of a `table` (the document's own or a child's) names `name` of `doctype`."""

	table: str
	fieldname: str
	doctype: str
	name: str | int


class Checked(NamedTuple):
	"""Which links of a document in memory have been checked for `user`. A client's JSON can never be an instance of this."""

	user: str
	links: frozenset[Named]


def has_permission(doc: Document, ptype: str | None = None, user: str | None = None) -> bool | None:
	"""Hook `has_permission` of every DocType: NO_OBJECTION, or HiddenLinkError. Checks documents of this app only."""
	if ptype in WRITES and is_ours(doc.doctype):
		_check(doc, ptype, user or frappe.session.user)
	return NO_OBJECTION


def mark_checked(doc: Document) -> None:
	"""Exempt all present links of `doc` from the check: the app filled them, or its caller has checked them."""
	doc.flags.checked_links = Checked(frappe.session.user, frozenset(links_of(doc)))


def may_see(doctype: str, name: Any, user: str | None = None) -> bool:
	"""Whether `user` may read that document, or choose it in a link field; False too where there is none."""
	user = user or frappe.session.user
	if not isinstance(name, str | int) or not meta_of(doctype):
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
	"""Raise HiddenLinkError unless the caller may see this document: for functions that take the name of one.

	label: translated name of the field, for the message. An empty `name` passes.
	"""
	if name and not (frappe.db.exists(doctype, name) and may_see(doctype, name)):
		_refuse(label, doctype, name)


def sees_all(doctype: str, user: str) -> bool:
	"""Whether `user` sees every document of `doctype`, so that none has to be looked up."""
	if user == "Administrator":
		return True
	granted = get_role_permissions(frappe.get_meta(doctype), user)
	if not any(granted.get(right) and right not in granted.get("if_owner", {}) for right in SEES):
		return False
	if frappe.permissions.get_user_permissions(user):
		return False
	hooks = frappe.get_hooks("has_permission")
	paths = [*hooks.get(doctype, []), *hooks.get("*", [])]
	return all(_narrows_nothing(path, doctype, user) for path in paths)


def links_of(doc: Document) -> Iterator[Named]:
	"""Every filled link of `doc` and its rows."""
	for row in (doc, *doc.get_all_children()):
		# in one pass: Frappe's own functions compare each field with a filter, which every new document would wait for
		for field in frappe.get_meta(row.doctype).fields:
			if field.fieldtype not in LINKS or field.options == SELECT:
				continue
			name = row.get(field.fieldname)
			target = row.get(field.options) if field.fieldtype == "Dynamic Link" else field.options
			if name and not isinstance(name, str | int):
				frappe.throw(_("A link field takes the name of one document."), HiddenLinkError)
			if name and target and target not in KINDS and not _is_fetched(row, field):
				yield Named(row.doctype, field.fieldname, target, name)


def refuse(link: Named) -> None:
	"""Raise HiddenLinkError for `link`, with the label of its field."""
	meta = frappe.get_meta(link.table)
	label = _(meta.get_label(link.fieldname), context=link.table)
	if meta.istable:
		label = f"{_(link.table)}, {label}"
	_refuse(label, link.doctype, link.name)


def _check(doc: Document, ptype: str, user: str) -> None:
	named = set(links_of(doc))
	checked = doc.flags.checked_links
	passed = checked.links if isinstance(checked, Checked) and checked.user == user else frozenset()
	doctypes = {link.doctype for link in named}
	open_types = {doctype for doctype in doctypes if meta_of(doctype) and sees_all(doctype, user)}
	asked = {link for link in named if link.doctype not in open_types} - passed
	if not asked:
		return
	before = _named_before(doc, ptype, user)
	for link in asked:
		if link not in before and not may_see(link.doctype, link.name, user):
			refuse(link)
	doc.flags.checked_links = Checked(user, passed | asked)


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
	"""Customers have no right to ERPNext's Customer and Company, and yet open cases for their own Customer with a Company."""
	if doctype == "Customer":
		return name in customers_of(user)
	return doctype == "Company" and bool(customers_of(user)) and bool(frappe.db.exists(doctype, name))


def _narrows_nothing(path: str, doctype: str, user: str) -> bool:
	"""Whether the `has_permission` hook `path` lets `user` see every document of `doctype`."""
	module = path.rpartition(".")[0]
	if module in (__name__, user_permissions.__name__):
		return True  # the second looks at User Permissions alone, and `user` has none
	rule = rule_in(path, doctype) if module.startswith(f"{APP}.") else None
	return bool(rule and rule.scope(user).everything)


def _refuse(label: str, doctype: str, name: Any) -> None:
	frappe.throw(
		_("{0}: there is no {1} {2} that you may see. Choose another one, or ask for access to it.").format(
			label, _(doctype), escape_html(str(name))
		),
		HiddenLinkError,
	)
