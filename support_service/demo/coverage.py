"""What work costs in the demo, and one case whose customer is asked to accept a charge."""

from __future__ import annotations

import frappe
from frappe.utils import getdate

from support_service.demo.base import company, ensure, keep_messages_here, leaf
from support_service.service_charging.decision import acceptance, prices
from support_service.service_charging.decision import by_hand as decisions_by_hand
from support_service.service_charging.decision import preview as coverage_preview
from support_service.support_service.lifecycle import OPEN_STATES

# item code → name, price per hour or trip in the company's currency
WORK = {"LABOUR-HOUR": ("On-site labour, per hour", 260), "TRAVEL-VISIT": ("Travel, per visit", 180)}
EXPECTED = ({"kind": "Labour", "qty": 2}, {"kind": "Travel", "qty": 1})


def set_prices() -> None:
	"""Labour and travel as items with a price, and where covered work is costed; only what is still empty."""
	house = company()
	for code, (name, price) in WORK.items():
		make_service_item(code, name, price)
	center = leaf("Cost Center", house.cost_center)
	settings = frappe.get_doc("Support Service Settings")
	for row in settings.company_defaults:
		if row.company == house.name:
			row.labour_item = row.labour_item or "LABOUR-HOUR"
			row.travel_item = row.travel_item or "TRAVEL-VISIT"
			row.warranty_cost_center = row.warranty_cost_center or center
			row.contract_cost_center = row.contract_cost_center or center
	settings.save()


def ask_for_a_charge() -> None:
	"""One open case of the demo that is not covered: what it would cost, and the customer is asked."""
	names = frappe.get_all(
		"Service Request",
		filters={
			"intake_key": ("like", "%:demo-%"),
			"status": ("in", [state.value for state in OPEN_STATES]),
			"installed_unit": ("is", "set"),
		},
		fields=["name", "installed_unit", "customer", "raised_on"],
		order_by="name",
	)
	cases = {row.name for row in names}
	if frappe.db.exists(
		"Coverage Decision", {"service_request": ("in", cases or [""]), "stage": "Before Work"}
	):
		return
	for row in names:
		found = coverage_preview.preview(row.installed_unit, row.customer, getdate(row.raised_on))
		if found["outcome"] == "Covered":
			continue
		doc = decisions_by_hand.decide_before_work(row.name, [dict(line) for line in EXPECTED])
		if doc.charged_amount:
			acceptance.ask(doc.name)
			keep_messages_here([row.name])
			return


def make_service_item(code: str, name: str, price: float) -> None:
	"""An item that is no stock; price 0: the amount is named each time."""
	ensure(
		"Item",
		{"item_code": code},
		{
			"item_name": name,
			"item_group": leaf("Item Group", "Services"),
			"stock_uom": "Nos",
			"is_stock_item": 0,
		},
	)
	if price:
		price_item(code, price)


def price_item(code: str, price: float) -> None:
	"""The selling price of an item, where it has none yet."""
	price_list = prices.price_list_of(company().name, None)
	if price_list:
		ensure("Item Price", {"item_code": code, "price_list": price_list}, {"price_list_rate": price})
