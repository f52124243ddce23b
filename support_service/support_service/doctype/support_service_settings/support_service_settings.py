from frappe.model.document import Document


class SupportServiceSettings(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.support_service.doctype.service_company_default.service_company_default import (
			ServiceCompanyDefault,
		)
		from support_service.support_service.doctype.service_priority_rule.service_priority_rule import (
			ServicePriorityRule,
		)
		from support_service.support_service.doctype.service_routing_rule.service_routing_rule import (
			ServiceRoutingRule,
		)

		acceptance_days: DF.Int
		call_back_minutes: DF.Int
		charge_policy: DF.Literal["Refuse", "Warn"]
		chat_idle_minutes: DF.Int
		chat_present_minutes: DF.Int
		chat_take_minutes: DF.Int
		company_defaults: DF.Table[ServiceCompanyDefault]
		decide_at_intake: DF.Check
		default_queue: DF.Literal["Pre-Sales", "After-Sales", "Technical Support"]
		default_team: DF.Link | None
		expiry_notice_days: DF.Int
		hide_expected_in_counts: DF.Check
		issue_opens_case: DF.Check
		issues_open_cases_since: DF.Datetime | None
		labour_activity: DF.Link | None
		make_timesheets: DF.Check
		messages_per_hour: DF.Int
		priority_rules: DF.Table[ServicePriorityRule]
		problem_after: DF.Int
		problem_days: DF.Int
		quiet_from: DF.Literal[
			"",
			"00:00",
			"01:00",
			"02:00",
			"03:00",
			"04:00",
			"05:00",
			"06:00",
			"07:00",
			"08:00",
			"09:00",
			"10:00",
			"11:00",
			"12:00",
			"13:00",
			"14:00",
			"15:00",
			"16:00",
			"17:00",
			"18:00",
			"19:00",
			"20:00",
			"21:00",
			"22:00",
			"23:00",
		]
		quiet_to: DF.Literal[
			"",
			"00:00",
			"01:00",
			"02:00",
			"03:00",
			"04:00",
			"05:00",
			"06:00",
			"07:00",
			"08:00",
			"09:00",
			"10:00",
			"11:00",
			"12:00",
			"13:00",
			"14:00",
			"15:00",
			"16:00",
			"17:00",
			"18:00",
			"19:00",
			"20:00",
			"21:00",
			"22:00",
			"23:00",
		]
		reserved_parts_days: DF.Int
		reserved_parts_taken: DF.Literal["Warn", "Refuse"]
		resume_with_parts: DF.Literal["At Our Warehouse", "In the Van"]
		routing_rules: DF.Table[ServiceRoutingRule]
		show_warranty_on_serial_no: DF.Check
		signature_accepts: DF.Check
		sms_taken_if: DF.Data | None
		submit_timesheets: DF.Check
		survey_link_days: DF.Int
		survey_reminder_days: DF.Int
		tell_customer_of_expiry: DF.Check
		tell_customer_on_moves: DF.Check
		timesheets_required: DF.Check
		travel_activity: DF.Link | None
		units_from_deliveries: DF.Check
		van_aged_days: DF.Int

	# end: auto-generated types
	pass
