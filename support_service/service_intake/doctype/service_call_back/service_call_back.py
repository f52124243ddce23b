import frappe
from frappe.model.document import Document


class ServiceCallBack(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		assigned_to: DF.Link | None
		caller_name: DF.Data | None
		calls: DF.Int
		contact: DF.Link | None
		customer: DF.Link | None
		done_by: DF.Link | None
		done_on: DF.Datetime | None
		due_by: DF.Datetime | None
		first_call_on: DF.Datetime | None
		last_call_on: DF.Datetime | None
		note: DF.SmallText | None
		number: DF.Data | None
		open_key: DF.Data | None
		reminded: DF.Check
		service_request: DF.Link | None
		state: DF.Literal["Open", "Done"]
		tries: DF.Int
	# end: auto-generated types
	pass


def on_doctype_update():
	# the list of what is due
	frappe.db.add_index("Service Call Back", ["state", "due_by"])
