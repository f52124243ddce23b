"""Some of several pieces make a step: the others stay behind as a removed part of their own; undoing puts them together again."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from support_service.service_parts.removed import lifecycle, record
from support_service.service_parts.removed.errors import StepNotAllowedError
from support_service.service_parts.removed.lifecycle import Status


def split(part: Document, qty: float) -> None:
	"""Keep `qty` pieces in `part`; the rest is a removed part of its own, in the same state."""
	rest = frappe.copy_doc(part)
	number = len(part.history) + 1
	rest.update(
		{
			"history": [],
			"qty": flt(part.qty) - qty,
			"split_from": part.name,
			"source_key": f"{part.source_key}|{number}",
		}
	)
	record.begin(rest, split_off=True)
	part.qty = qty
	record.add(part, lifecycle.SPLIT, part.status, part.status)


def merge(part: Document) -> Document:
	"""Undo the last split of `part`: what was split off, and has made no step since, is put together with it again."""
	if part.split_from and _came_from_split(part):
		rest, whole = part, record.locked(part.split_from)
	else:
		rest, whole = _split_off(part), part
	if not _came_from_split(rest) or record.last_step(whole).action != lifecycle.SPLIT:
		other = whole if rest is part else rest
		frappe.throw(
			_("{0} was split from the same parts and has made further steps. Undo those first.").format(
				other.name
			),
			StepNotAllowedError,
		)
	whole.qty = flt(whole.qty) + flt(rest.qty)
	record.last_step(whole).undone = 1
	record.add(whole, lifecycle.UNDO, whole.status, whole.status, undone=1)
	record.end(rest, _("Put together with {0} again").format(whole.name))
	record.store(whole)
	return whole


def _came_from_split(part: Document) -> bool:
	"""Whether `part` has made no step since it was split off."""
	standing = [row.action for row in part.history if not row.undone]
	return standing == [lifecycle.BEGIN, lifecycle.SPLIT]


def _split_off(part: Document) -> Document:
	"""The part that was split from `part` last."""
	name = frappe.get_all(
		record.DOCTYPE,
		filters={"split_from": part.name, "status": ("!=", Status.CANCELLED)},
		order_by="creation desc",
		limit=1,
		pluck="name",
	)
	return record.locked(name[0])
