"""Which private files of our documents a customer is shown; every other one is refused, whatever address asks for it.

Frappe opens a file to whoever may read the document it is attached to. Customers may read their case, but not the photos,
quotes and notes that staff keep on it. A page that shows files says so under the hook key `support_service_shown_files`, by the
DocType they are attached to; files that no page shows are hidden. Staff see the files of the documents they see.
"""

from __future__ import annotations

from typing import Any

import frappe

from support_service.constants.roles import CUSTOMER
from support_service.permissions.rule import Rule, rule_of

HOOK = "support_service_shown_files"
FIELDS = ["*"]


def verdict(file: Any, user: str) -> bool | None:
	"""True: `user` is shown the File `file`. False: it is hidden from them. None: Frappe decides.

	Several File records may share one path; each has a verdict of its own, see `may_open`.
	"""
	doctype, name = file.get("attached_to_doctype"), file.get("attached_to_name")
	if not doctype or not name or CUSTOMER not in frappe.get_roles(user):
		return None
	if file.get("owner") == user:
		return None  # their own upload; attached_file.py refuses to make a File of another's path
	shown = any(frappe.get_attr(path)(file, user) for path in frappe.get_hooks(HOOK, {}).get(doctype, ()))
	if shown:
		return True
	rule = rule_of(doctype)
	return (
		False if rule and CUSTOMER in rule.grants and not _sees_as_staff(rule, doctype, name, user) else None
	)


def may_open(url: str, user: str, *, by_record: bool = False) -> bool:
	"""Whether `user` may be handed the file at the path `url`, as far as this app decides.

	For MariaDB two paths are equal that differ in case, accents or spaces at the end; on the disk they are two files. Frappe
	opens a path because of any File that MariaDB finds for it; here only Files of this very path count. by_record: Frappe
	will send the file that the found File names, not `url`.
	"""
	found = frappe.get_all("File", filters={"file_url": url}, fields=FIELDS, order_by=None)
	files = [file for file in found if file.file_url == url]
	others = [file for file in found if file.file_url != url]
	if by_record and any(verdict(file, user) is False for file in others):
		return False
	verdicts = [(file, verdict(file, user)) for file in files]
	if not others and all(said is not False for _file, said in verdicts):
		return True
	return any(said or (said is None and _core_opens(file, user)) for file, said in verdicts)


def _sees_as_staff(rule: Rule, doctype: str, name: str, user: str) -> bool:
	scope = rule.scope(user, as_customer=False)
	return scope.everything or scope.holds(doctype, name) is True


def _core_opens(file: Any, user: str) -> bool:
	from frappe.core.doctype.file.file import has_permission

	return bool(has_permission(frappe.get_doc({**file, "doctype": "File"}), "read", user))
