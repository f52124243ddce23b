import frappe
from frappe import _
from frappe.model.document import Document


class MergeHasOneWriterError(frappe.ValidationError):
	"""Merges are made and undone by merging/merges.py alone."""


class ServiceMerge(Document):
	"""That a case was merged into another, what went with it, and whether it was undone. Nobody writes it by hand."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.support_service.doctype.service_merge_row.service_merge_row import (
			ServiceMergeRow,
		)

		merged_at: DF.Datetime | None
		merged_by: DF.Link | None
		merged_request: DF.Link
		merged_utc: DF.Datetime | None
		moved: DF.Table[ServiceMergeRow]
		reason: DF.SmallText | None
		request: DF.Link
		state: DF.Literal["In Force", "Undone"]
		undone_at: DF.Datetime | None
		undone_by: DF.Link | None
	# end: auto-generated types

	def validate(self):
		self.refuse()

	def on_trash(self):
		if not frappe.flags.in_uninstall:
			self.refuse()

	def refuse(self):
		frappe.throw(
			_("Merges are kept by the app itself. Use Merge and Undo Merge on the request."),
			MergeHasOneWriterError,
		)
