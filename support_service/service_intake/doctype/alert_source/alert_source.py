import re

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.foundation import typed
from support_service.service_intake.alerts.mapping import BadPatternError, compiled

# a signature that is older than an hour proves nothing; a flapping alert is back within a week
LIMITS = {"replay_seconds": (10, 3600), "flapping_minutes": (0, 7 * 24 * 60)}


class AlertSource(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.service_intake.doctype.alert_label_mapping.alert_label_mapping import (
			AlertLabelMapping,
		)

		company: DF.Link | None
		customer: DF.Link | None
		enabled: DF.Check
		flapping_minutes: DF.Int
		form: DF.Literal["Alertmanager", "Plain JSON"]
		impact: DF.Literal["High", "Medium", "Low"]
		mappings: DF.Table[AlertLabelMapping]
		on_resolve: DF.Literal["Close the Request", "Comment", "Nothing"]
		one_request_per: DF.Literal["Alert", "Group"]
		proof: DF.Literal["Bearer Token", "Signature"]
		replay_seconds: DF.Int
		request_type: DF.Literal["Fault", "Inquiry", "Repair"]
		run_as: DF.Link
		secret: DF.Password | None
		source_name: DF.Data
		team: DF.Link | None
		token_hash: DF.Data | None
		urgency: DF.Literal["High", "Medium", "Low"]
	# end: auto-generated types

	def validate(self):
		self.check_name()
		self.check_patterns()
		self.check_times()
		# made by a button, see alerts/proof.py
		typed.refuse_given(self, ["token_hash"])

	def check_name(self):
		if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*", self.source_name or ""):
			frappe.throw(
				_("The name of a source is part of an address: use letters, digits and hyphens."),
				AlertSourceNameError,
			)

	def check_times(self):
		for fieldname, (least, most) in LIMITS.items():
			if not least <= (self.get(fieldname) or 0) <= most:
				frappe.throw(
					_("{0}: enter a number from {1} to {2}.").format(
						typed.labels(self, [fieldname]), least, most
					),
					AlertTimeError,
				)

	def check_patterns(self):
		for row in self.mappings:
			if row.match == "Equals":
				continue
			try:
				compiled(row.value)
			except BadPatternError as error:
				frappe.throw(
					_("Row {0}: {1} is not a regular expression: {2}").format(
						row.idx, frappe.utils.escape_html(row.value), frappe.utils.escape_html(str(error))
					),
					AlertPatternError,
				)


class AlertSourceNameError(frappe.ValidationError):
	"""The name cannot be part of an address."""


class AlertTimeError(frappe.ValidationError):
	"""A number of seconds or minutes that makes no sense."""


class AlertPatternError(frappe.ValidationError):
	"""A regular expression that cannot be read."""
