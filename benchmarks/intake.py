"""Inserting a Service Request (unit look-up, priority, routing, ledger row, notices, message to the customer) against
inserting an ERPNext Issue with an active Service Level Agreement. Both as the same user, each committed."""

import frappe

from benchmarks.harness import Result, pairs
from tests.factories import company, make_customer, make_installed_unit, make_service_team, make_user


def run() -> Result:
	agent = make_user("Service Desk Agent", "Support Team").name
	customer = make_customer().name
	units = [make_installed_unit(customer=customer).name for _ in range(20)]
	make_service_team()
	_active_sla()
	frappe.db.commit()  # other connections do not matter here, but both peers shall start from stored data
	frappe.set_user(agent)
	counter = iter(range(10**6))

	def ours():
		index = next(counter)
		doc = frappe.get_doc(
			{
				"doctype": "Service Request",
				"subject": f"Does not start {index}",
				"request_type": "Fault",
				"channel": "Hotline",
				"installed_unit": units[index % len(units)],
				"impact": "High",
				"urgency": "Medium",
				"contact_name": "Li Wei",
				"contact_email": "li.wei@example.com",
				"description": "It stopped this morning.",
			}
		)
		return lambda: (doc.insert(), frappe.db.commit())

	def peer():
		doc = frappe.get_doc(
			{
				"doctype": "Issue",
				"subject": f"Does not start {next(counter)}",
				"customer": customer,
				"priority": "High",
				"raised_by": "li.wei@example.com",
				"description": "It stopped this morning.",
				"company": company(),
			}
		)
		return lambda: (doc.insert(), frappe.db.commit())

	try:
		return pairs("intake", ours, peer, n=120, statements_per=1)
	finally:
		frappe.set_user("Administrator")


def _active_sla() -> None:
	"""A default Service Level Agreement over a 5×8 week with a holiday list, as ERPNext ships the doctype."""
	frappe.db.set_single_value("Support Settings", "track_service_level_agreement", 1)
	if frappe.db.exists("Service Level Agreement", {"document_type": "Issue", "enabled": 1}):
		return
	holidays = frappe.get_doc(
		{
			"doctype": "Holiday List",
			"holiday_list_name": f"Bench {frappe.generate_hash(length=6)}",
			"from_date": "2026-01-01",
			"to_date": "2027-12-31",
		}
	).insert()
	for priority in ("Low", "Medium", "High"):
		if not frappe.db.exists("Issue Priority", priority):
			frappe.get_doc({"doctype": "Issue Priority", "name": priority}).insert()
	frappe.get_doc(
		{
			"doctype": "Service Level Agreement",
			"document_type": "Issue",
			"service_level": "Default",
			"default_service_level_agreement": 1,
			"enabled": 1,
			"holiday_list": holidays.name,
			"apply_sla_for_resolution": 1,
			"priorities": [
				{
					"priority": priority,
					"response_time": 14400,
					"resolution_time": 86400,
					"default_priority": int(priority == "Medium"),
				}
				for priority in ("Low", "Medium", "High")
			],
			"sla_fulfilled_on": [{"status": "Resolved"}, {"status": "Closed"}],
			"support_and_resolution": [
				{"workday": day, "start_time": "09:00:00", "end_time": "17:00:00"}
				for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
			],
		}
	).insert()
