"""Paths of the last release that lead somewhere else now. They go with the next release but one.

Other apps' hooks, jobs queued before an upgrade and pages open in a browser name modules and functions by their old paths.
`import support_service.<old path>` gives a module with the names of the new one, and warns.

A module that moved, or has another name: a line in MODULES. A function or class that moved or has another name: a line in
NAMES; where its module is still there, that module ends with `__getattr__ = names_of_last_release(__name__)`.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

APP = "support_service"

# old → new, without the app's name
MODULES: dict[str, str] = {
	"erpnext_takeover.assets": "erpnext_takeover.units.assets",
	"erpnext_takeover.checkpoint": "erpnext_takeover.run.checkpoint",
	"erpnext_takeover.expected_units": "erpnext_takeover.units.expected_units",
	"erpnext_takeover.findings": "erpnext_takeover.run.findings",
	"erpnext_takeover.foreground": "erpnext_takeover.run.foreground",
	"erpnext_takeover.issues": "erpnext_takeover.in_step.issues",
	"erpnext_takeover.journey_rules": "erpnext_takeover.units.journey_rules",
	"erpnext_takeover.movements": "erpnext_takeover.units.movements",
	"erpnext_takeover.past_claims": "erpnext_takeover.cases.past_claims",
	"erpnext_takeover.past_issues": "erpnext_takeover.cases.past_issues",
	"erpnext_takeover.past_rules": "erpnext_takeover.cases.past_rules",
	"erpnext_takeover.past_visits": "erpnext_takeover.cases.past_visits",
	"erpnext_takeover.promised_dates": "erpnext_takeover.units.promised_dates",
	"erpnext_takeover.renames": "erpnext_takeover.in_step.renames",
	"erpnext_takeover.runs": "erpnext_takeover.run.runs",
	"erpnext_takeover.serial_numbers": "erpnext_takeover.units.serial_numbers",
	"erpnext_takeover.sources": "erpnext_takeover.in_step.deletions",
	"erpnext_takeover.timeline": "erpnext_takeover.in_step.timeline",
	"erpnext_takeover.worker": "erpnext_takeover.run.worker",
	"field_service.lending": "field_service.case_sharing",
	"foundation.copies": "foundation.names.copies",
	"foundation.deleted_names": "foundation.names.deleted_names",
	"foundation.delivery": "foundation.batches",
	"foundation.keys": "foundation.names.keys",
	"foundation.name_shapes": "foundation.names.name_shapes",
	"foundation.series": "foundation.names.series",
	"foundation.shown_texts": "foundation.names.shown_texts",
	"foundation.stored_names": "foundation.names.stored_names",
	"installed_base.amended": "installed_base.deliveries.amended",
	"installed_base.delivery_facts": "installed_base.deliveries.facts",
	"installed_base.delivery_sweep": "installed_base.deliveries.sweep",
	"installed_base.followed_items": "installed_base.deliveries.followed_items",
	"installed_base.installations": "installed_base.deliveries.installations",
	"installed_base.moved_goods": "installed_base.deliveries.moved_goods",
	"installed_base.return_questions": "installed_base.deliveries.return_questions",
	"installed_base.returns": "installed_base.deliveries.returns",
	"installed_base.unit_changes": "installed_base.form_changes",
	"installed_base.unit_steps": "installed_base.unit_timeline",
	"installed_base.untold_pieces": "installed_base.deliveries.missing_pieces",
	"permissions.attached_file": "permissions.documents.attached_file",
	"permissions.closed_doors": "permissions.portal_access",
	"permissions.coverage_decision": "permissions.documents.of_case",
	"permissions.coverage_decision_line": "permissions.documents.child_rows",
	"permissions.doors": "permissions.customer_endpoints",
	"permissions.engineer_visit": "permissions.documents.engineer_visit",
	"permissions.engineer_visit_part": "permissions.documents.child_rows",
	"permissions.followers": "permissions.user_permissions",
	"permissions.installed_software": "permissions.documents.child_rows",
	"permissions.installed_unit": "permissions.documents.installed_unit",
	"permissions.serial_and_batch_bundle": "permissions.documents.serial_and_batch_bundle",
	"permissions.serial_and_batch_entry": "permissions.documents.child_rows",
	"permissions.service_clock": "permissions.documents.of_case",
	"permissions.service_clock_entry": "permissions.documents.of_case",
	"permissions.service_contract": "permissions.documents.service_contract",
	"permissions.service_message": "permissions.documents.of_case",
	"permissions.service_request": "permissions.documents.service_request",
	"permissions.service_request_move": "permissions.documents.of_case",
	"permissions.service_survey": "permissions.documents.service_survey",
	"permissions.service_warranty": "permissions.documents.service_warranty",
	"permissions.supplier_claim": "permissions.documents.of_case",
	"service_coverage.acceptance": "service_charging.decision.acceptance",
	"service_coverage.charge_checks": "service_charging.billing.checks",
	"service_coverage.charge_drafts": "service_charging.billing.drafts",
	"service_coverage.charge_links": "service_charging.billing.links",
	"service_coverage.charge_rules": "service_charging.rules.charge",
	"service_coverage.charge_standing": "service_charging.billing.balances",
	"service_coverage.charging": "service_charging.billing.charging",
	"service_coverage.contract_api": "service_coverage.contract.api",
	"service_coverage.contract_billing": "service_coverage.contract.billing",
	"service_coverage.contract_content": "service_coverage.contract.content",
	"service_coverage.contract_ends": "service_coverage.contract.ends",
	"service_coverage.contract_import": "service_coverage.contract.importing",
	"service_coverage.contract_renewals": "service_coverage.contract.renewals",
	"service_coverage.contract_rules": "service_coverage.contract.rules",
	"service_coverage.contract_uses": "service_coverage.contract.uses",
	"service_coverage.contract_words": "service_coverage.contract.words",
	"service_coverage.contracts": "service_coverage.contract.contracts",
	"service_coverage.coverage_decide": "service_charging.rules.decide",
	"service_coverage.coverage_details": "service_charging.rules.details",
	"service_coverage.coverage_offers": "service_charging.rules.offers",
	"service_coverage.coverage_preview": "service_charging.decision.preview",
	"service_coverage.coverage_prices": "service_charging.decision.prices",
	"service_coverage.coverage_rules": "service_charging.rules.outcome",
	"service_coverage.coverage_words": "service_charging.decision.words",
	"service_coverage.decision_api": "service_charging.api",
	"service_coverage.decision_lines": "service_charging.decision.lines",
	"service_coverage.decision_store": "service_charging.decision.store",
	"service_coverage.decisions": "service_charging.decision.decisions",
	"service_coverage.decisions_by_hand": "service_charging.decision.by_hand",
	"service_coverage.doctype.coverage_decision": "service_charging.doctype.coverage_decision",
	"service_coverage.doctype.coverage_decision_line": "service_charging.doctype.coverage_decision_line",
	"service_coverage.doctype.supplier_claim": "service_charging.doctype.supplier_claim",
	"service_coverage.entitlement_flow": "service_charging.rules.entitlement_flow",
	"service_coverage.overrides": "service_charging.decision.overrides",
	"service_coverage.supplier_claim_api": "service_charging.api",
	"service_coverage.supplier_claims": "service_charging.supplier_claims",
	"service_coverage.visit_decisions": "service_charging.decision.visits",
	"service_coverage.warranties": "service_coverage.warranty.warranties",
	"service_coverage.warranty_api": "service_coverage.warranty.api",
	"service_coverage.warranty_book": "service_coverage.warranty.register",
	"service_coverage.warranty_display": "service_coverage.warranty.display",
	"service_coverage.warranty_follow": "service_coverage.warranty.follow",
	"service_coverage.warranty_import": "service_coverage.warranty.importing",
	"service_coverage.warranty_late": "service_coverage.warranty.late",
	"service_coverage.warranty_parts": "service_coverage.warranty.parts",
	"service_coverage.warranty_policies": "service_coverage.warranty.policies",
	"service_coverage.warranty_policy_rules": "service_coverage.warranty.policy_rules",
	"service_coverage.warranty_resales": "service_coverage.warranty.resales",
	"service_coverage.warranty_rules": "service_coverage.warranty.rules",
	"service_coverage.warranty_sources": "service_coverage.warranty.sources",
	"service_coverage.warranty_store": "service_coverage.warranty.store",
	"service_coverage.warranty_sweep": "service_coverage.warranty.sweep",
	"service_coverage.warranty_words": "service_coverage.warranty.words",
	"service_intake.access_api": "customer_portal.desk_api",
	"service_intake.portal": "customer_portal.pages",
	"service_intake.portal_api": "customer_portal.api",
	"service_intake.portal_case": "customer_portal.case_page",
	"service_intake.portal_contracts": "customer_portal.contracts",
	"service_intake.portal_coverage": "customer_portal.charges",
	"service_intake.portal_files": "customer_portal.files",
	"service_intake.portal_headers": "customer_portal.headers",
	"service_intake.portal_messages": "customer_portal.messages",
	"service_intake.portal_promises": "customer_portal.promises",
	"service_intake.portal_story": "customer_portal.story",
	"service_intake.portal_survey": "customer_portal.survey",
	"service_intake.portal_warranties": "customer_portal.warranties",
	"service_intake.portal_words": "customer_portal.words",
	"service_intake.print_data": "customer_portal.print_data",
	"service_intake.print_format.service_tracking_card": "customer_portal.print_format.service_tracking_card",
	"service_intake.report.portal_access": "customer_portal.report.portal_access",
	"service_intake.shown_to_customer": "customer_portal.shown_to_customer",
	"service_level.attainment_rules": "service_level.clock.attainment_rules",
	"service_level.book": "service_level.clock.case_clocks",
	"service_level.calendar_api": "service_level.calendar.api",
	"service_level.calendar_content": "service_level.calendar.content",
	"service_level.calendar_preview": "service_level.calendar.preview",
	"service_level.calendar_source": "service_level.calendar.source",
	"service_level.calendars": "service_level.calendar.calendars",
	"service_level.clock_kinds": "service_level.clock.kinds",
	"service_level.clock_rules": "service_level.clock.rules",
	"service_level.clocks": "service_level.clock.clocks",
	"service_level.derive": "service_level.clock.derive",
	"service_level.escalation": "service_level.clock.escalation",
	"service_level.explanation": "service_level.clock.explanation",
	"service_level.explanation_rules": "service_level.clock.explanation_rules",
	"service_level.explanation_sentence": "service_level.clock.explanation_sentence",
	"service_level.explanation_words": "service_level.clock.explanation_words",
	"service_level.import_api": "service_level.api",
	"service_level.kinds": "service_level.clock.registry",
	"service_level.ladder": "service_level.clock.escalation_steps",
	"service_level.ledger_words": "service_level.clock.ledger_words",
	"service_level.policies": "service_level.policy.policies",
	"service_level.policy_api": "service_level.api",
	"service_level.policy_rules": "service_level.policy.rules",
	"service_level.recompute": "service_level.clock.recompute",
	"service_level.scope_facts": "service_level.policy.scope_facts",
	"service_level.sla_rules": "service_level.policy.sla_rules",
	"service_level.store": "service_level.clock.store",
	"service_level.summary": "service_level.clock.summary",
	"service_level.sweep": "service_level.clock.sweep",
	"service_level.wall_clock": "service_level.calendar.wall_clock",
	"service_level.week": "service_level.calendar.week",
	"service_level.working_time": "service_level.calendar.working_time",
	"support_service.assignment": "support_service.assignments.engineer_task",
	"support_service.case_past": "support_service.happenings",
	"support_service.charge_messages": "service_charging.decision.messages",
	"support_service.coverage": "support_service.kept_columns",
	"support_service.customer_answers": "support_service.messaging.customer_answers",
	"support_service.customer_people": "support_service.messaging.customer_people",
	"support_service.doctype.postponed_work": "foundation.doctype.postponed_work",
	"support_service.escalation_words": "support_service.messaging.escalation_words",
	"support_service.escalations": "support_service.messaging.escalations",
	"support_service.held_messages": "support_service.messaging.held_messages",
	"support_service.history": "support_service.past_cases.history",
	"support_service.imported": "support_service.past_cases.imported",
	"support_service.leavers": "support_service.assignments.leavers",
	"support_service.mail_outage": "support_service.messaging.mail_outage",
	"support_service.many_tasks": "support_service.assignments.assign_many",
	"support_service.messages": "support_service.messaging.messages",
	"support_service.notices": "support_service.messaging.notices",
	"support_service.past_case": "support_service.past_cases.past_case",
	"support_service.recipients": "support_service.messaging.recipients",
	"support_service.rule_tasks": "support_service.assignments.assignment_rules",
	"support_service.sms": "support_service.messaging.sms",
	"support_service.tasks": "support_service.assignments.assign_to",
	"support_service.telling": "support_service.messaging.notify",
}
# functions and classes that moved to another module, or have another name
NAMES: dict[str, str] = {
	"erpnext_takeover.issues.follow_issue": "erpnext_takeover.in_step.issues.on_update",
	"erpnext_takeover.issues.forget_case": "erpnext_takeover.in_step.issues.before_insert",
	"erpnext_takeover.issues.note_since": "erpnext_takeover.in_step.issues.validate_settings",
	"erpnext_takeover.issues.open_case": "erpnext_takeover.in_step.issues.after_insert",
	"erpnext_takeover.sources.let_go": "erpnext_takeover.in_step.deletions.on_trash",
	"field_service.errors.CaseNotYoursToLendError": "field_service.errors.CaseNotYoursToShareError",
	"foundation.deleted_names.part_from": "foundation.names.deleted_names.free_name",
	"foundation.delivery.hint": "foundation.batches.enqueue",
	"foundation.delivery.hint_now": "foundation.batches.enqueue_now",
	"foundation.delivery.hint_taken": "foundation.batches.begun",
	"foundation.keys.ends_anew": "foundation.names.keys.with_new_end",
	"foundation.shown_texts.with_ends": "foundation.names.shown_texts.replace_at_ends",
	"installed_base.deliveries.concerns_units": "installed_base.deliveries.documents.concerns_units",
	"installed_base.deliveries.follow_cancelled": "installed_base.deliveries.documents.follow_cancelled",
	"installed_base.deliveries.follow_submitted": "installed_base.deliveries.documents.follow_submitted",
	"installed_base.deliveries.makes_units": "installed_base.deliveries.documents.makes_units",
	"installed_base.deliveries.on_cancel": "installed_base.deliveries.documents.on_cancel",
	"installed_base.deliveries.on_submit": "installed_base.deliveries.documents.on_submit",
	"installed_base.fitted_parts.record": "installed_base.fitted_parts.append",
	"installed_base.unit_events.record": "installed_base.unit_events.store",
	"permissions.doors.customer_door_open": "permissions.customer_endpoints.is_for_customers",
	"permissions.parent_rows.query": "permissions.user_permissions.query_child_rows",
	"permissions.service_contract.query_entitlements": "permissions.documents.child_rows.query",
	"permissions.service_contract.query_units": "permissions.documents.child_rows.query",
	"service_coverage.acceptance.at_first": "service_charging.decision.acceptance.for_new_decision",
	"service_coverage.charge_checks.check": "service_charging.billing.checks.before_submit",
	"service_coverage.charge_checks.check_cancel": "service_charging.billing.checks.before_cancel",
	"service_coverage.charge_checks.settle": "service_charging.billing.checks.before_validate",
	"service_coverage.charge_links.follow_gone": "service_charging.billing.links.on_cancel",
	"service_coverage.charge_links.follow_inserted": "service_charging.billing.links.after_insert",
	"service_coverage.charge_links.follow_new": "service_charging.billing.links.before_insert",
	"service_coverage.charge_links.follow_submitted": "service_charging.billing.links.on_submit",
	"service_coverage.charge_links.stand_for": "service_charging.billing.links.link_to",
	"service_coverage.charge_standing.Standing": "service_charging.billing.balances.Balance",
	"service_coverage.coverage_offers.LABOUR_HOURS": "service_coverage.vocabulary.LABOUR_HOURS",
	"service_coverage.coverage_offers.PARTS_VALUE": "service_coverage.vocabulary.PARTS_VALUE",
	"service_coverage.coverage_offers.VISITS": "service_coverage.vocabulary.VISITS",
	"service_coverage.coverage_prices.currency_of": "foundation.currencies.of_company",
	"service_coverage.coverage_prices.factor": "foundation.currencies.exchange_rate",
	"service_coverage.coverage_rules.Entitlement": "service_coverage.vocabulary.Entitlement",
	"service_coverage.coverage_rules.Exclusion": "service_coverage.vocabulary.Exclusion",
	"service_coverage.coverage_rules.Kind": "service_coverage.vocabulary.Kind",
	"service_coverage.coverage_rules.Line": "service_coverage.vocabulary.Line",
	"service_coverage.coverage_rules.Source": "service_coverage.vocabulary.Source",
	"service_coverage.coverage_rules.SourceKind": "service_coverage.vocabulary.SourceKind",
	"service_coverage.decision_store.show": "service_charging.decision.store.show_on_case",
	"service_coverage.decision_store.standing": "service_charging.decision.store.superseded_by_new",
	"service_coverage.decision_store.standing_of": "service_charging.decision.store.current_of",
	"service_coverage.decisions.judge": "service_charging.decision.decisions.who_pays",
	"service_coverage.decisions.judge_again": "service_charging.decision.decisions.decide_again",
	"service_coverage.expiry_notices.tell_of_expiring": "service_coverage.expiry_notices.notify_of_expiring",
	"service_coverage.visit_decisions.decide_for_visit": "service_charging.decision.visits.decide",
	"service_coverage.warranty_late.rest_again": "service_coverage.warranty.late.suspend_again",
	"service_coverage.warranty_late.resting_by": "service_coverage.warranty.late.suspended_by",
	"service_coverage.warranty_resales.Papers": "service_coverage.warranty.resales.Redelivery",
	"service_coverage.warranty_resales.papers_of": "service_coverage.warranty.resales.redeliveries_of",
	"service_intake.api.files_of_case": "customer_portal.desk_api.files_of_case",
	"service_intake.portal_coverage.keep_proof": "customer_portal.charges.store_proof",
	"service_intake.portal_files.keep": "customer_portal.files.store",
	"service_intake.portal_story.TOLD_MOVES": "customer_portal.story.SHOWN_MOVES",
	"service_intake.portal_story.TOLD_REASONS": "customer_portal.story.SHOWN_REASONS",
	"service_intake.portal_story.reason_to_tell": "customer_portal.story.reason_for_customer",
	"service_level.clock_rules.Terms": "service_level.policy.terms.Terms",
	"service_level.escalation.tell_due": "service_level.clock.escalation.carry_out_due",
	"service_level.ladder.RUNG": "service_level.clock.escalation_steps.STEP",
	"service_level.policy_api.options": "service_level.api.policy_options",
	"service_level.policy_rules.SECONDS_PER_UNIT": "service_level.calendar.durations.SECONDS_PER_UNIT",
	"service_level.policy_rules.WORKING_DAYS": "service_level.calendar.durations.WORKING_DAYS",
	"service_level.policy_rules.target_label": "service_level.calendar.durations.target_label",
	"service_level.policy_rules.target_seconds": "service_level.calendar.durations.target_seconds",
	"service_level.sweep.sweep_and_tell": "service_level.clock.sweep.sweep_and_escalate",
	"service_parts.unit_parts.record": "service_parts.unit_parts.append",
	"support_service.api.tell_again": "support_service.api.notify_again",
	"support_service.case_past.told_by": "support_service.happenings.instant_of",
	"support_service.coverage.COLUMNS": "support_service.kept_columns.OF_COVERAGE",
	"support_service.coverage.keep_columns": "support_service.kept_columns.keep",
	"support_service.telling.hint": "support_service.messaging.notify.enqueue",
	"support_service.telling.tell_due": "support_service.messaging.notify.notify_due",
}


def new_path(path: str) -> str:
	"""The present path of a module or of something in it; `path` itself where nothing was renamed."""
	short = path.removeprefix(f"{APP}.")
	if short == path:
		return path
	if short in NAMES:
		return f"{APP}.{NAMES[short]}"
	module, _dot, rest = short, "", ""
	while module:
		if module in MODULES:
			return f"{APP}.{MODULES[module]}{rest}"
		module, dot, last = module.rpartition(".")
		rest = f"{dot}{last}{rest}"
	return path


def names_of_last_release(module: str) -> Callable[[str], object]:
	"""`__getattr__` of a module that is still there: finds what was in it and has another path or name now, and warns."""

	def find(name: str) -> object:
		old = f"{module}.{name}"
		new = new_path(old)
		if new == old:
			raise AttributeError(f"module {module!r} has no attribute {name!r}")
		warnings.warn(f"{old} is {new} now", DeprecationWarning, stacklevel=2)
		place, _dot, attribute = new.rpartition(".")
		return getattr(importlib.import_module(place), attribute)

	return find


class _OldModule(ModuleType):
	"""Stands for a module that was renamed; its names are looked up where they are now."""

	def __getattr__(self, name: str) -> object:
		if name.startswith("__"):
			raise AttributeError(name)
		module, _dot, attribute = new_path(f"{self.__name__}.{name}").rpartition(".")
		return getattr(importlib.import_module(module), attribute)


class _Finder(MetaPathFinder, Loader):
	def find_spec(
		self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
	) -> ModuleSpec | None:
		short = fullname.removeprefix(f"{APP}.")
		if short == fullname or not _is_old(short):
			return None
		return ModuleSpec(fullname, self, is_package=True)

	def create_module(self, spec: ModuleSpec) -> ModuleType:
		return _OldModule(spec.name)

	def exec_module(self, module: ModuleType) -> None:
		new = new_path(module.__name__)
		if new != module.__name__:
			module.__doc__ = importlib.import_module(new).__doc__
			warnings.warn(f"{module.__name__} is {new} now", DeprecationWarning, stacklevel=2)


def _is_old(short: str) -> bool:
	"""A renamed module, something in one that was a package, or a package that is no more."""
	return new_path(f"{APP}.{short}") != f"{APP}.{short}" or any(
		old.startswith(f"{short}.") for old in MODULES
	)


def install() -> None:
	"""After the ordinary finders: what exists under its own name is never looked up here."""
	if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
		sys.meta_path.append(_Finder())
