"""What hangs on a case, found in the metadata: what goes with it when it is merged, and what stays where it was.

Everything that names a case goes with it unless it is named here, so that a DocType nobody has thought of, of this app or
another, is never left behind. The test over the metadata (tests/site/test_merging_links.py) asks that every field of ours is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe.model.rename_doc import get_link_fields

from support_service.foundation.let_go import is_ledger

CASE = "Service Request"
HOOK = "support_service_stays_with_merged_cases"

# links that stay with the merged case, and why; rooms above say theirs in the hook
STAYS: Mapping[str, str] = {
	"Service Request.merged_into": "It is the pointer itself.",
	"Service Request Move.request": "The ledger of moves tells what happened to that case; whoever shows the whole shows both.",
	"Service Merge.merged_request": "It tells of the merge.",
	"Service Merge.request": "It tells of the merge.",
	"Service Clock.origin": "Whose promise it was.",
}
# people have these open and save them: a form that was opened before the merge must not write the old link back
SAVED_BY_NOBODY = ("Communication", "Comment", "File", "Email Queue", "Communication Link")


@dataclass(frozen=True, slots=True)
class Link:
	"""A field that names cases. kind: for a dynamic link, the field with the DocType. only: which rows are meant."""

	doctype: str
	field: str
	kind: str = ""
	only: Mapping[str, Any] = field(default_factory=dict)

	@property
	def key(self) -> str:
		return f"{self.doctype}.{self.field}"

	def filters(self, case: str) -> dict[str, Any]:
		of_case = {self.kind: CASE} if self.kind else {}
		return {self.field: case, **of_case, **self.only}


# Links whose DocType is said by another field. Frappe looks for these in every table of the site, which takes minutes; those that
# name what was (ledgers, logs, tasks that are over, what somebody follows) stay.
DYNAMIC: tuple[Link, ...] = (
	Link("Communication", "reference_name", "reference_doctype"),
	Link("Communication Link", "link_name", "link_doctype"),
	Link("Comment", "reference_name", "reference_doctype", {"comment_type": "Comment"}),
	Link("File", "attached_to_name", "attached_to_doctype"),
	Link("Email Queue", "reference_name", "reference_doctype"),
)
# and why: fields of ours that are dynamic links and name no case, or keep what they name
DYNAMIC_STAYS: Mapping[str, str] = {
	"ToDo.reference_name": "The task of a case that is over is over; the whole has one engineer.",
	"Postponed Work.reference_name": "What was to be done again for a case that is over.",
}


def following() -> list[Link]:
	"""Every field whose rows go with a merged case."""
	stays = {**STAYS, **staying()}
	plain = [Link(row["parent"], row["fieldname"]) for row in get_link_fields(CASE) if not row["issingle"]]
	return [link for link in (*plain, *DYNAMIC) if link.key not in stays and _has_table(link.doctype)]


def staying() -> dict[str, str]:
	"""What rooms above this one, and other apps, leave with the merged case: `DocType.field` → why."""
	said = frappe.get_hooks(HOOK)
	return {key: why[-1] if isinstance(why, list) else why for key, why in said.items()} if said else {}


def links_of(doctype: str) -> Iterator[Link]:
	"""The fields of `doctype` that lead on to the case that goes on; every save asks, so nothing is read but the metadata."""
	for column in frappe.get_meta(doctype).get_link_fields():
		if column.options == CASE and f"{doctype}.{column.fieldname}" not in STAYS:
			link = Link(doctype, column.fieldname)
			if link.key not in staying():
				yield link
	for link in DYNAMIC:
		if link.doctype == doctype:
			yield link


def is_saved_by_people(doctype: str) -> bool:
	"""Whether somebody may have the document open: its time of change then refuses what was opened before the merge."""
	return doctype not in SAVED_BY_NOBODY and not is_ledger(doctype)


def _has_table(doctype: str) -> bool:
	meta = frappe.get_meta(doctype)
	return not (meta.issingle or meta.get("is_virtual"))
