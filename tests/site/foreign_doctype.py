"""`foreign_doctype.py create|remove`: a custom DocType that happens to bear one of our names."""

import os
import sys

import frappe

NAME = "Service Team"


def create() -> None:
	frappe.get_doc(
		{
			"doctype": "DocType",
			"name": NAME,
			"module": "Custom",
			"custom": 1,
			"fields": [{"fieldname": "motto", "label": "Motto", "fieldtype": "Data"}],
			"permissions": [{"role": "System Manager", "read": 1}],
		}
	).insert()


def remove() -> None:
	frappe.delete_doc("DocType", NAME, force=True, delete_permanently=True)
	frappe.db.delete("Deleted Document", {"deleted_name": NAME})
	frappe.db.delete("Comment", {"reference_doctype": "DocType", "comment_type": "Deleted"})
	if frappe.db.table_exists("Permission Log"):
		frappe.db.delete("Permission Log", {"for_document": NAME})
	frappe.db.sql_ddl(f"DROP TABLE IF EXISTS `tab{NAME}`")


frappe.init(os.environ["SUPPORT_SERVICE_SITE"], sites_path=os.getcwd())
frappe.connect()
frappe.set_user("Administrator")
{"create": create, "remove": remove}[sys.argv[1]]()
frappe.db.commit()
frappe.destroy()
