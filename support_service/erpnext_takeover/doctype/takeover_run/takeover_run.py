from frappe.model.document import Document


class TakeoverRun(Document):
	"""One run that takes existing ERPNext records over, or tells what it would do."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

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
		serial_nos: DF.Check
		skipped: DF.Int
		started_at: DF.Datetime | None
		status: DF.Literal["Draft", "Queued", "Running", "Done", "Stopped", "Failed"]
		total: DF.Int
		warranty_claims: DF.Check

	# end: auto-generated types
