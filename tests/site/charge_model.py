"""What stands billed for the decisions of one case, kept by the test itself: which document came from which decision, and
what it says in total. Nothing here reads the app's own links.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import frappe
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from erpnext.selling.doctype.quotation import quotation as erpnext_quotation
from erpnext.selling.doctype.sales_order import sales_order as erpnext_order
from frappe.utils import flt, nowdate

from support_service.service_charging.billing import charging
from support_service.service_charging.decision import by_hand as decisions_by_hand
from tests.site.coverage_world import decision_of, visit_on

LABOUR = {"kind": "Labour", "qty": 4}
TRAVEL = {"kind": "Travel", "qty": 1}


@dataclass
class World:
	"""One case with everything made for it. decision_of: document → decision; order_of: invoice → order."""

	case: Any
	decision_of: dict[tuple[str, str], str] = field(default_factory=dict)
	order_of: dict[str, str] = field(default_factory=dict)
	visits: list[Any] = field(default_factory=list)

	def attempt(self, act: Callable[[], Any]) -> bool:
		"""What a user does, who is told where it is refused; then nothing has happened."""
		frappe.db.commit()  # a request of its own: the act may end what has written nothing yet and begin anew
		known, orders = dict(self.decision_of), dict(self.order_of)
		try:
			act()
			return True
		except frappe.ValidationError:
			frappe.db.rollback()
			frappe.clear_messages()
			self.decision_of, self.order_of = known, orders
			return False

	# what is done

	def offer(self) -> None:
		decisions_by_hand.decide_before_work(self.case.name, [LABOUR, TRAVEL])

	def work(self) -> None:
		visit = visit_on(self.case, work_minutes=120)
		visit.submit()
		self.visits.append(visit)

	def cancel_visit(self) -> None:
		visit = self.visits[-1].reload()
		visit.cancel()
		self.visits.pop()

	def override(self) -> None:
		doc = decision_of(self.case)
		decisions_by_hand.override(doc.name, doc.lines[0].name, 50, "Goodwill")

	def quote(self) -> None:
		decision = decision_of(self.case).name
		self._came("Quotation", charging.quotation_of(decision), decision)

	def bill(self) -> None:
		decision = decision_of(self.case).name
		self._came("Sales Invoice", charging.invoice_of(decision), decision)

	def order(self, _doctype: str, quotation: str) -> None:
		made = erpnext_quotation.make_sales_order(quotation)
		made.delivery_date = nowdate()
		self._came("Sales Order", made.insert().name, self.decision_of["Quotation", quotation])

	def bill_quotation(self, _doctype: str, quotation: str) -> None:
		made = erpnext_quotation.make_sales_invoice(quotation).insert()
		self._came("Sales Invoice", made.name, self.decision_of["Quotation", quotation])

	def bill_order(self, _doctype: str, order: str, drop: bool) -> None:
		made = erpnext_order.make_sales_invoice(order)
		if drop:
			made.items = made.items[:1]
		self._came("Sales Invoice", made.insert().name, self.decision_of["Sales Order", order])
		self.order_of[made.name] = order

	def credit(self, _doctype: str, invoice: str, share: float) -> None:
		note = make_sales_return(invoice)
		for row in note.items:
			row.rate = flt(row.rate * share, 2)
		note.insert()
		self._came("Sales Invoice", note.name, self.decision_of["Sales Invoice", invoice])
		note.submit()

	def lower(self, doctype: str, name: str, factor: float) -> None:
		doc = frappe.get_doc(doctype, name)
		for row in doc.items:
			row.rate = flt(row.rate * factor, 2)
		doc.save()

	def submit(self, doctype: str, name: str) -> None:
		frappe.get_doc(doctype, name).submit()

	def cancel(self, doctype: str, name: str) -> None:
		frappe.get_doc(doctype, name).cancel()

	def close(self, _doctype: str, name: str) -> None:
		frappe.get_doc("Sales Order", name).update_status("Closed")

	def delete(self, doctype: str, name: str) -> None:
		frappe.delete_doc(doctype, name)
		self.decision_of.pop((doctype, name))

	def amend(self, doctype: str, name: str) -> None:
		self._copy(doctype, name, amend=True)

	def duplicate(self, doctype: str, name: str) -> None:
		self._copy(doctype, name, amend=False)

	def _copy(self, doctype: str, name: str, *, amend: bool) -> None:
		doc = frappe.get_doc(doctype, name)
		made = frappe.copy_doc(doc, ignore_no_copy=amend)
		made.docstatus = 0
		for row in made.get_all_children():
			row.docstatus = 0
		if amend:
			made.amended_from = name
		elif doctype == "Sales Order":
			made.delivery_date = nowdate()
		self._came(doctype, made.insert().name, self.decision_of[doctype, name])
		if amend and name in self.order_of:
			self.order_of[made.name] = self.order_of[name]

	def _came(self, doctype: str, name: str, decision: str) -> None:
		self.decision_of.setdefault((doctype, name), decision)

	# what stands

	def judged(self) -> list[str]:
		"""Decisions about work, not only about a fault told."""
		filters = {"service_request": self.case.name, "stage": ("!=", "Intake")}
		return frappe.get_all("Coverage Decision", filters, pluck="name")

	def documents(
		self, doctype: str, *docstatus: int, returns: bool = False, amended: bool = True
	) -> list[str]:
		names = [name for kind, name in self.decision_of if kind == doctype]
		filters: dict[str, Any] = {"name": ("in", names or [""]), "docstatus": ("in", docstatus or (0, 1))}
		if doctype == "Sales Invoice":
			filters["is_return"] = int(returns)
		if not amended:
			done = frappe.get_all(doctype, {"amended_from": ("in", names or [""])}, pluck="amended_from")
			filters["name"] = ("in", [name for name in names if name not in done] or [""])
		return frappe.get_all(doctype, filters, pluck="name", order_by="creation, name")

	def billed(self) -> dict[str, float]:
		found: dict[str, float] = defaultdict(float)
		for name in self.documents("Sales Invoice", 1) + self.documents("Sales Invoice", 1, returns=True):
			found[self.decision_of["Sales Invoice", name]] += self._net("Sales Invoice", name)
		return found

	def promised(self) -> dict[str, float]:
		found: dict[str, float] = defaultdict(float)
		for name in self.documents("Sales Invoice", 0):
			found[self.decision_of["Sales Invoice", name]] += self._net("Sales Invoice", name)
		for name in self.documents("Sales Order", 0, 1):
			if frappe.db.get_value("Sales Order", name, "status") == "Closed":
				continue
			mine = [made for made in self.documents("Sales Invoice", 0, 1) if self.order_of.get(made) == name]
			left = self._net("Sales Order", name) - sum(self._net("Sales Invoice", made) for made in mine)
			found[self.decision_of["Sales Order", name]] += max(left, 0.0)
		return found

	def _net(self, doctype: str, name: str) -> float:
		return flt(frappe.db.get_value(doctype, name, "net_total"))

	def charged(self) -> dict[str, float]:
		rows = frappe.get_all(
			"Coverage Decision", {"service_request": self.case.name}, ["name", "charged_amount"], as_list=True
		)
		return dict(rows)
