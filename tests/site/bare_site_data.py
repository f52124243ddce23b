"""`bare_site_data.py erpnext`: business data that must survive us. `bare_site_data.py app`: use of the app that must
leave no trace. `bare_site_data.py admin`: changes that a migrate must keep. `bare_site_data.py stock`: business goes on.
`bare_site_data.py point`: the site's own points at ours. `bare_site_data.py unpoint`: and is well without us.
Run in the bench's sites folder; SUPPORT_SERVICE_SITE names the site."""

import os
import sys
from typing import Any

import frappe
from frappe.desk.doctype.tag.tag import add_tag
from frappe.desk.form.assign_to import add as assign
from frappe.share import add as share

from tests import factories

USER, CUSTOMER, ITEM, STORE = "store@acme-service.example.com", "Bare Customer", "Bare Item", "Bare Store"

LADDER = [
	{"point": "Percent Used", "value": 50, "whom": "Team Lead", "action": "Desk Notification"},
	{"point": "Hours after Due", "value": 0, "whom": "Team Lead", "action": "Email"},
]


def erpnext() -> None:
	"""A user, a customer, an item with stock and a comment: what a site had before us."""
	factories.make_user("System Manager", "Stock User", email=USER)
	customer = factories.make_customer(customer_name=CUSTOMER)
	customer.add_comment("Comment", "pays on time")
	item = factories.make_item(item_code=ITEM, item_name=ITEM)
	store = factories.make_warehouse(warehouse_name=STORE)
	receive(item.name, store.name)
	count_like_us()
	insert("Tag", __newname="urgent")  # the vocabulary is the site's; only its use on our documents must go


def count_like_us() -> None:
	"""A DocType of the site's own whose documents count under a prefix of ours."""
	insert(
		"DocType",
		name="Site Claim",
		module="Custom",
		custom=1,
		autoname="SCL-.YYYY.-.#####",
		fields=[{"fieldname": "subject", "fieldtype": "Data", "label": "Subject"}],
		permissions=[{"role": "System Manager", "read": 1, "write": 1, "create": 1}],
	)
	insert("Site Claim", subject="counted by the site")


def receive(item: str, store: str) -> None:
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"company": factories.company(),
			"items": [{"item_code": item, "qty": 10, "t_warehouse": store, "basic_rate": 5}],
		}
	)
	entry.insert()
	entry.submit()


def stock() -> None:
	"""One more receipt into the store that was there before."""
	store = frappe.db.get_value("Warehouse", {"warehouse_name": STORE})
	receive(ITEM, store)
	assert frappe.db.get_value("Bin", {"item_code": ITEM, "warehouse": store}, "actual_qty") == 20


def app() -> None:
	"""A worked case, and everything Frappe lets people hang on it."""
	user = frappe.get_doc("User", USER)
	user.append_roles("Service Engineer", "After-Sales Lead")
	user._no_perm_log = True  # the user's own history is not ours to remove
	user.save(ignore_version=True)
	customer = frappe.db.get_value("Customer", {"customer_name": CUSTOMER})
	store = frappe.db.get_value("Warehouse", {"warehouse_name": STORE})
	team = factories.make_service_team(lead=USER)
	engineer = factories.make_service_engineer(user=USER, team=team.name, van_warehouse=store)
	unit = factories.make_installed_unit(customer=customer, item_code=ITEM)
	factories.make_service_level_policy(scope={"customer": customer}, ladder=LADDER)
	case = factories.make_service_request(customer=customer, installed_unit=unit.name)
	break_promises(case)
	factories.make_engineer_visit(service_request=case.name, engineer=engineer.name)
	hang_on(case)
	take_in_mail()
	customise()


def break_promises(case: Any) -> None:
	"""Clocks that are long overdue: the ladder is taken, people are told."""
	from support_service.foundation import instants
	from support_service.service_level.clock import clocks, escalation, sweep
	from support_service.service_level.clock.rules import Event

	long_ago = instants.now() - 20 * 86400
	for clock in frappe.get_all("Service Clock", {"request": case.name}, pluck="name"):
		clocks.correct(clock, Event.START_CORRECTED, long_ago, "the customer called on the first")
	frappe.db.commit()
	assert sweep.sweep() and escalation.carry_out_due()


def hang_on(case: Any) -> None:
	case.add_comment("Comment", "called back")
	add_tag("urgent", case.doctype, case.name)
	assign({"doctype": case.doctype, "name": case.name, "assign_to": [USER]})
	share(case.doctype, case.name, USER, write=1)
	for private in (0, 1):
		file_name = f"photo-{private}-{frappe.generate_hash(length=6)}.txt"
		values = {"file_name": file_name, "content": file_name, "is_private": private}
		insert("File", attached_to_doctype=case.doctype, attached_to_name=case.name, **values)
	insert(
		"Communication",
		communication_type="Communication",
		content="we are on our way",
		subject="visit",
		reference_doctype=case.doctype,
		reference_name=case.name,
	)
	insert("Document Follow", ref_doctype=case.doctype, ref_docname=case.name, user=USER)
	frappe.db.sql(
		"INSERT IGNORE INTO `__UserSettings` (`user`, `doctype`, `data`) VALUES (%s, %s, '{}')",
		(USER, case.doctype),
	)


def take_in_mail() -> None:
	"""A mailbox with its password, and a message whose raw file lies beside the database."""
	from support_service.service_intake.mail import spool
	from tests.site.mail_world import letter, make_mailbox, one

	mailbox = make_mailbox()
	mail = one(mailbox, letter("somebody@customer.example", mailbox.email_id))
	assert mail.request and spool.path_of(mail.raw_hash).exists()


