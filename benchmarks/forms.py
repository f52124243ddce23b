"""Opening Customer, Item, Serial No and Sales Invoice with the app and without it, with 100,000 cases in the table.

Two sites on one bench, each with a process of its own that sends what the desk sends when a form opens: the form's
definition, the document (with what it tells of us), the numbers of its connections. `ours`: the site with the app, whose
customer has cases, a contract and units; `peer`: the same documents on the site without it. As somebody who sells,
ships and invoices, and takes calls where the app is, so that everything is shown.

`forms-search`: what the search bar asks after each pause in typing; `peer` is Frappe's own way to find a case by a word of
its subject, the search of a link field.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import frappe

from benchmarks.harness import Result, pairs
from benchmarks.scale import grow_to
from tests.factories import (
	make_customer,
	make_installed_unit,
	make_service_contract,
	make_service_engineer,
	make_service_request,
	make_service_team,
)

CASES = int(os.environ.get("FORMS_CASES", 100_000))
PAIRS = int(os.environ.get("FORMS_PAIRS", 60))
FORMS = ("Customer", "Item", "Serial No", "Sales Invoice")
OPEN_CASES = 5
RARE = "closed 4711"


class Opener:
	"""The process that opens forms on one site."""

	def __init__(self, site: str) -> None:
		command = [sys.executable, "-m", "benchmarks.form_opener", site]
		self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

	def ask(self, asked: Any) -> Any:
		assert self.process.stdin and self.process.stdout
		self.process.stdin.write(json.dumps(asked) + "\n")
		self.process.stdin.flush()
		line = self.process.stdout.readline()
		assert line, "the process that opens forms has ended; its error stands above"
		return json.loads(line)

	def end(self) -> None:
		assert self.process.stdin
		self.process.stdin.close()
		self.process.wait(timeout=60)


def run() -> list[Result]:
	site = frappe.local.site
	ours, peer = Opener(site), Opener(os.environ.get("FORMS_PEER_SITE") or f"bare-{site}")
	try:
		opened, compared = ours.ask("make"), peer.ask("make")
		frappe.db.rollback()  # what another process has just made is seen from the next transaction on
		opened["Customer"] = _served_customer(opened["Serial No"])
		results = [_compare(ours, peer, doctype, opened[doctype], compared[doctype]) for doctype in FORMS]
		return [*results, _search(ours)]
	finally:
		ours.end()
		peer.end()


def _compare(ours: Opener, peer: Opener, doctype: str, opened: str, compared: str) -> Result:
	return _result(
		f"forms-{frappe.scrub(doctype).replace('_', '-')}",
		lambda: ours.ask(_opening(doctype, opened)),
		lambda: peer.ask(_opening(doctype, compared)),
	)


def _search(ours: Opener) -> Result:
	find = [["support_service.erpnext_desk.api.find", {"text": RARE}]]
	link = [["frappe.desk.search.search_link", {"doctype": "Service Request", "txt": RARE}]]
	return _result("forms-search", lambda: ours.ask(find), lambda: ours.ask(link))


def _result(name: str, ours: Callable[[], Any], peer: Callable[[], Any]) -> Result:
	result = pairs(name, lambda: ours, lambda: peer, n=PAIRS)
	result.extra = {"cases": frappe.db.count("Service Request")}
	return result


def _opening(doctype: str, name: str) -> list[list[Any]]:
	return [
		["frappe.desk.form.load.getdoctype", {"doctype": doctype, "with_parent": 1}],
		["frappe.desk.form.load.getdoc", {"doctype": doctype, "name": name}],
		["frappe.desk.notifications.get_open_count", {"doctype": doctype, "name": name}],
	]


def _served_customer(serial_no: str) -> str:
	"""A customer with a history, open cases and a contract, among CASES cases; so has the unit of the serial number."""
	unit = frappe.get_doc("Installed Unit", {"serial_no": serial_no})
	customer = frappe.db.get_value("Service Request", {"name": ["like", "BULK-%"]}, "customer")
	if not customer or frappe.db.count("Service Request") < CASES:
		team = make_service_team()
		engineer = make_service_engineer(team=team.name)
		customers = [make_customer().name for _number in range(50)]
		units = [make_installed_unit(customer=customers[number % 50]).name for number in range(500)]
		frappe.db.commit()  # the bulk load starts from stored data
		grow_to(CASES, units, team.name, engineer.user)
		customer = customer or customers[7]
	for number in range(OPEN_CASES):
		make_service_request(customer=customer)
		make_service_request(customer=unit.customer, installed_unit=unit.name, subject=f"Noise {number}")
	make_service_contract(customer=customer, all_units=1)
	frappe.db.commit()  # other processes open what stands here
	return customer
