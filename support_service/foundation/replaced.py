"""What this app puts in the place of Frappe's own, and what other apps had put there before.

Of several apps that replace one function or class, Frappe takes the one of the app installed last. Ours build on what stood
there before them, so that an app installed earlier goes on doing its part. Where an app installed later stands in front of
ours, ours is not asked any more, unless that app builds on it in the same way: `displaced` says where.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frappe

from support_service.foundation.own import APP

FUNCTIONS = "override_whitelisted_methods"
CLASSES = "override_doctype_class"


def function_beneath(path: str) -> Callable[..., Any]:
	"""What answers for the whitelisted function `path` without us: an earlier app's, else Frappe's own."""
	return frappe.get_attr(_beneath(FUNCTIONS, path) or path)


def class_beneath(doctype: str, own: type) -> type:
	"""The class of `doctype` without us: an earlier app's, else `own`, the class of the app that has the DocType."""
	earlier = _beneath(CLASSES, doctype)
	return frappe.get_attr(earlier) if earlier else own


def displaced() -> list[tuple[str, str]]:
	"""(what, by) of everything of ours that an app installed later stands in front of."""
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