def customise() -> None:
	"""What an admin does to our DocTypes with the tools of the desk."""
	ours = "Service Request"
	insert("Custom Field", dt=ours, fieldname="shelf", label="Shelf", fieldtype="Data")
	insert(
		"Property Setter", doctype_or_field="DocType", doc_type=ours, property="max_attachments", value="3"
	)
	insert(
		"Custom DocPerm",
		parent=ours,
		parenttype="DocType",
		parentfield="permissions",
		role="Sales User",
		read=1,
	)
	insert("List Filter", filter_name="mine", reference_doctype=ours, filters="[]")
	insert(
		"User Permission",
		user=USER,
		allow="Service Team",
		for_value=frappe.get_all("Service Team", pluck="name")[0],
	)
	insert(
		"Report", report_name="Site Cases", ref_doctype=ours, report_type="Report Builder", is_standard="No"
	)
	insert("Client Script", dt=ours, view="Form", script="// nothing", __newname="Site Script")
	notification = {"subject": "case", "message": "case", "event": "New", "channel": "System Notification"}
	recipients = [{"receiver_by_role": "Service Manager"}]
	insert("Notification", name="Site Notice", document_type=ours, recipients=recipients, **notification)
	insert(
		"Kanban Board",
		kanban_board_name="Site Board",
		reference_doctype=ours,
		field_name="status",
		columns=[{"column_name": "New"}],
	)


def admin() -> None:
	"""What an admin changes of what the app has put beside its DocTypes."""
	frappe.db.delete("Custom DocPerm", {"parent": "Item", "role": "Service Desk Agent"})
	field = frappe.get_doc("Custom Field", {"dt": "Stock Entry", "fieldname": "engineer_visit"})
	field.update({"label": "Site Visit", "hidden": 1, "insert_after": "company"})
	field.save()


def point() -> None:
	"""What of the site's own points at our documents and stays: by field, by value, in a script, on a dashboard, by role."""
	customer = frappe.get_doc("Customer", {"customer_name": CUSTOMER})
	unit = factories.make_installed_unit(customer=customer.name).name
	field = {"dt": "Customer", "insert_after": "customer_name"}
	insert(
		"Custom Field",
		fieldname="best_unit",
		label="Unit",
		fieldtype="Link",
		options="Installed Unit",
		**field,
	)
	insert(
		"Custom Field", fieldname="about_type", label="About", fieldtype="Link", options="DocType", **field
	)
	insert(
		"Custom Field",
		fieldname="about",
		label="Doc",
		fieldtype="Dynamic Link",
		options="about_type",
		**field,
	)
	insert(
		"Custom Field",
		fieldname="tools",
		label="Tools",
		fieldtype="Table",
		options="Installed Software",
		**field,
	)
	customer = frappe.get_doc("Customer", customer.name)
	customer.update({"best_unit": unit, "about_type": "Installed Unit", "about": unit})
	customer.append("tools", {"software": "Viewer"})
	customer.save()
	insert(
		"Server Script",
		__newname="Count Units",
		script_type="DocType Event",
		reference_doctype="Customer",
		doctype_event="Before Save",
		script='frappe.db.count("Installed Unit")',
	)
	charts = [{"chart": "Open Cases by Status"}, {"chart": chart_of_erpnext()}]
	insert("Dashboard", dashboard_name="Mine", cards=[{"card": "Cases in Progress"}], charts=charts)
	account = factories.make_email_account(
		email_account_name="Service Inbox", enable_outgoing=0, default_outgoing=0
	)
	account.db_set("append_to", "Service Request")
	insert(
		"Notification",
		name="Big Order",
		document_type="Sales Order",
		recipients=[{"receiver_by_role": "Service Manager"}],
		subject="order",
		message="order",
		event="New",
		channel="System Notification",
	)


def chart_of_erpnext() -> str:
	charts = frappe.get_all("Dashboard Chart", {"module": "Accounts"}, pluck="name", order_by="name")
	return charts[0]


def unpoint() -> None:
	"""After a forced uninstall: every form opens and saves, and nothing of the site's own was lost."""
	customer = frappe.get_doc("Customer", {"customer_name": CUSTOMER})
	assert customer.best_unit and customer.meta.get_field("best_unit").fieldtype == "Data"
	assert not customer.about_type and not customer.about and not customer.meta.get_field("tools")
	customer.save()
	assert frappe.db.get_value("Server Script", "Count Units", "disabled") == 1
	assert frappe.db.get_value("Email Account", "Service Inbox", ["name", "append_to"]) == (
		"Service Inbox",
		None,
	)
	assert frappe.db.exists("Role", "Service Manager") and not frappe.db.exists("Role", "After-Sales Lead")
	for doctype, name in (("Dashboard", "Mine"), ("Notification", "Big Order")):
		frappe.get_doc(doctype, name).save()
	dashboard = frappe.get_doc("Dashboard", "Mine")
	assert not dashboard.cards and [row.chart for row in dashboard.charts] == [chart_of_erpnext()]


def insert(doctype: str, **values: Any) -> Any:
	return frappe.get_doc({"doctype": doctype, **values}).insert(ignore_permissions=True)


def main(step: str) -> None:
	frappe.init(os.environ["SUPPORT_SERVICE_SITE"], sites_path=os.getcwd())
	frappe.connect()
	frappe.set_user("Administrator")
	try:
		{"erpnext": erpnext, "app": app, "admin": admin, "stock": stock, "point": point, "unpoint": unpoint}[
			step
		]()
		frappe.db.commit()
	finally:
		frappe.destroy()


if __name__ == "__main__":
	main(sys.argv[1])
