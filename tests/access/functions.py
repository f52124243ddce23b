"""Who may call which whitelisted function of the app, and with whose records. Tried by test_access_matrix.py.

A cell says with the records of which side the function lets the visitor in (see matrix.py for `a`, `b`, `-`). "Lets in"
means: it does not answer with a refusal; calls are built so that they then fail on their own validation or change nothing
that matters. A function listed in SHOWS lets in if its answer names the record.

To add a function (a whitelisted function that is missing here fails the test): a line in TABLE with its dotted path, and
its arguments in ARGUMENTS, built from a side of the world: `customer`, `team`, `engineer`, `engineer_user`, `item`,
`company`, `resolved` (a resolved case), `own_file` (uploaded by the customer), `marked_file` (by staff, for the customer) and the name of one record per DocType.
Choose arguments that get past the permission check and no further. Functions for GET only go into GET.
If customers are to call it, name it in support_service/permissions/customer_endpoints.py as well.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import frappe

from tests.access.matrix import COLUMNS, today

Side = dict[str, str]

#                                                   guest cust_a cust_b engineer other_e agent lead manager nobody
TABLE = """
support_service.support_service.api.allowed_moves         -  -  -  a  b  ab  a  ab  -
support_service.support_service.api.move                  -  -  -  a  b  ab  a  ab  -
support_service.support_service.api.add_multiple          -  -  -  a  b  ab a  ab  -
support_service.support_service.api.send_again            -  -  -  -  -  ab  a  ab  -
support_service.support_service.api.send_many_again       -  -  -  ab ab ab  ab ab  ab
support_service.support_service.api.test_robot            -  -  -  -  -  -   -  ab  -
support_service.support_service.messaging.texts.api.message_events  -  -  -  -  -  ab  ab ab  -
support_service.support_service.messaging.texts.api.built_in_text   -  -  -  -  -  -   -  ab  -
support_service.support_service.messaging.texts.api.preview_text    -  -  -  -  -  -   -  ab  -
support_service.support_service.api.messages_of           -  -  -  a  b  ab  a  ab  -
support_service.support_service.api.message_ways          -  -  -  ab ab ab  ab ab  -
support_service.support_service.api.notify_again            -  -  -  -  -  ab  a  ab  -
support_service.support_service.api.address_state         -  -  -  a  b  ab  a  ab  -
support_service.support_service.api.confirm_address       -  -  -  -  -  ab  a  ab  -
support_service.support_service.api.movements             -  -  -  a  b  ab  a  ab  -
support_service.support_service.api.open_cases_by_status  -  -  -  ab ab ab  ab ab  -
support_service.service_level.api.promises_of             -  -  -  a  b  ab  a  ab  -
support_service.service_level.api.history_of              -  -  -  a  b  ab  a  ab  -
support_service.service_level.api.correct_clock           -  -  -  -  -  -   a  ab  -
support_service.service_level.calendar.api.time_zones     -  -  -  ab ab ab  ab ab  -
support_service.service_level.calendar.api.preview        -  -  -  ab ab ab  ab ab  -
support_service.service_level.calendar.api.try_promise    -  -  -  ab ab ab  ab ab  -
support_service.service_level.api.policy_options          -  -  -  ab ab ab  ab ab  -
support_service.service_level.api.import_agreements       -  -  -  -  -  -  -  ab  -
support_service.installed_base.api.inside_now             -  -  -  ab ab ab  ab ab  -
support_service.installed_base.api.unit_history           -  -  -  ab ab ab  ab ab  -
support_service.installed_base.api.renew_label            -  -  -  ab ab ab  ab ab  -
support_service.installed_base.api.get_children           -  -  -  ab ab ab  ab ab  -
support_service.installed_base.api.change_many            -  -  -  ab ab ab  ab ab  -
support_service.installed_base.api.units_to_name          -  -  -  -  -  -   -  -   -
support_service.installed_base.api.name_returned_units    -  -  -  -  -  -   -  -   -
support_service.service_charging.api.preview     -  -  -  ab ab ab  ab ab  -
support_service.service_charging.api.of_case     -  -  -  a  b  ab  a  ab  -
support_service.service_charging.api.explain     -  -  -  a  b  ab  a  ab  -
support_service.service_charging.api.earnings    -  -  -  -  -  -   a  ab  -
support_service.service_charging.api.causes      -  -  -  a  b  ab  a  ab  -
support_service.service_charging.api.decide_before_work  -  -  -  a  b  ab  a  ab  -
support_service.service_charging.api.sell_parts    -  -  -  a  b  ab  a  ab  -
support_service.service_charging.api.withdraw_sale  -  -  -  -  -  -   a  ab  -
support_service.service_charging.api.make_order    -  -  -  -  -  -   a  ab  -
support_service.service_charging.api.override    -  -  -  -  -  -   a  ab  -
support_service.service_charging.api.ask         -  -  -  a  b  ab  a  ab  -
support_service.service_charging.api.record_answer  -  -  -  a  b  ab  a  ab  -
support_service.service_charging.api.visit_notice  -  -  -  a  b  ab  a  ab  -
support_service.service_charging.api.make_quotation  -  -  -  -  -  -   a  ab  -
support_service.service_charging.api.make_joint_invoice  -  -  -  -  -  -   a  ab  -
support_service.service_charging.api.make_invoice  -  -  -  -  -  -   a  ab  -
support_service.service_coverage.contract.api.template_values  -  -  -  -  -  -   -  ab  -
support_service.service_coverage.contract.api.overview    -  -  -  ab ab ab  ab ab  -
support_service.service_coverage.contract.api.make_invoices  -  -  -  -  -  -   -  ab  -
support_service.service_coverage.contract.api.make_invoice_again  -  -  -  -  -  -   -  ab  -
support_service.service_coverage.contract.api.renew       -  -  -  -  -  -   -  ab  -
support_service.service_coverage.contract.api.quote_renewal  -  -  -  -  -  -   -  ab  -
support_service.service_coverage.contract.api.terminate   -  -  -  -  -  -   -  ab  -
support_service.service_coverage.warranty.api.ledger_of        -  -  -  ab ab ab  ab ab  -
support_service.service_coverage.warranty.api.of_unit          -  -  -  ab ab ab  ab ab  -
support_service.service_coverage.warranty.api.start_warranty   -  -  -  -  -  -   ab ab  -
support_service.service_coverage.warranty.api.change_warranty  -  -  -  -  -  -   ab ab  -
support_service.service_charging.api.claim_defaults  -  -  -  -  -  -  a  ab  -
support_service.service_charging.api.make_purchase_return  -  -  -  -  -  -  -  -  -
support_service.service_charging.api.make_debit_note  -  -  -  -  -  -  -  -  -
support_service.field_service.api.depart                  -  -  -  a  b  ab  a  ab  -
support_service.field_service.api.arrive                  -  -  -  a  b  ab  a  ab  -
support_service.field_service.api.leave                   -  -  -  a  b  ab  a  ab  -
support_service.field_service.api.charge_to_sign          -  -  -  a  b  ab  a  ab  -
support_service.field_service.api.allow_charged_work      -  -  -  -  -  -   a  ab  -
support_service.field_service.api.engineers_for           -  -  -  a  b  ab  a  ab  -
support_service.field_service.api.visit_defaults          -  -  -  a  b  ab  a  ab  -
support_service.field_service.api.calendar_events         -  -  -  a  b  ab  a  ab  -
support_service.service_parts.api.stock_before_submit     -  -  -  a  b  ab  a  ab  -
support_service.service_parts.loans.api.steps  -  -  -  a  b  ab  a  ab  -
support_service.service_parts.loans.api.book  -  -  -  -  -  -   a  ab  -
support_service.service_parts.loans.api.release  -  -  -  -  -  -   a  ab  -
support_service.service_parts.loans.api.cancel  -  -  -  -  -  ab  a  ab  -
support_service.service_parts.loans.api.extend  -  -  -  -  -  -   a  ab  -
support_service.service_parts.loans.api.hand_over  -  -  -  a  b  -   a  ab  -
support_service.service_parts.loans.api.undo_hand_over  -  -  -  -  -  -   a  ab  -
support_service.service_parts.loans.api.take_back  -  -  -  a  b  -   a  ab  -
support_service.service_parts.loans.api.keep  -  -  -  -  -  -   a  ab  -
support_service.service_parts.loans.api.undo_take_back  -  -  -  -  -  -   a  ab  -
support_service.service_parts.loans.api.charge_damage  -  -  -  -  -  -   a  ab  -
support_service.service_parts.loans.desk_api.loan_defaults  -  -  -  a  b  ab  a  ab  -
support_service.service_parts.loans.desk_api.free_pieces  -  -  -  ab ab ab  ab ab  -
support_service.service_parts.loans.desk_api.calendar_events  -  -  -  a  b  ab  a  ab  -
support_service.service_parts.loans.desk_api.loans_of  -  -  -  a  b  ab  a  ab  -
support_service.service_parts.loans.desk_api.plan_returns  -  -  -  a  b  ab  a  ab  -
support_service.service_parts.vans.api.my_vans               -  -  -  ab  ab  ab  ab  ab  -
support_service.service_parts.vans.api.begin_count           -  -  -  a  b  -  a  ab  -
support_service.service_parts.vans.api.count_of              -  -  -  a  b  ab  a  ab  -
support_service.service_parts.vans.api.enter                 -  -  -  a  b  -  a  ab  -
support_service.service_parts.vans.api.scan                  -  -  -  a  b  -  a  ab  -
support_service.service_parts.vans.api.finish_count          -  -  -  a  b  -  a  ab  -
support_service.service_parts.vans.api.draft_again           -  -  -  a  b  -  a  ab  -
support_service.service_parts.vans.api.discard_count         -  -  -  -  -  -  a  ab  -
support_service.service_parts.vans.api.confirm_handover      -  -  -  a  b  -  a  ab  -
support_service.service_parts.vans.api.undo_handover         -  -  -  -  -  -  a  ab  -
support_service.service_parts.vans.api.cancel_handover       -  -  -  -  -  -  a  ab  -
support_service.service_parts.vans.api.apply_stock_list      -  -  -  -  -  -  ab  ab  -
support_service.service_parts.vans.api.request_for_vans      -  -  -  a  b  -  a  ab  -
support_service.service_parts.api.scan                    -  -  -  a  b  ab  a  ab  -
support_service.service_parts.api.removed_part_steps      -  -  -  a  b  ab  a  ab  -
support_service.service_parts.api.move_removed_part       -  -  -  a  b  ab  a  ab  -
support_service.service_parts.api.undo_removed_part       -  -  -  a  b  ab  a  ab  -
support_service.service_parts.needs.api.needs_of          -  -  -  a  b  ab  a  ab  -
support_service.service_parts.needs.api.reserved_for_visit -  -  -  a  b  ab  a  ab  -
support_service.service_parts.needs.api.suggestions_for   -  -  -  a  b  ab  a  ab  -
support_service.service_parts.needs.api.where_is          -  -  -  a  b  ab  a  ab  -
support_service.service_parts.needs.api.add               -  -  -  a  b  ab  a  ab  -
support_service.service_parts.needs.api.reserve           -  -  -  a  b  ab  a  ab  -
support_service.service_parts.needs.api.release           -  -  -  a  b  ab  a  ab  -
support_service.service_parts.needs.api.transfer          -  -  -  a  b  ab  a  ab  -
support_service.service_parts.needs.api.purchase          -  -  -  a  b  ab  a  ab  -
support_service.service_parts.needs.api.call_off          -  -  -  a  b  ab  a  ab  -
support_service.service_parts.needs.api.want_again        -  -  -  a  b  ab  a  ab  -
support_service.service_feedback.api.answer_by_phone      -  -  -  -  -  ab  a  ab  -
support_service.customer_portal.desk_api.of_customer     -  -  -  -  -  -   -  -   -
support_service.customer_portal.desk_api.give            -  -  -  -  -  -   -  -   -
support_service.customer_portal.desk_api.take            -  -  -  -  -  -   -  -   -
support_service.service_intake.alerts.api.receive      -  -  -  -  -  -   -  -   -
support_service.service_intake.alerts.api.new_token    -  -  -  -  -  -   -  ab  -
support_service.service_intake.alerts.api.about        -  -  -  -  -  ab  ab ab  -
support_service.service_intake.alerts.api.try_payload  -  -  -  -  -  ab  ab ab  -
support_service.service_intake.alerts.api.try_again    -  -  -  -  -  ab  a  ab  -
support_service.service_intake.calls.api.my_calls              -  -  -  -  -  ab  ab ab  -
support_service.service_intake.calls.api.caller_of             -  -  -  -  -  ab  ab ab  -
support_service.service_intake.calls.api.take                  -  -  -  -  -  ab  ab ab  -
support_service.service_intake.calls.api.note_on_case          -  -  -  -  -  ab  a  ab  -
support_service.service_intake.calls.api.live_view             -  -  -  -  -  -   ab ab  -
support_service.service_intake.calls.api.take_call_back        -  -  -  a  b  ab  ab ab  -
support_service.service_intake.calls.api.who_calls_back        -  -  -  -  -  ab  ab ab  -
support_service.service_intake.calls.api.assign_call_back      -  -  -  -  -  ab  ab ab  -
support_service.service_intake.calls.api.close_call_back       -  -  -  a  b  ab  ab ab  -
support_service.service_api.v1.create_request          -  a  b  -  -  ab  ab ab  -
support_service.service_api.v1.get_request             -  a  b  a  b  ab  a  ab  -
support_service.service_api.v1.list_requests           -  ab ab ab ab ab  ab ab  -
support_service.service_api.v1.add_comment             -  a  b  a  b  ab  a  ab  -
support_service.service_api.v1.attach_file             -  a  b  a  b  ab  a  ab  -
support_service.service_api.webhooks.api.send_again    -  -  -  -  -  -   -  ab  -
support_service.service_api.v1.openapi_json            ab ab ab ab ab ab  ab ab  ab
support_service.service_intake.api.look_up                -  -  -  -  -  ab  ab ab  -
support_service.service_intake.api.channels_by_hand       -  -  -  -  -  ab  ab ab  -
support_service.service_intake.api.enter_case             -  -  -  -  -  ab  ab ab  -
support_service.service_intake.api.customer_card          -  -  -  -  -  ab  ab ab  -
support_service.service_intake.api.unit_card              -  -  -  -  -  ab  ab ab  -
support_service.customer_portal.desk_api.files_of_case         -  -  -  a  b  ab  a  ab  -
support_service.customer_portal.desk_api.files_of              -  -  -  a  b  ab  a  ab  -
support_service.customer_portal.desk_api.show_file             -  -  -  a  b  ab  a  ab  -
support_service.service_intake.mail.api.view              -  -  -  -  -  ab  a  ab  -
support_service.service_intake.mail.api.raw               -  -  -  -  -  ab  a  ab  -
support_service.service_intake.mail.api.replay            -  -  -  -  -  ab  a  ab  -
support_service.service_intake.mail.api.add_to_request    -  -  -  -  -  ab  a  ab  -
support_service.service_intake.mail.api.open_request      -  -  -  -  -  ab  a  ab  -
support_service.service_intake.mail.api.mark_as_automatic -  -  -  -  -  ab  a  ab  -
support_service.service_intake.mail.api.look_now          -  -  -  -  -  -   -  ab  -
support_service.service_intake.api.open_case              -  -  -  -  -  ab  ab ab  -
support_service.erpnext_takeover.api.start                -  -  -  -  -  -   -  ab  -
support_service.erpnext_takeover.api.stop                 -  -  -  -  -  -   -  ab  -
support_service.erpnext_takeover.api.progress             -  -  -  -  -  -   -  ab  -
support_service.erpnext_takeover.api.report               -  -  -  -  -  -   -  ab  -
support_service.erpnext_takeover.api.download             -  -  -  -  -  -   -  ab  -
support_service.erpnext_takeover.api.made_of              -  -  -  -  -  -   -  -   -
support_service.erpnext_desk.api.new_case                 -  -  -  -  -  ab  ab ab  -
support_service.erpnext_desk.api.find                     -  -  -  a  b  ab  a  ab  -
support_service.erpnext_desk.api.global_search            -  -  -  a  b  ab  a  ab  -
support_service.erpnext_desk.api.get_link_title           -  -  -  a  b  ab  a  ab  -
support_service.erpnext_desk.api.getdoc                   -  -  -  a  b  ab  a  ab  -
support_service.erpnext_desk.api.get_docinfo              -  -  -  a  b  ab  a  ab  -
support_service.erpnext_desk.api.get_open_count           -  -  -  a  b  ab  a  ab  -
support_service.customer_portal.api.new_case        -  a  b  -  -  -   -  -   -
support_service.customer_portal.api.send_message    -  a  b  -  -  -   -  -   -
support_service.customer_portal.api.withdraw        -  a  b  -  -  -   -  -   -
support_service.customer_portal.api.answer_survey   -  a  b  -  -  -   -  -   -
support_service.customer_portal.api.answer_charge   -  a  b  -  -  -   -  -   -
support_service.customer_portal.api.add_proof       -  a  b  -  -  -   -  -   -
support_service.customer_portal.api.answer_charge_link  ab ab ab ab ab ab ab ab ab
support_service.customer_portal.api.attachment      -  a  b  -  -  -   -  -   -
support_service.customer_portal.api.report          -  a  b  -  -  -   -  -   -
support_service.customer_portal.api.certificate     -  a  b  -  -  -   -  -   -
support_service.customer_portal.api.contract_document  -  a  b  -  -  -   -  -   -
support_service.customer_portal.api.answer_survey_link  ab ab ab ab ab ab ab ab ab
support_service.customer_portal.label_api.report        ab ab ab ab ab ab ab ab ab
support_service.customer_portal.label_api.ask_code      ab ab ab ab ab ab ab ab ab
support_service.customer_portal.label_api.confirm_code  ab ab ab ab ab ab ab ab ab
support_service.customer_portal.label_api.find_unit     -  a  b  -  -  -   -  -   -
support_service.customer_portal.chat_api.begin          -  a  b  -  -  -   -  -   -
support_service.customer_portal.chat_api.send           -  a  b  -  -  -   -  -   -
support_service.customer_portal.chat_api.look           -  a  b  -  -  -   -  -   -
support_service.customer_portal.chat_api.end            -  a  b  -  -  -   -  -   -
support_service.service_intake.chat.api.at_my_desk      -  -  -  ab ab ab  ab ab  -
support_service.service_intake.chat.api.not_there       -  -  -  ab ab ab  ab ab  -
support_service.service_intake.chat.api.open_chats      -  -  -  ab ab ab  ab ab  -
support_service.service_intake.chat.api.look            -  -  -  a  b  ab  a  ab  -
support_service.service_intake.chat.api.take            -  -  -  a  b  ab  a  ab  -
support_service.service_intake.chat.api.answer          -  -  -  a  b  ab  a  ab  -
support_service.service_intake.chat.api.who_can_take    -  -  -  a  b  ab  a  ab  -
support_service.service_intake.chat.api.hand_over       -  -  -  a  b  ab  a  ab  -
support_service.service_intake.chat.api.end             -  -  -  a  b  ab  a  ab  -
support_service.customer_portal.people_api.invite       -  a  b  -  -  -   -  -   -
support_service.customer_portal.people_api.revoke       -  a  b  -  -  -   -  -   -
support_service.customer_portal.people_api.remove       -  a  b  -  -  -   -  -   -
support_service.customer_portal.people_api.accept_invitation  ab ab ab ab ab ab ab ab ab
support_service.customer_portal.papers_api.invoice      -  a  b  -  -  -   -  -   -
support_service.customer_portal.papers_api.document     -  a  b  -  -  -   -  -   -
support_service.customer_portal.wishes_api.wish_times   -  a  b  -  -  -   -  -   -
"""

_LOANS = "support_service.service_parts.loans.api"
_LOANS_SHOWN = "support_service.service_parts.loans.desk_api"
_CASE = "Service Request"
_VISIT = "Engineer Visit"
_UNIT = "Installed Unit"


def _request(side: Side) -> dict[str, Any]:
	return {"request": side[_CASE]}


def _loan(side: Side) -> dict[str, Any]:
	return {"loan": side["Equipment Loan"]}


def _visit(side: Side) -> dict[str, Any]:
	return {"visit": side[_VISIT]}


def _claim(side: Side) -> dict[str, Any]:
	return {"claim": side["Supplier Claim"]}


def _removed_part(side: Side) -> dict[str, Any]:
	return {"part": side["Removed Part"]}


def _decision(side: Side) -> dict[str, Any]:
	return {"decision": side["Coverage Decision"]}


def _warranty(side: Side) -> dict[str, Any]:
	return {"warranty": side["Service Warranty"]}


def _unit(side: Side) -> dict[str, Any]:
	return {"unit": side[_UNIT]}


def _contract(side: Side) -> dict[str, Any]:
	return {"contract": side["Service Contract"]}


def _run(side: Side) -> dict[str, Any]:
	return {"run": side["Takeover Run"]}


def _van_count(side: Side) -> dict[str, Any]:
	return {"count": side["Van Count"]}


def _van_handover(side: Side) -> dict[str, Any]:
	return {"handover": side["Van Handover"]}


def _mail(side: Side) -> dict[str, Any]:
	return {"mail": side["Service Mail"]}


ARGUMENTS: dict[str, Callable[[Side], dict[str, Any]]] = {
	"support_service.support_service.api.allowed_moves": _request,
	"support_service.support_service.api.add_multiple": lambda side: {
		"doctype": _CASE,
		"name": frappe.as_json([side[_CASE]]),
		"assign_to": '["nobody@example.com"]',
	},
	"support_service.support_service.api.move": lambda side: {**_request(side), "action": "no such step"},
	"support_service.support_service.api.movements": _request,
	"support_service.support_service.api.send_again": lambda side: {"message": side["Service Message"]},
	# each of them is checked on its own; without one nothing is asked
	"support_service.support_service.api.send_many_again": lambda side: {"names": []},
	# paused, so nothing is sent
	"support_service.support_service.api.test_robot": lambda side: {"robot": side["Service Robot"]},
	"support_service.support_service.messaging.texts.api.message_events": lambda side: {},
	"support_service.support_service.messaging.texts.api.built_in_text": lambda side: {
		"event": "Work Started",
		"language": "en",
	},
	"support_service.support_service.messaging.texts.api.preview_text": lambda side: {
		**_request(side),
		"text": frappe.as_json({"event": "Work Started", "language": "en"}),
	},
	"support_service.support_service.api.messages_of": _request,
	"support_service.support_service.api.message_ways": lambda side: {},
	"support_service.support_service.api.notify_again": _request,
	"support_service.support_service.api.address_state": _request,
	"support_service.support_service.api.confirm_address": _request,
	# counts what the caller sees
	"support_service.support_service.api.open_cases_by_status": lambda side: {},
	"support_service.service_level.api.promises_of": _request,
	"support_service.service_level.api.history_of": lambda side: {"clock": side["Service Clock"]},
	"support_service.service_level.api.correct_clock": lambda side: {
		"clock": side["Service Clock"],
		"what": "no such correction",
		"reason": "",
	},
	"support_service.service_level.calendar.api.time_zones": lambda side: {},
	"support_service.service_level.calendar.api.preview": lambda side: {"calendar": side["Service Calendar"]},
	"support_service.service_level.calendar.api.try_promise": lambda side: {
		"calendar": side["Service Calendar"],
		"start": str(today()),
		"target": 8,
		"unit": "Hours",
	},
	"support_service.service_level.api.policy_options": lambda side: {},
	"support_service.service_level.api.import_agreements": lambda side: {"dry_run": 1},
	"support_service.installed_base.api.inside_now": _unit,
	"support_service.installed_base.api.unit_history": _unit,
	"support_service.installed_base.api.renew_label": _unit,
	"support_service.installed_base.api.get_children": lambda side: {
		"doctype": _UNIT,
		"customer": side["customer"],
		"is_root": "true",
	},
	"support_service.installed_base.api.change_many": lambda side: {"units": [side[_UNIT]], "values": {}},
	# their rights on ERPNext's deliveries: test_unnamed_returns.py
	"support_service.installed_base.api.units_to_name": lambda side: {
		"doctype": "Delivery Note",
		"name": side["delivery_note"],
	},
	"support_service.installed_base.api.name_returned_units": lambda side: {
		"doctype": "Delivery Note",
		"name": side["delivery_note"],
		"units": [side[_UNIT]],
	},
	"support_service.service_charging.api.preview": _unit,
	"support_service.service_charging.api.of_case": _request,
	"support_service.service_charging.api.explain": _decision,
	"support_service.service_charging.api.earnings": _request,
	"support_service.service_charging.api.causes": _request,
	"support_service.service_charging.api.decide_before_work": lambda side: {
		**_request(side),
		"lines": [],
	},
	"support_service.service_charging.api.sell_parts": lambda side: {**_request(side), "lines": []},
	# the decision in the world is no sale
	"support_service.service_charging.api.withdraw_sale": _decision,
	"support_service.service_charging.api.make_order": _decision,
	"support_service.service_charging.api.override": lambda side: {
		**_decision(side),
		"line": "no such line",
		"share": 50,
		"reason": "",
	},
	# the decision in the world was superseded: it can be neither asked about, answered nor charged
	"support_service.service_charging.api.ask": _decision,
	"support_service.service_charging.api.record_answer": lambda side: {
		**_decision(side),
		"accepted": True,
		"how": "Phone",
		"note": "",
	},
	"support_service.service_charging.api.visit_notice": _visit,
	"support_service.service_charging.api.make_quotation": _decision,
	"support_service.service_charging.api.make_joint_invoice": lambda side: {
		"decisions": [_decision(side)["decision"]]
	},
	"support_service.service_charging.api.make_invoice": _decision,
	"support_service.service_coverage.contract.api.template_values": lambda side: {
		"template": side["Service Contract Template"]
	},
	"support_service.service_coverage.contract.api.overview": _contract,
	"support_service.service_coverage.contract.api.make_invoices": _contract,
	"support_service.service_coverage.contract.api.make_invoice_again": lambda side: {
		**_contract(side),
		"no": 1,
	},
	"support_service.service_coverage.contract.api.renew": _contract,
	"support_service.service_coverage.contract.api.quote_renewal": _contract,
	"support_service.service_coverage.contract.api.terminate": lambda side: {
		**_contract(side),
		"on": str(today()),
		"reason": "",
	},
	"support_service.service_coverage.warranty.api.ledger_of": _warranty,
	"support_service.service_coverage.warranty.api.of_unit": _unit,
	# without a reason nothing is changed
	"support_service.service_coverage.warranty.api.start_warranty": lambda side: {
		**_unit(side),
		"reason": "",
	},
	"support_service.service_coverage.warranty.api.change_warranty": lambda side: {
		**_warranty(side),
		"what": "void",
		"reason": "",
	},
	"support_service.customer_portal.api.certificate": _warranty,
	"support_service.customer_portal.api.contract_document": _contract,
	"support_service.service_charging.api.claim_defaults": _request,
	# for whoever may make ERPNext's purchase documents, which none of our roles may
	"support_service.service_charging.api.make_purchase_return": _claim,
	"support_service.service_charging.api.make_debit_note": _claim,
	"support_service.field_service.api.depart": _visit,
	"support_service.field_service.api.arrive": _visit,
	"support_service.field_service.api.leave": _visit,
	"support_service.field_service.api.charge_to_sign": _visit,
	"support_service.field_service.api.allow_charged_work": lambda side: {**_visit(side), "reason": ""},
	"support_service.field_service.api.engineers_for": _request,
	"support_service.field_service.api.visit_defaults": _request,
	"support_service.field_service.api.calendar_events": lambda side: {
		"start": str(today() - timedelta(days=1)),
		"end": str(today() + timedelta(days=2)),
		"filters": [[_VISIT, "name", "=", side[_VISIT]]],
	},
	"support_service.service_parts.api.stock_before_submit": _visit,
	"support_service.service_parts.needs.api.reserved_for_visit": _visit,
	**{f"{_LOANS}.{name}": _loan for name in ("steps", "book", "release", "hand_over")},
	# without a reason nothing is changed
	**{
		f"{_LOANS}.{name}": lambda side: {**_loan(side), "reason": ""}
		for name in ("cancel", "undo_hand_over")
	},
	f"{_LOANS}.extend": lambda side: {**_loan(side), "until": str(today()), "reason": ""},
	f"{_LOANS}.take_back": lambda side: {**_loan(side), "rows": [], "command": "?"},
	f"{_LOANS}.undo_take_back": lambda side: {**_loan(side), "by": "?", "reason": ""},
	f"{_LOANS}.keep": lambda side: {**_loan(side), "rows": [], "reason": ""},
	f"{_LOANS}.charge_damage": lambda side: {**_loan(side), "amounts": {}},
	f"{_LOANS_SHOWN}.loan_defaults": _request,
	f"{_LOANS_SHOWN}.free_pieces": lambda side: {
		"company": side["company"],
		"first": str(today()),
		"last": str(today()),
	},
	f"{_LOANS_SHOWN}.calendar_events": lambda side: {
		"start": str(today()),
		"end": str(today()),
		"filters": [["Equipment Loan", "name", "=", side["Equipment Loan"]]],
	},
	f"{_LOANS_SHOWN}.loans_of": lambda side: {"doctype": _CASE, "name": side[_CASE]},
	f"{_LOANS_SHOWN}.plan_returns": lambda side: {**_visit(side), **_loan(side), "rows": []},
	"support_service.service_parts.vans.api.my_vans": lambda side: {},
	"support_service.service_parts.vans.api.begin_count": lambda side: {"engineer": side["engineer"]},
	# the count in the world was discarded and the hand-over cancelled: nothing can be done with them any more
	**{
		f"support_service.service_parts.vans.api.{name}": _van_count
		for name in ("count_of", "finish_count", "draft_again")
	},
	"support_service.service_parts.vans.api.enter": lambda side: {
		**_van_count(side),
		"item_code": side["item"],
		"found": 1,
	},
	"support_service.service_parts.vans.api.scan": lambda side: {**_van_count(side), "code": "?"},
	"support_service.service_parts.vans.api.discard_count": lambda side: {**_van_count(side), "reason": ""},
	"support_service.service_parts.vans.api.confirm_handover": lambda side: {
		**_van_handover(side),
		"side": "from",
	},
	"support_service.service_parts.vans.api.undo_handover": lambda side: {
		**_van_handover(side),
		"reason": "",
	},
	"support_service.service_parts.vans.api.cancel_handover": lambda side: {
		**_van_handover(side),
		"reason": "",
	},
	# for no van nothing is set
	"support_service.service_parts.vans.api.apply_stock_list": lambda side: {
		"stock_list": side["Van Stock List"],
		"engineers": [],
	},
	# which lacks nothing
	"support_service.service_parts.vans.api.request_for_vans": lambda side: {
		"rows": [{"warehouse": side["van"], "item_code": side["item"]}]
	},
	"support_service.service_parts.api.scan": lambda side: {**_visit(side), "code": side["item"]},
	"support_service.service_parts.api.removed_part_steps": _removed_part,
	"support_service.service_parts.api.move_removed_part": lambda side: {
		**_removed_part(side),
		"action": "no such step",
	},
	# the one in the world has made no step
	"support_service.service_parts.api.undo_removed_part": _removed_part,
	"support_service.service_parts.needs.api.needs_of": _request,
	"support_service.service_parts.needs.api.suggestions_for": _request,
	"support_service.service_parts.needs.api.where_is": lambda side: {
		**_request(side),
		"item_code": side["item"],
	},
	"support_service.service_parts.needs.api.add": lambda side: {**_request(side), "parts": []},
	# without a need nothing is done
	**{
		f"support_service.service_parts.needs.api.{name}": lambda side: {**_request(side), "needs": []}
		for name in ("reserve", "release", "transfer", "purchase", "call_off", "want_again")
	},
	"support_service.service_feedback.api.answer_by_phone": lambda side: {
		"survey": side["Service Survey"],
		"satisfied": True,
		"answered_by": "Somebody",
		"score": 99,
	},
	# for who may change the Customer: none of these roles by itself (tests/site/test_portal_access.py)
	"support_service.customer_portal.desk_api.of_customer": lambda side: {"customer": side["customer"]},
	"support_service.customer_portal.desk_api.give": lambda side: {
		"customer": side["customer"],
		"address": "?",
	},
	"support_service.customer_portal.desk_api.take": lambda side: {
		"customer": side["customer"],
		"user": "?",
	},
	"support_service.customer_portal.desk_api.files_of_case": _request,
	"support_service.customer_portal.desk_api.files_of": lambda side: {
		"doctype": "Service Request",
		"name": side["Service Request"],
	},
	# it is shown already
	"support_service.customer_portal.desk_api.show_file": lambda side: {
		"file": side["own_file"],
		"shown": False,
	},
	"support_service.service_intake.alerts.api.receive": lambda side: {"source": side["Alert Source"]},
	"support_service.service_intake.alerts.api.new_token": lambda side: {"source": side["Alert Source"]},
	"support_service.service_intake.alerts.api.about": lambda side: {"source": side["Alert Source"]},
	# cannot be read: refused once the right is there
	"support_service.service_intake.alerts.api.try_payload": lambda side: {
		"source": side["Alert Source"],
		"payload": "{}",
	},
	"support_service.service_intake.alerts.api.try_again": lambda side: {"alert": side["Service Alert"]},
	"support_service.service_intake.chat.api.at_my_desk": lambda side: {},
	"support_service.service_intake.chat.api.not_there": lambda side: {},
	"support_service.service_intake.chat.api.open_chats": lambda side: {},
	**{
		f"support_service.service_intake.chat.api.{name}": lambda side: {"chat": side["Service Chat"]}
		for name in ("look", "take", "who_can_take", "end")
	},
	# it is over: refused once the right is there
	"support_service.service_intake.chat.api.hand_over": lambda side: {
		"chat": side["Service Chat"],
		"user": "?",
	},
	# blank: refused once the chat may be seen
	"support_service.service_intake.chat.api.answer": lambda side: {
		"chat": side["Service Chat"],
		"text": " ",
		"key": "",
	},
	"support_service.service_intake.calls.api.my_calls": lambda side: {"call": side["Service Call"]},
	"support_service.service_intake.calls.api.caller_of": lambda side: {"call": side["Service Call"]},
	"support_service.service_intake.calls.api.take": lambda side: {"call": side["Service Call"]},
	# blank: refused once the request may be changed
	"support_service.service_intake.calls.api.note_on_case": lambda side: {
		"call": side["Service Call"],
		"request": side["Service Request"],
		"note": " ",
	},
	"support_service.service_intake.calls.api.live_view": lambda side: {},
	# done already: refused once the right is there
	"support_service.service_intake.calls.api.take_call_back": lambda side: {
		"call_back": side["Service Call Back"]
	},
	"support_service.service_intake.calls.api.who_calls_back": lambda side: {},
	"support_service.service_intake.calls.api.assign_call_back": lambda side: {
		"call_back": side["Service Call Back"],
		"user": "?",
	},
	"support_service.service_intake.calls.api.close_call_back": lambda side: {
		"call_back": side["Service Call Back"],
		"note": " ",
	},
	"support_service.service_api.v1.create_request": lambda side: {
		"subject": "By the API",
		"installed_unit": side[_UNIT],
		"customer": side["customer"],
	},
	"support_service.service_api.v1.get_request": _request,
	"support_service.service_api.v1.list_requests": lambda side: {},
	# blank, and of a kind that is not taken: refused once the request may be seen
	"support_service.service_api.v1.add_comment": lambda side: {**_request(side), "text": " "},
	"support_service.service_api.v1.attach_file": lambda side: {
		**_request(side),
		"file_name": "x.html",
		"content": "",
	},
	"support_service.service_api.v1.openapi_json": lambda side: {},
	"support_service.service_api.webhooks.api.send_again": lambda side: {
		"delivery": side["Service Webhook Delivery"]
	},
	"support_service.service_intake.api.look_up": lambda side: {"text": side[_UNIT]},
	"support_service.service_intake.api.channels_by_hand": lambda side: {},
	"support_service.service_intake.api.enter_case": lambda side: {
		"channel": "Letter",
		"subject": "Letter",
		"customer": side["customer"],
		"installed_unit": side[_UNIT],
	},
	"support_service.service_intake.api.customer_card": lambda side: {"customer": side["customer"]},
	"support_service.service_intake.api.unit_card": _unit,
	"support_service.service_intake.mail.api.view": _mail,
	"support_service.service_intake.mail.api.raw": _mail,
	# the message became a request already
	"support_service.service_intake.mail.api.replay": _mail,
	"support_service.service_intake.mail.api.add_to_request": lambda side: {
		**_mail(side),
		"request": side["Service Request"],
	},
	"support_service.service_intake.mail.api.open_request": _mail,
	"support_service.service_intake.mail.api.mark_as_automatic": _mail,
	# it is locked by nobody, and no server answers there
	"support_service.service_intake.mail.api.look_now": lambda side: {"mailbox": side["Service Mailbox"]},
	"support_service.service_intake.api.open_case": lambda side: {
		"subject": "Call",
		"customer": side["customer"],
		"installed_unit": side[_UNIT],
	},
	# a run that names nothing to take over: refused once the right is there
	"support_service.erpnext_takeover.api.start": _run,
	"support_service.erpnext_takeover.api.stop": _run,
	"support_service.erpnext_takeover.api.progress": _run,
	"support_service.erpnext_takeover.api.report": _run,
	"support_service.erpnext_takeover.api.download": _run,
	# for whoever may read the Issue, which none of our roles may by itself
	"support_service.erpnext_takeover.api.made_of": lambda side: {"doctype": "Issue", "name": side["issue"]},
	"support_service.erpnext_desk.api.new_case": lambda side: {
		"doctype": "Customer",
		"name": side["customer"],
	},
	"support_service.erpnext_desk.api.find": lambda side: {"text": side[_CASE]},
	"support_service.erpnext_desk.api.global_search": lambda side: {"text": side[_CASE]},
	"support_service.erpnext_desk.api.get_link_title": lambda side: {
		"doctype": _VISIT,
		"docname": side[_VISIT],
	},
	"support_service.erpnext_desk.api.getdoc": lambda side: {"doctype": _CASE, "name": side[_CASE]},
	"support_service.erpnext_desk.api.get_docinfo": lambda side: {"doctype": _CASE, "name": side[_CASE]},
	"support_service.erpnext_desk.api.get_open_count": lambda side: {"doctype": _CASE, "name": side[_CASE]},
	"support_service.customer_portal.api.new_case": lambda side: {
		"key": "",
		"subject": "Broken",
		"unit": side[_UNIT],
	},
	"support_service.customer_portal.api.send_message": _request,
	"support_service.customer_portal.api.withdraw": _request,
	"support_service.customer_portal.api.answer_survey": lambda side: {
		**_request(side),
		"satisfied": True,
		"score": 99,
	},
	"support_service.customer_portal.api.answer_charge": lambda side: {
		**_request(side),
		**_decision(side),
		"accepted": True,
	},
	"support_service.customer_portal.api.add_proof": _request,
	"support_service.customer_portal.api.answer_charge_link": lambda side: {
		"token": "a token nobody was given",
		"accepted": True,
	},
	"support_service.customer_portal.api.attachment": lambda side: {
		**_request(side),
		"file": side["own_file"],
	},
	"support_service.customer_portal.api.report": lambda side: {"request": side["resolved"]},
	"support_service.customer_portal.api.answer_survey_link": lambda side: {
		"token": "a token nobody was given",
		"satisfied": True,
	},
	# what is missing is asked for before the label is looked for
	"support_service.customer_portal.label_api.report": lambda side: {"token": "", "key": "", "subject": ""},
	"support_service.customer_portal.label_api.ask_code": lambda side: {"token": "", "address": ""},
	"support_service.customer_portal.label_api.confirm_code": lambda side: {
		"token": "",
		"proof": "",
		"code": "",
	},
	"support_service.customer_portal.label_api.find_unit": lambda side: {"code": side[_UNIT]},
	# blank: refused once the unit is theirs
	"support_service.customer_portal.chat_api.begin": lambda side: {
		"text": " ",
		"key": "",
		"unit": side[_UNIT],
	},
	"support_service.customer_portal.chat_api.send": lambda side: {
		"chat": side["Service Chat"],
		"text": " ",
		"key": "",
	},
	"support_service.customer_portal.chat_api.look": lambda side: {"chat": side["Service Chat"]},
	"support_service.customer_portal.chat_api.end": lambda side: {"chat": side["Service Chat"]},
	"support_service.customer_portal.people_api.invite": lambda side: {
		"customer": side["customer"],
		"email": "?",
	},
	"support_service.customer_portal.people_api.revoke": lambda side: {
		"invitation": side["Portal Invitation"]
	},
	# who manages access is not removed like this
	"support_service.customer_portal.people_api.remove": lambda side: {
		"customer": side["customer"],
		"user": side["customer_user"],
	},
	"support_service.customer_portal.people_api.accept_invitation": lambda side: {
		"token": "a token nobody was given"
	},
	"support_service.customer_portal.papers_api.invoice": lambda side: {"name": side["invoice"]},
	"support_service.customer_portal.papers_api.document": lambda side: {"file": side["marked_file"]},
	# without a day nothing is wished
	"support_service.customer_portal.wishes_api.wish_times": lambda side: {**_request(side), "day_1": ""},
}

# function → DocType of the record whose name the answer must contain
SHOWS = {
	f"{_LOANS_SHOWN}.calendar_events": "Equipment Loan",
	"support_service.field_service.api.calendar_events": _VISIT,
	"support_service.installed_base.api.get_children": _UNIT,
	"support_service.erpnext_desk.api.find": _CASE,
	"support_service.erpnext_desk.api.global_search": _CASE,
	# the title of a visit says of which case it is
	"support_service.erpnext_desk.api.get_link_title": _CASE,
}

GET = (
	"support_service.service_api.v1.get_request",
	"support_service.service_api.v1.list_requests",
	"support_service.service_api.v1.openapi_json",
	"support_service.customer_portal.api.contract_document",
	"support_service.customer_portal.api.attachment",
	"support_service.customer_portal.chat_api.look",
	"support_service.customer_portal.api.report",
	"support_service.customer_portal.api.certificate",
	"support_service.customer_portal.papers_api.invoice",
	"support_service.customer_portal.papers_api.document",
)

# called with a POST whose address carries the arguments
IN_ADDRESS = ("support_service.service_intake.alerts.api.receive",)
# open to everybody by design: a guest with a valid token is the point
OPEN_TO_ALL = (
	# what the API is, not what is in it
	"support_service.service_api.v1.openapi_json",
	"support_service.customer_portal.api.answer_survey_link",
	"support_service.customer_portal.api.answer_charge_link",
	"support_service.customer_portal.label_api.report",
	"support_service.customer_portal.label_api.ask_code",
	"support_service.customer_portal.label_api.confirm_code",
	"support_service.customer_portal.people_api.accept_invitation",
)


def expected() -> dict[str, dict[str, str]]:
	"""Function → persona → sides."""
	personas = COLUMNS.split()
	lines = (line.split() for line in TABLE.strip().splitlines())
	return {
		path: {persona: cell.replace("-", "") for persona, cell in zip(personas, cells, strict=True)}
		for path, *cells in lines
	}
