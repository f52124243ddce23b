"""A process of its own that opens forms on one site, as the desk does: real requests through Frappe's application.

`python -m benchmarks.form_opener SITE`, from the bench's `sites` folder. Reads one JSON request a line: a list of
[method, arguments] to send one after the other, or "make" for documents of ERPNext's to open. Answers with a line.
"""

import json
import sys
from typing import Any

import frappe
import frappe.app
from werkzeug.test import Client

from tests.factories import make_contact, make_user
from tests.http_server import api_token
from tests.site import delivery_world


def make() -> dict[str, str]:
	"""DocType → name of what is opened: a customer with a contact, and a serial number sold to it by an invoice."""
	world = delivery_world.goods(1)
	contact = make_contact(world.customer, "caller@example.com").name
	frappe.db.set_value("Customer", world.customer, "customer_primary_contact", contact)
	row = {"item_code": world.item, "qty": 1, "warehouse": world.warehouse, "rate": 500}
	row.update(use_serial_batch_fields=1, serial_no=world.numbers[0])
	invoice = delivery_world.deliver_rows(world, row, doctype="Sales Invoice")
	frappe.db.commit()  # what is opened is read by other requests
	return {
		"Customer": world.customer,
		"Item": world.item,
		"Serial No": world.numbers[0],
		"Sales Invoice": invoice.name,
	}


def main(site: str) -> None:
	frappe.init(site)
	frappe.connect()
	frappe.set_user("Administrator")
	made = make()
	headers = {"Authorization": f"token {api_token(_reader())}"}
	frappe.db.commit()  # the key, too
	frappe.destroy()
	frappe.app._site = site
	client = Client(frappe.app.application)
	for line in sys.stdin:
		asked = json.loads(line)
		answer: Any = made if asked == "make" else [_send(client, headers, *one) for one in asked]
		print(json.dumps(answer), flush=True)


def _reader() -> str:
	"""Somebody who sells, ships, invoices and, where the app is, takes calls. Not Administrator, who has every role there is."""
	roles = ["Sales User", "Stock User", "Accounts User", "Item Manager", "Service Desk Agent"]
	return make_user(*(role for role in roles if frappe.db.exists("Role", role))).name


def _send(client: Client, headers: dict[str, str], method: str, arguments: dict[str, Any]) -> int:
	response = client.get(f"/api/method/{method}", query_string=arguments, headers=headers)
	assert response.status_code == 200, response.get_data(as_text=True)[:2000]
	return len(response.get_data())


if __name__ == "__main__":
	main(sys.argv[1])
