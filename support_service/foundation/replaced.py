"""Frappe's functions and classes that this app replaces, and what other apps have replaced them with.

Of several apps that replace one function or class, Frappe uses the one of the app installed last. Our replacements call the one
they replace, so that an app installed earlier goes on doing its part. Where an app installed later replaces the same, ours is
not called any more, unless that app calls the one it replaces, too: `displaced` lists such places.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frappe

from support_service.foundation.own import APP

FUNCTIONS = "override_whitelisted_methods"
CLASSES = "override_doctype_class"


def function_beneath(path: str) -> Callable[..., Any]:
	"""The function that would run for the whitelisted `path` without us: an earlier app's, else Frappe's own."""
	return frappe.get_attr(_beneath(FUNCTIONS, path) or path)


def class_beneath(doctype: str, own: type) -> type:
	"""The class that `doctype` would have without us: an earlier app's, else `own`, that of the app with the DocType."""
	earlier = _beneath(CLASSES, doctype)
	return frappe.get_attr(earlier) if earlier else own


def displaced() -> list[tuple[str, str]]:
	"""(path or DocType, replacement) of everything we replace and an app installed later replaces, too."""
	found = []
	for hook in (FUNCTIONS, CLASSES):
		for what, offered in frappe.get_hooks(hook, {}).items():
			if _is_ours(offered[-1]) or not any(_is_ours(path) for path in offered):
				continue
			found.append((what, offered[-1]))
	return found


def _beneath(hook: str, what: str) -> str | None:
	earlier = None
	for path in frappe.get_hooks(hook, {}).get(what, []):
		if _is_ours(path):
			return earlier
		earlier = path
	return earlier


def _is_ours(path: str) -> bool:
	return path.partition(".")[0] == APP
