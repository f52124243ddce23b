"""Quick entry: what reached us on paper or in person, typed in by one of ours, with the scan attached.

A visitor, a letter, a fax, a message on a social network, something said during a visit. It comes in through the same
`intake.accept` as every other channel.
"""

from __future__ import annotations

from collections.abc import Iterable

import frappe
from frappe import _

from support_service.service_intake.intake import IntakePayload, accept

CASE = "Service Request"
# those of ours that bring nothing in by themselves; every channel that an admin has made is one of these, too
BUILTIN = ("Walk-in", "Letter", "Fax", "Social Media", "Visit")
MOST_FILES = 20


class NotByHandError(frappe.ValidationError):
	"""The channel brings its cases in by itself."""


class NotYourFileError(frappe.PermissionError):
	"""A file that is somebody else's, or belongs to another document already."""


def channels() -> list[dict[str, str]]:
	"""Channels to choose from: `value` the name, `label` in the caller's language."""
	offered = [*BUILTIN, *_made_by_admins()]
	enabled = set(
		frappe.get_all(
			"Service Channel", {"name": ["in", offered], "enabled": 1}, pluck="name", order_by=None
		)
	)
	return [{"value": name, "label": _(name)} for name in offered if name in enabled]


def take_in(channel: str, payload: IntakePayload, files: Iterable[str], key: str | None = None) -> str:
	"""Make the case and attach the scans, all or nothing; returns its name. The same key returns the same case.

	files: names of File documents that the caller has just uploaded.
	"""
	if channel not in BUILTIN and channel not in _made_by_admins():
		frappe.throw(
			_("{0} brings its requests in by itself. Choose how this one reached you.").format(_(channel)),
			NotByHandError,
		)
	name = accept(channel, payload, key=key)
	for file in list(dict.fromkeys(files))[:MOST_FILES]:
		_attach(file, name)
	return name


def _attach(file: str, case: str) -> None:
	"""Attach an upload to the case, out of everybody else's sight. Once attached to this case it stays as it is."""
	doc = frappe.get_doc("File", file)
	own = doc.owner == frappe.session.user and not doc.is_folder
	if own and (doc.attached_to_doctype, doc.attached_to_name) == (CASE, case):
		return
	if not own or doc.attached_to_name:
		frappe.throw(
			_("This file is not one that you have just uploaded. Upload it again."), NotYourFileError
		)
	doc.update({"attached_to_doctype": CASE, "attached_to_name": case, "is_private": 1})
	doc.save()


def _made_by_admins() -> list[str]:
	return frappe.get_all("Service Channel", {"source_app": ["is", "not set"]}, pluck="name", order_by="name")
