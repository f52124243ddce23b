import frappe
from frappe import _
from frappe.model.document import Document

from support_service.erpnext_takeover.run import runs
from support_service.foundation import typed

# written by the engine only; a save by anybody else keeps the stored values
ENGINE_FIELDS = (
	"status",
	"total",
	"done",
	"made",
	"already",
	"skipped",
	"failed",
	"started_by",
	"started_at",
	"finished_at",
	"heartbeat",
	"active_key",
	"checkpoint",
	"error",
)
# what a run takes over; fixed once the run was started
SCOPE_FIELDS = (
	"dry_run",
	"company",
	"customer",
	"from_date",
	"serial_nos",
	"assets",
	"issues",
	"warranty_claims",
	"maintenance_schedules",
	"maintenance_visits",
	"portal_access",
)


class TakeoverRun(Document):
	"""One takeover of existing ERPNext records, or a dry run of it. Started by `run/runs.py`, carried out by `run/worker.py`."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		active_key: DF.Data | None
		already: DF.Int
		assets: DF.Check
		checkpoint: DF.LongText | None
		company: DF.Link | None
		customer: DF.Link | None
		done: DF.Int
		dry_run: DF.Check
		error: DF.SmallText | None
		failed: DF.Int
		finished_at: DF.Datetime | None
		from_date: DF.Date | None
		heartbeat: DF.Datetime | None
		issues: DF.Check
		made: DF.Int
		maintenance_schedules: DF.Check
		maintenance_visits: DF.Check
		naming_series: DF.Literal["TO-.YYYY.-.#####"]
		portal_access: DF.Check
		serial_nos: DF.Check
		skipped: DF.Int
		started_at: DF.Datetime | None
		started_by: DF.Link | None
		status: DF.Literal["Draft", "Queued", "Running", "Done", "Stopped", "Failed"]
		total: DF.Int
		warranty_claims: DF.Check

	# end: auto-generated types
	def validate(self):
		self.keep_what_the_engine_writes()

	def on_trash(self):
		self.refuse_while_going_on()
		frappe.db.delete("Takeover Finding", {"run": self.name})

	def keep_what_the_engine_writes(self):
		if self.flags.from_engine:
			return
		stored = self.get_doc_before_save()
		typed.refuse_given(self, ENGINE_FIELDS)
		if stored and stored.status != runs.DRAFT and (names := typed.changed(self, stored, SCOPE_FIELDS)):
			typed.refuse(self, names, _("the run was started with it. Make a new run."))
		fixed = SCOPE_FIELDS if stored and stored.status != runs.DRAFT else ()
		for fieldname in (*ENGINE_FIELDS, *fixed):
			self.set(fieldname, stored.get(fieldname) if stored else None)
		self.status = self.status or runs.DRAFT

	def refuse_while_going_on(self):
		if self.status in runs.WORKING:
			frappe.throw(_("Stop the run before you delete it."), runs.RunNotStartableError)
