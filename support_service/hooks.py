from support_service.foundation.platform import SIXTEEN as _SIXTEEN

app_name = "support_service"
app_title = "After-Sales Service"
app_publisher = "support_service contributors"
app_description = "After-sales and field service for ERPNext"
app_email = "support_service@example.com"
app_license = "gpl-3.0"
required_apps = ["erpnext"]

export_python_type_annotations = True

before_install = "support_service.install.before_install"
after_install = "support_service.install.after_install"
before_migrate = "support_service.install.before_migrate"
after_migrate = "support_service.install.after_migrate"
before_uninstall = "support_service.uninstall.before_uninstall"
after_uninstall = "support_service.uninstall.after_uninstall"
setup_wizard_complete = "support_service.setup.service_levels.follow_time_zone"
before_app_install = "support_service.setup.ownership.refuse_app"
after_app_install = [
	"support_service.service_intake.channels.on_app_added",
	"support_service.setup.ownership.warn_of_displaced",
]
after_app_uninstall = "support_service.service_intake.channels.on_app_removed"

# one rule per DocType: it narrows lists, reports and searches (query), forms, REST and what hangs on the document
# (has_permission), and the portal (has_website_permission); see permissions/README.md
permission_query_conditions = {
	# rows of our child tables follow the User Permissions of their document
	"*": "support_service.permissions.user_permissions.query_child_rows",
	"Service Request": "support_service.permissions.documents.service_request.query",
	"Service Request Move": "support_service.permissions.documents.of_case.query",
	"Service Message": "support_service.permissions.documents.of_case.query",
	"Service Mail": "support_service.permissions.documents.of_case.query",
	"Service Clock": "support_service.permissions.documents.of_case.query",
	"Service Clock Entry": "support_service.permissions.documents.of_case.query",
	"Engineer Visit": "support_service.permissions.documents.engineer_visit.query",
	"Engineer Visit Part": "support_service.permissions.documents.child_rows.query",
	"Equipment Loan": "support_service.permissions.documents.equipment_loan.query",
	"Equipment Loan Entry": "support_service.permissions.documents.equipment_loan.query",
	"Equipment Loan Piece": "support_service.permissions.documents.child_rows.query",
	"Equipment Loan Return": "support_service.permissions.documents.child_rows.query",
	"Installed Unit": "support_service.permissions.documents.installed_unit.query",
	"Service Warranty": "support_service.permissions.documents.service_warranty.query",
	"Installed Software": "support_service.permissions.documents.child_rows.query",
	"Service Survey": "support_service.permissions.documents.service_survey.query",
	"Service Survey Answer": "support_service.permissions.documents.child_rows.query",
	"Service Improvement": "support_service.permissions.documents.service_improvement.query",
	"Coverage Decision": "support_service.permissions.documents.of_case.query",
	"Coverage Decision Line": "support_service.permissions.documents.child_rows.query",
	"Supplier Claim": "support_service.permissions.documents.of_case.query",
	"Removed Part": "support_service.permissions.documents.removed_part.query",
	"Removed Part Move": "support_service.permissions.documents.child_rows.query",
	"Part Need": "support_service.permissions.documents.of_case.query",
	"Part Reservation": "support_service.permissions.documents.of_case.query",
	"Service Alert": "support_service.permissions.documents.of_case.query",
	"Service Chat": "support_service.permissions.documents.of_case.query",
	"Service Chat Message": "support_service.permissions.documents.child_rows.query",
	"Service Call": "support_service.permissions.user_permissions.query",
	"Service Call Back": "support_service.permissions.documents.call_back.query",
	"Service Webhook Delivery": "support_service.permissions.user_permissions.query",
	"Service Contract": "support_service.permissions.documents.service_contract.query",
	"Service Contract Unit": "support_service.permissions.documents.child_rows.query",
	"Service Contract Entitlement": "support_service.permissions.documents.child_rows.query",
	"Serial and Batch Bundle": "support_service.permissions.documents.serial_and_batch_bundle.query",
	"Serial and Batch Entry": "support_service.permissions.documents.child_rows.query",
	"File": "support_service.permissions.documents.attached_file.query",
	"Van Count": "support_service.permissions.documents.vans.query",
	"Van Count Row": "support_service.permissions.documents.child_rows.query",
	"Van Handover": "support_service.permissions.documents.vans.query",
	"Unit Reading": "support_service.permissions.user_permissions.query",
	"Installed Unit Event": "support_service.permissions.user_permissions.query",
	"Fitted Part Entry": "support_service.permissions.user_permissions.query",
	"Service Warranty Entry": "support_service.permissions.user_permissions.query",
	"Service Contract Use": "support_service.permissions.user_permissions.query",
}
has_permission = {
	# whoever names a document in a link of ours must be allowed to see it
	"*": "support_service.permissions.named_links.has_permission",
	"Service Request": "support_service.permissions.documents.service_request.has_permission",
	"Service Request Move": "support_service.permissions.documents.of_case.has_permission",
	"Service Message": "support_service.permissions.documents.of_case.has_permission",
	"Service Mail": "support_service.permissions.documents.of_case.has_permission",
	"Service Clock": "support_service.permissions.documents.of_case.has_permission",
	"Service Clock Entry": "support_service.permissions.documents.of_case.has_permission",
	"Engineer Visit": "support_service.permissions.documents.engineer_visit.has_permission",
	"Equipment Loan": "support_service.permissions.documents.equipment_loan.has_permission",
	"Equipment Loan Entry": "support_service.permissions.documents.equipment_loan.has_permission",
	"Installed Unit": "support_service.permissions.documents.installed_unit.has_permission",
	"Service Warranty": "support_service.permissions.documents.service_warranty.has_permission",
	"Service Survey": "support_service.permissions.documents.service_survey.has_permission",
	"Service Improvement": "support_service.permissions.documents.service_improvement.has_permission",
	"Coverage Decision": "support_service.permissions.documents.of_case.has_permission",
	"Supplier Claim": "support_service.permissions.documents.of_case.has_permission",
	"Removed Part": "support_service.permissions.documents.removed_part.has_permission",
	"Part Need": "support_service.permissions.documents.of_case.has_permission",
	"Part Reservation": "support_service.permissions.documents.of_case.has_permission",
	"Service Alert": "support_service.permissions.documents.of_case.has_permission",
	"Service Chat": "support_service.permissions.documents.of_case.has_permission",
	"Service Call": "support_service.permissions.user_permissions.has_permission",
	"Service Call Back": "support_service.permissions.documents.call_back.has_permission",
	"Service Webhook Delivery": "support_service.permissions.user_permissions.has_permission",
	"Service Contract": "support_service.permissions.documents.service_contract.has_permission",
	"Serial and Batch Bundle": "support_service.permissions.documents.serial_and_batch_bundle.has_permission",
	"Van Count": "support_service.permissions.documents.vans.has_permission",
	"Van Handover": "support_service.permissions.documents.vans.has_permission",
	"File": "support_service.permissions.documents.attached_file.has_permission",
	# and so must whoever names a document of ours in a task
	"ToDo": "support_service.permissions.tasks_on_ours.has_permission",
	"Unit Reading": "support_service.permissions.user_permissions.has_permission",
	"Installed Unit Event": "support_service.permissions.user_permissions.has_permission",
	"Fitted Part Entry": "support_service.permissions.user_permissions.has_permission",
	"Service Warranty Entry": "support_service.permissions.user_permissions.has_permission",
	"Service Contract Use": "support_service.permissions.user_permissions.has_permission",
}
has_website_permission = {
	"Service Request": "support_service.permissions.documents.service_request.has_website_permission",
	"Engineer Visit": "support_service.permissions.documents.engineer_visit.has_website_permission",
	"Installed Unit": "support_service.permissions.documents.installed_unit.has_website_permission",
	"Service Contract": "support_service.permissions.documents.service_contract.has_website_permission",
	"Service Warranty": "support_service.permissions.documents.service_warranty.has_website_permission",
}

# headers of what comes in by mail are read where it comes in
override_doctype_class = {
	"Email Account": "support_service.overrides.email_account.ServiceEmailAccount",
	"Personal Data Deletion Request": "support_service.overrides.personal_data_deletion_request.ServiceDeletionRequest",
}

treeviews = ["Installed Unit"]
# ERPNext's own forms know our documents
override_doctype_dashboards = {
	"Customer": "support_service.erpnext_desk.connections.customer",
	"Contact": "support_service.erpnext_desk.connections.contact",
	"Item": "support_service.erpnext_desk.connections.item",
	"Serial No": "support_service.erpnext_desk.connections.serial_no",
	"Asset": "support_service.erpnext_desk.connections.asset",
	"Delivery Note": "support_service.erpnext_desk.connections.delivery_note",
	"Quotation": "support_service.erpnext_desk.connections.quotation",
	"Sales Order": "support_service.erpnext_desk.connections.sales_order",
	"Sales Invoice": "support_service.erpnext_desk.connections.sales_invoice",
	"Supplier": "support_service.erpnext_desk.connections.supplier",
	"Employee": "support_service.erpnext_desk.connections.employee",
	"Project": "support_service.erpnext_desk.connections.project",
	"Material Request": "support_service.erpnext_desk.connections.material_request",
	"Call Log": "support_service.erpnext_desk.connections.call_log",
	"Purchase Order": "support_service.erpnext_desk.connections.purchase_order",
}
notification_config = "support_service.erpnext_desk.connections.open_filters"
# these answer without asking whether the reader may see the document; see erpnext_desk/README.md
override_whitelisted_methods = {
	"frappe.desk.notifications.get_open_count": "support_service.erpnext_desk.api.get_open_count",
	"frappe.utils.global_search.search": "support_service.erpnext_desk.api.global_search",
	"frappe.desk.search.get_link_title": "support_service.erpnext_desk.api.get_link_title",
	"frappe.desk.form.load.getdoc": "support_service.erpnext_desk.api.getdoc",
	"frappe.desk.form.load.get_docinfo": "support_service.erpnext_desk.api.get_docinfo",
	# gives all or nothing, after it has notified some
	"frappe.desk.form.assign_to.add_multiple": "support_service.support_service.api.add_multiple",
}
# browsers keep them for long: the number at the end changes with the file
app_include_js = [
	"/assets/support_service/js/search_bar.js?v=2",
	"/assets/support_service/js/sidebar.js?v=1",
	"/assets/support_service/js/incoming_calls.js?v=1",
	"/assets/support_service/js/waiting_chats.js?v=1",
]
boot_session = "support_service.setup.sidebar.boot_session"
if _SIXTEEN:
	# Frappe 15 would lead to another workspace, as it takes the last part of the route for a workspace's name
	add_to_apps_screen = [
		{
			"name": app_name,
			"logo": "/assets/support_service/images/after-sales-service.svg",
			"title": app_title,
			"route": "/desk/after-sales-service",
			"has_permission": "support_service.setup.sidebar.is_for_me",
		}
	]
doctype_js = {
	"Customer": ["public/js/customer_access.js", "public/js/erpnext_forms.js"],
	"Contact": "public/js/erpnext_forms.js",
	"Serial No": "public/js/erpnext_forms.js",
	"Asset": "public/js/erpnext_forms.js",
	# the second: which units a return took back, where it does not say so itself
	"Delivery Note": ["public/js/erpnext_forms.js", "public/js/returned_units.js"],
	"Sales Invoice": ["public/js/erpnext_forms.js", "public/js/returned_units.js"],
	"Stock Entry": "public/js/stock_entry.js",
	"Installed Unit": ["public/js/unit_warranties.js", "public/js/loans_of.js", "public/js/shown_files.js"],
	# which of its files the customer is shown on the portal
	"Service Contract": "public/js/shown_files.js",
	# the parts a request needs, where they are, and getting them there; devices on loan on a case, and what comes back at a visit
	# (and known problems)
	"Service Request": ["public/js/part_needs.js", "public/js/loans_of.js", "public/js/problems_of.js"],
	# and what is reserved for its request and not on it
	"Engineer Visit": ["public/js/loans_of.js", "public/js/visit_needs.js"],
	# made by people, changed by nobody
	"Unit Reading": "public/js/new_only.js",
	"Van Handover": "public/js/new_only.js",
	# what an ERPNext record became, one click away
	"Issue": "public/js/taken_over.js",
	"Warranty Claim": "public/js/taken_over.js",
	"Maintenance Visit": "public/js/taken_over.js",
	"Maintenance Schedule": "public/js/taken_over.js",
}
# the mails of the Issue a case was made of, for those who may read that Issue; calls about it, with their recordings
additional_timeline_content = {
	"Service Request": [
		"support_service.erpnext_takeover.in_step.timeline.mails_of_issue",
		"support_service.service_intake.calls.timeline.calls_of_case",
	]
}

# One entry per DocType: what happens to it, each list in the order in which it runs. Those of "*" run after those of the DocType.
# ERPNext's and Frappe's documents come first; a handler of theirs is named after its event. Custom events: `new_version`, `agreed_anew` and `decided_anew` are sent by the room that owns the
# document to the rooms above it.
doc_events = {
	"*": {
		# links name what their reader may see, on paper too
		"before_print": "support_service.erpnext_desk.link_titles.before_print",
		# a rule reads numbers, whatever a client sent
		"before_validate": "support_service.foundation.typed.settle_numbers",
		# names change: what keeps one elsewhere than in a link follows, and so does what is shown of another record
		"before_rename": "support_service.foundation.names.stored_names.before_rename",
		"after_rename": [
			"support_service.foundation.names.stored_names.after_rename",
			"support_service.foundation.names.copies.after_rename",
		],
		# and numbers are given again: what names the deleted document must not mean the next
		"after_delete": "support_service.foundation.names.deleted_names.after_delete",
	},
	# customers and their people
	"Customer": {
		"onload": "support_service.erpnext_desk.at_a_glance.onload",
		# who signs up on the website acts for the customer that ERPNext makes of them
		"before_insert": "support_service.permissions.portal_users.before_insert",
		# open cases of merged customers are promised and covered by what the one that stays has agreed
		"before_rename": "support_service.support_service.merged_customers.before_rename",
		"after_rename": "support_service.support_service.merged_customers.after_rename",
		"on_update": "support_service.foundation.names.copies.on_update",
	},
	"Contact": {"on_update": "support_service.foundation.names.copies.on_update"},
	"Address": {"on_update": "support_service.foundation.names.copies.on_update"},
	# whose address is whose is not for everybody to say
	"Contact Email": {
		"validate": "support_service.permissions.contact_rows.validate",
		"on_trash": "support_service.permissions.contact_rows.on_trash",
	},
	"Contact Phone": {
		"validate": "support_service.permissions.contact_rows.validate",
		"on_trash": "support_service.permissions.contact_rows.on_trash",
	},
	"Dynamic Link": {
		"validate": "support_service.permissions.contact_rows.validate",
		"on_trash": "support_service.permissions.contact_rows.on_trash",
	},
	# open tasks of somebody who left go to whoever stands in
	"User": {
		"on_update": [
			"support_service.support_service.assignments.leavers.on_update_user",
			"support_service.service_parts.vans.notices.on_update_user",
		]
	},
	# telephone systems fill it: the hotline opens by itself, an unanswered call is called back
	"Call Log": {
		"after_insert": "support_service.service_intake.calls.register.after_insert",
		"on_update": "support_service.service_intake.calls.register.on_update",
	},
	# a person is erased from our documents, too
	"Personal Data Deletion Request": {
		"before_erasure": "support_service.setup.personal_data.before_erasure"
	},
	# goods: what ERPNext delivers, installs or keeps for a customer becomes a unit; returns and cancellations are followed
	"Item": {"on_update": "support_service.foundation.names.copies.on_update"},
	"Delivery Note": {
		# what is reserved for a request is not given out without a word
		"before_submit": "support_service.service_parts.needs.outgoing.before_submit",
		"on_submit": [
			"support_service.installed_base.deliveries.documents.on_submit",
			"support_service.service_parts.needs.booked.on_submit",
			"support_service.service_parts.needs.documents.on_submit",
		],
		"on_cancel": [
			"support_service.installed_base.deliveries.documents.on_cancel",
			"support_service.service_parts.needs.documents.on_cancel",
		],
		"on_trash": "support_service.foundation.let_go.on_trash",
	},
	"Installation Note": {
		"on_submit": "support_service.installed_base.deliveries.documents.on_submit",
		"on_cancel": "support_service.installed_base.deliveries.documents.on_cancel",
		"on_trash": "support_service.foundation.let_go.on_trash",
	},
	"Asset": {
		"onload": "support_service.erpnext_desk.at_a_glance.onload",
		"on_submit": "support_service.installed_base.deliveries.documents.on_submit",
		"on_cancel": "support_service.installed_base.deliveries.documents.on_cancel",
		"on_trash": "support_service.foundation.let_go.on_trash",
	},
	"Serial No": {
		"onload": "support_service.erpnext_desk.at_a_glance.onload",
		"on_update": "support_service.service_coverage.warranty.display.on_update_serial_no",
	},
	# ERPNext has just wiped or renewed the warranty of the serial numbers that moved: what our ledger says is put back
	"Stock Ledger Entry": {
		"on_submit": "support_service.service_coverage.warranty.display.on_submit_stock_ledger_entry"
	},
	"Stock Entry": {
		"before_insert": "support_service.service_parts.own_links.before_insert",
		"before_validate": [
			"support_service.permissions.links_to_ours.before_validate",
			"support_service.service_parts.own_links.before_validate",
		],
		"before_cancel": [
			# what a loan has moved is undone by the loan
			"support_service.service_parts.loans.postings.before_cancel",
			# a removed part follows the stock document of its last step
			"support_service.service_parts.removed.by_hand.before_cancel",
		],
		# what is reserved for a request stays there, what was needed has come
		"before_submit": "support_service.service_parts.needs.outgoing.before_submit",
		"on_submit": [
			"support_service.service_parts.needs.booked.on_submit",
			"support_service.service_parts.needs.documents.on_submit",
		],
		"on_cancel": "support_service.service_parts.needs.documents.on_cancel",
		"on_trash": "support_service.foundation.let_go.on_trash",
	},
	# what a counted van lacks or has too much: the store posts it, the count follows
	"Stock Reconciliation": {
		"before_insert": "support_service.service_parts.vans.reconciliations.before_insert",
		"before_validate": [
			"support_service.permissions.links_to_ours.before_validate",
			"support_service.service_parts.own_links.before_validate",
			"support_service.service_parts.vans.reconciliations.before_validate",
		],
		"after_insert": "support_service.service_parts.vans.reconciliations.after_insert",
		"on_submit": [
			"support_service.service_parts.vans.reconciliations.on_submit",
			"support_service.service_parts.needs.documents.on_submit",
		],
		"on_cancel": [
			"support_service.service_parts.vans.reconciliations.on_cancel",
			"support_service.service_parts.needs.documents.on_cancel",
		],
		"on_trash": "support_service.foundation.let_go.on_trash",
	},
	# what is asked for and promised for a needed part
	"Material Request": {
		"before_validate": "support_service.service_parts.needs.request_rows.before_validate",
		"on_change": "support_service.service_parts.needs.documents.on_change",
		"on_cancel": "support_service.foundation.let_go.on_cancel",
		"on_trash": [
			"support_service.service_parts.needs.documents.on_trash",
			"support_service.foundation.let_go.on_trash",
		],
	},
	"Purchase Order": {
		"on_change": "support_service.service_parts.needs.documents.on_change",
		"on_cancel": "support_service.foundation.let_go.on_cancel",
		"on_trash": "support_service.foundation.let_go.on_trash",
	},
	# selling: what a customer is charged with says for which decision, and the decision names it. What our flows make in
	# ERPNext, or follow, stays its users' to cancel and delete; our links on it are keys to ours
	"Quotation": {
		"before_insert": "support_service.service_charging.billing.links.before_insert",
		"before_validate": [
			"support_service.permissions.links_to_ours.before_validate",
			"support_service.service_charging.billing.checks.before_validate",
		],
		"after_insert": "support_service.service_charging.billing.links.after_insert",
		"before_submit": "support_service.service_charging.billing.checks.before_submit",
		"on_submit": "support_service.service_charging.billing.links.on_submit",
		"before_cancel": "support_service.service_charging.billing.checks.before_cancel",
		"on_cancel": [
			"support_service.service_charging.billing.links.on_cancel",
			"support_service.foundation.let_go.on_cancel",
		],
		"on_trash": [
			"support_service.service_charging.billing.links.on_trash",
			"support_service.foundation.let_go.on_trash",
		],
	},
	"Sales Order": {
		"before_insert": "support_service.service_charging.billing.links.before_insert",
		"before_validate": [
			"support_service.permissions.links_to_ours.before_validate",
			"support_service.service_charging.billing.checks.before_validate",
		],
		"after_insert": "support_service.service_charging.billing.links.after_insert",
		"before_submit": "support_service.service_charging.billing.checks.before_submit",
		"on_submit": "support_service.service_charging.billing.links.on_submit",
		# "Update Items" of a submitted order
		"before_update_after_submit": "support_service.service_charging.billing.checks.before_update_after_submit",
		"before_cancel": "support_service.service_charging.billing.checks.before_cancel",
		"on_cancel": "support_service.service_charging.billing.links.on_cancel",
		"on_trash": [
			"support_service.service_charging.billing.links.on_trash",
			"support_service.foundation.let_go.on_trash",
		],
	},
	"Sales Invoice": {
		"before_insert": [
			"support_service.service_charging.billing.links.before_insert",
			# an amended invoice of a contract is an ordinary one
			"support_service.service_coverage.contract.billing.before_insert",
		],
		"before_validate": [
			"support_service.permissions.links_to_ours.before_validate",
			"support_service.service_charging.billing.checks.before_validate",
			"support_service.service_charging.billing.timesheets.before_validate",
		],
		"after_insert": [
			"support_service.service_charging.billing.links.after_insert",
			"support_service.service_parts.loans.charges.after_insert",
		],
		"before_submit": [
			"support_service.service_charging.billing.checks.before_submit",
			"support_service.service_parts.needs.outgoing.before_submit",
		],
		"on_submit": [
			"support_service.service_charging.billing.links.on_submit",
			"support_service.installed_base.deliveries.documents.on_submit",
			"support_service.service_parts.needs.booked.on_submit",
			"support_service.service_parts.needs.documents.on_submit",
		],
		"before_cancel": "support_service.service_charging.billing.checks.before_cancel",
		"on_cancel": [
			"support_service.service_charging.billing.links.on_cancel",
			"support_service.installed_base.deliveries.documents.on_cancel",
			"support_service.service_parts.needs.documents.on_cancel",
		],
		"on_trash": [
			"support_service.service_charging.billing.links.on_trash",
			"support_service.foundation.let_go.on_trash",
		],
		# what a deleted draft was to charge is due again
		"after_delete": "support_service.service_coverage.contract.billing.after_delete",
	},
	# the hours of a visit
	"Timesheet": {
		"before_insert": "support_service.service_charging.billing.timesheets.before_insert",
		"before_validate": "support_service.permissions.links_to_ours.before_validate",
		"on_cancel": "support_service.service_charging.billing.timesheets.on_cancel",
		"on_trash": "support_service.foundation.let_go.on_trash",
	},
	"Purchase Receipt": {
		"before_insert": "support_service.service_parts.own_links.before_insert",
		"before_validate": [
			"support_service.permissions.links_to_ours.before_validate",
			"support_service.service_parts.own_links.before_validate",
		],
		"before_submit": "support_service.service_parts.needs.outgoing.before_submit",
		"on_submit": [
			"support_service.service_parts.needs.booked.on_submit",
			"support_service.service_parts.needs.documents.on_submit",
		],
		"before_cancel": "support_service.service_parts.removed.by_hand.before_cancel",
		"on_cancel": [
			"support_service.service_parts.needs.documents.on_cancel",
			"support_service.foundation.let_go.on_cancel",
		],
		"on_trash": "support_service.foundation.let_go.on_trash",
	},
	"Purchase Invoice": {
		"before_insert": "support_service.service_parts.own_links.before_insert",
		"before_validate": [
			"support_service.permissions.links_to_ours.before_validate",
			"support_service.service_parts.own_links.before_validate",
		],
		"before_submit": "support_service.service_parts.needs.outgoing.before_submit",
		"on_submit": [
			# a debit note for what went back is the vendor's credit
			"support_service.service_parts.removed.by_hand.on_submit",
			"support_service.service_parts.needs.booked.on_submit",
			"support_service.service_parts.needs.documents.on_submit",
		],
		"before_cancel": "support_service.service_parts.removed.by_hand.before_cancel",
		"on_cancel": [
			"support_service.service_parts.needs.documents.on_cancel",
			"support_service.foundation.let_go.on_cancel",
		],
		"on_trash": "support_service.foundation.let_go.on_trash",
	},
	# promises count by the holidays of today's list, and a policy's scope names groups and territories
	"Holiday List": {"on_update": "support_service.service_level.calendar.calendars.on_update_holiday_list"},
	"Item Group": {
		"on_update": "support_service.service_level.policy.scope_facts.on_update",
		"on_trash": "support_service.service_level.policy.scope_facts.on_trash",
	},
	"Customer Group": {
		"on_update": "support_service.service_level.policy.scope_facts.on_update",
		"on_trash": "support_service.service_level.policy.scope_facts.on_trash",
	},
	"Territory": {
		"on_update": "support_service.service_level.policy.scope_facts.on_update",
		"on_trash": "support_service.service_level.policy.scope_facts.on_trash",
	},
	# mail: the first that a person sends is the first response, what a customer writes ends our waiting for them
	"Communication": {
		"before_insert": "support_service.foundation.automatic_mail.before_insert_communication",
		"after_insert": [
			"support_service.support_service.promises.after_insert_communication",
			"support_service.support_service.messaging.customer_answers.after_insert",
			"support_service.service_api.webhooks.events.after_insert_communication",
		],
	},
	# what the app sends by itself calls for no automatic answer
	# leaves from the address the customer wrote to, and says which request an answer is about
	"Email Queue": {
		"before_insert": [
			"support_service.foundation.automatic_mail.before_insert_email_queue",
			"support_service.support_service.messaging.outgoing.before_insert_email_queue",
		]
	},
	# Frappe's "Assign To" on a case is our assignment; on a visit it is a task, and that is said
	"ToDo": {
		"before_validate": "support_service.support_service.assignments.assign_to.before_validate",
		"after_insert": "support_service.field_service.visit_tasks.after_insert",
		"on_update": "support_service.support_service.assignments.assign_to.on_update",
		"on_trash": "support_service.support_service.assignments.assign_to.on_trash",
	},
	"Assignment Rule": {"validate": "support_service.support_service.assignments.assignment_rules.validate"},
	# a site may keep working with Issues: where it is switched on, each opens a case, whose status flows back
	"Issue": {
		"before_validate": "support_service.permissions.links_to_ours.before_validate",
		"before_insert": "support_service.erpnext_takeover.in_step.issues.before_insert",
		"after_insert": "support_service.erpnext_takeover.in_step.issues.after_insert",
		"on_update": "support_service.erpnext_takeover.in_step.issues.on_update",
		"on_trash": "support_service.erpnext_takeover.in_step.deletions.on_trash",
	},
	"Warranty Claim": {"on_trash": "support_service.erpnext_takeover.in_step.deletions.on_trash"},
	"Maintenance Visit": {"on_trash": "support_service.erpnext_takeover.in_step.deletions.on_trash"},
	"Maintenance Schedule": {"on_trash": "support_service.erpnext_takeover.in_step.deletions.on_trash"},
	# --- documents of this app. What each names belongs to its customer (which fields: belonging/table.py), and whoever
	# names something that is out of use is told
	"Service Request": {
		"validate": [
			"support_service.belonging.check.check",
			"support_service.belonging.in_use.warn",
		],
		"before_update_after_submit": "support_service.belonging.check.check",
		"on_update": [
			# it turns out which unit a case is about: who pays is judged anew
			"support_service.service_charging.decision.decisions.follow_case",
			# last: Frappe's Assignment Rules run next, what they give is followed when they have run
			"support_service.support_service.assignments.assignment_rules.begin",
		],
		"on_change": "support_service.support_service.assignments.assignment_rules.settle",
		"agreed_anew": "support_service.service_charging.decision.decisions.decide_again",
	},
	# every step of a case is a row in its ledger; whoever must react to a step listens here
	"Service Request Move": {
		"after_insert": [
			"support_service.support_service.promises.follow_move",
			"support_service.support_service.assignments.engineer_task.follow_move",
			"support_service.service_feedback.surveys.follow_move",
			"support_service.service_charging.decision.decisions.follow_move",
			# what promises and coverage show on a new case
			"support_service.support_service.kept_columns.follow_move",
			"support_service.erpnext_takeover.in_step.issues.follow_move",
			"support_service.service_parts.needs.case_moves.follow_move",
			"support_service.service_api.webhooks.events.after_insert_move",
		]
	},
	"Service Team": {"validate": "support_service.belonging.in_use.warn"},
	"Service Mailbox": {"validate": "support_service.belonging.in_use.warn"},
	"Service Robot": {"validate": "support_service.belonging.in_use.warn"},
	"Support Service Settings": {
		"validate": [
			"support_service.belonging.in_use.warn",
			"support_service.erpnext_takeover.in_step.issues.validate_settings",
		]
	},
	# what submitting and cancelling a visit do: support_service_visit_steps, below
	"Engineer Visit": {
		"validate": [
			"support_service.belonging.check.check",
			"support_service.belonging.in_use.warn",
		],
		"before_update_after_submit": "support_service.belonging.check.check",
		"after_insert": "support_service.service_api.webhooks.events.after_insert_visit",
		"on_submit": "support_service.service_api.webhooks.events.on_submit_visit",
		"on_trash": "support_service.service_parts.loans.visit_returns.on_trash",
	},
	"Equipment Loan": {
		"validate": [
			"support_service.belonging.check.check",
			"support_service.belonging.in_use.warn",
		],
		"before_update_after_submit": "support_service.belonging.check.check",
	},
	"Service Engineer": {
		"validate": "support_service.belonging.in_use.warn",
		"on_update": [
			"support_service.foundation.names.copies.on_update",
			"support_service.support_service.assignments.leavers.on_update_service_engineer",
			"support_service.service_parts.vans.notices.on_update_service_engineer",
		],
	},
	# a van changes hands: whose it is stands on the engineers
	"Van Handover": {
		"validate": "support_service.belonging.in_use.warn",
		"after_handover": "support_service.field_service.vans.after_handover",
		"after_undo": "support_service.field_service.vans.after_undo",
	},
	"Installed Unit": {
		"validate": [
			"support_service.belonging.check.check",
			"support_service.belonging.in_use.warn",
		],
		"before_update_after_submit": "support_service.belonging.check.check",
		"on_update": [
			"support_service.service_coverage.warranty.display.on_update_installed_unit",
			"support_service.foundation.names.copies.on_update",
		],
	},
	"Unit Reading": {
		"validate": [
			"support_service.belonging.check.check",
			"support_service.belonging.in_use.warn",
		],
		"before_update_after_submit": "support_service.belonging.check.check",
	},
	# a part fitted as a replacement has a warranty of its own, as long as it is inside
	"Fitted Part Entry": {"after_insert": "support_service.service_coverage.warranty.parts.follow_entry"},
	"Warranty Policy": {"validate": "support_service.belonging.in_use.warn"},
	"Service Contract": {
		"validate": [
			"support_service.belonging.check.check",
			"support_service.belonging.in_use.warn",
		],
		"before_update_after_submit": "support_service.belonging.check.check",
		# what was agreed changes what open cases were promised
		"on_submit": "support_service.support_service.agreements.follow_contract",
		"on_update_after_submit": "support_service.support_service.agreements.follow_contract",
		"on_cancel": "support_service.support_service.agreements.follow_contract",
	},
	# a row that is saved past its document
	"Service Contract Unit": {"validate": "support_service.belonging.check.check_row"},
	"Service Contract Template": {"validate": "support_service.belonging.in_use.warn"},
	"Service Level Policy": {
		"before_validate": "support_service.support_service.messaging.escalations.before_validate_policy",
		"validate": "support_service.belonging.in_use.warn",
	},
	# what was promised by a calendar is computed again
	"Service Calendar": {"new_version": "support_service.service_level.clock.recompute.follow_calendar"},
	"Coverage Decision": {
		# the customer is asked by mail, and whoever works on the case hears the answer
		"on_update": "support_service.service_charging.decision.messages.follow_decision",
		"decided_anew": [
			"support_service.field_service.written_back.follow_decision",
			"support_service.service_charging.billing.timesheets.follow_decision",
		],
	},
	"Part Need": {
		"validate": [
			"support_service.belonging.check.check",
			"support_service.belonging.in_use.warn",
		],
		"before_update_after_submit": "support_service.belonging.check.check",
	},
	"Spare Parts List": {"validate": "support_service.belonging.in_use.warn"},
	"Supplier Claim": {
		"validate": [
			"support_service.belonging.check.check",
			"support_service.belonging.in_use.warn",
		],
		"before_update_after_submit": "support_service.belonging.check.check",
	},
	"Service Survey": {
		"validate": "support_service.belonging.check.check",
		"before_update_after_submit": "support_service.belonging.check.check",
		# sent by the survey's own room: the customer is to be called
		"scored_low": "support_service.service_intake.calls.low_scores.follow_survey",
	},
	# what is learnt from answers
	"Service Improvement": {
		"validate": "support_service.belonging.check.check",
		"before_update_after_submit": "support_service.belonging.check.check",
	},
}

# What submitting and cancelling a visit do, in this order, in the one transaction of the save. Each step gets the visit and the
# Posting (foundation/posting.py) in which it finds what earlier steps have found out. Other apps add steps at the end.
support_service_visit_steps = {
	"before_submit": [
		"support_service.service_parts.removed.visit_steps.check",
		"support_service.service_parts.visit_stock.check",
	],
	"on_submit": [
		"support_service.field_service.case_effects.report",
		# who pays is known before parts are drawn: their cost goes there
		"support_service.service_charging.decision.visits.decide",
		"support_service.service_parts.visit_stock.draw",
		# what was drawn is not needed any more
		"support_service.service_parts.needs.visit_use.use_up",
		"support_service.field_service.written_back.show_results",
		"support_service.service_parts.unit_parts.append",
		# where a removed part goes depends on who pays
		"support_service.service_parts.removed.visit_steps.expect",
		"support_service.field_service.written_back.show_removed",
		# devices that were on loan come back with the engineer
		"support_service.service_parts.loans.visit_returns.take_back",
		# hours as far as they are charged
		"support_service.service_charging.billing.timesheets.record",
		# last: until then the report acts on the case
		"support_service.field_service.visit_messages.tell_done",
		"support_service.field_service.case_sharing.end",
	],
	"on_cancel": [
		# first: it refuses where a removed part has come back
		"support_service.service_parts.removed.visit_steps.withdraw",
		"support_service.field_service.case_effects.withdraw_arrival",
		"support_service.service_parts.visit_stock.give_back",
		"support_service.service_parts.needs.visit_use.give_back",
		"support_service.service_parts.unit_parts.reverse",
		"support_service.service_parts.loans.visit_returns.lend_again",
		"support_service.service_charging.billing.timesheets.withdraw",
		"support_service.service_charging.decision.visits.withdraw",
		"support_service.field_service.case_sharing.end",
	],
}

# the (item, warehouse) pairs that steps touch besides those of the part rows: their Bins are locked before anything is read
support_service_visit_places = ["support_service.service_parts.loans.visit_returns.places"]
# pieces that are booked for days to come: visits, scans and ERPNext's documents that take one are told
support_service_booked_pieces = ["support_service.service_parts.loans.kept.booked"]

scheduler_events = {
	"cron": {
		"* * * * *": [
			"support_service.support_service.agreements.run",
			"support_service.support_service.promises.start_again",
			"support_service.service_level.clock.recompute.run",
			"support_service.service_level.clock.sweep.sweep",
			"support_service.service_level.clock.sweep.sweep_and_escalate",
			"support_service.support_service.messaging.notify.notify_due",
			"support_service.service_intake.mail.pull.run",
			"support_service.service_intake.mail.process.run",
			"support_service.erpnext_takeover.run.runs.sweep",
			"support_service.service_parts.needs.resume.run",
			"support_service.service_intake.alerts.process.run",
			"support_service.service_intake.calls.register.run",
			"support_service.service_intake.calls.call_backs.run",
			"support_service.service_intake.chat.sweep.run",
			"support_service.service_api.webhooks.deliveries.run",
		]
	},
	"hourly": [
		"support_service.service_feedback.problems.proposals.run",
		"support_service.service_parts.loans.reminders.remind_due",
		"support_service.support_service.assignments.leavers.run",
		"support_service.foundation.names.copies.run",
		"support_service.erpnext_takeover.in_step.issues.open_missing",
		"support_service.erpnext_takeover.in_step.issues.follow_missed",
		"support_service.service_parts.needs.documents.catch_up",
		"support_service.service_parts.needs.documents.read_back",
	],
	"daily": [
		"support_service.service_parts.removed.overdue.warn",
		"support_service.service_coverage.warranty.sweep.move_by_date",
		"support_service.service_coverage.expiry_notices.notify_of_expiring",
		"support_service.service_feedback.surveys.remind",
		"support_service.service_feedback.surveys.expire",
		"support_service.service_feedback.periodic.run",
		"support_service.service_feedback.improvements.remind",
		"support_service.service_parts.vans.notices.run",
		"support_service.support_service.promises.start_missing",
		"support_service.service_level.calendar.calendars.publish_changed",
		"support_service.installed_base.deliveries.sweep.catch_up",
		"support_service.service_coverage.contract.ends.refresh_statuses",
		"support_service.service_coverage.contract.renewals.submit_due",
		"support_service.service_coverage.contract.renewals.propose_due",
		"support_service.service_coverage.contract.billing.make_due",
		"support_service.service_parts.needs.expiry.run",
		"support_service.service_api.answers.forget_old",
		"support_service.service_api.webhooks.deliveries.forget_old",
	],
}

# plug-in points, used by ourselves through the same door as by other apps; see docs/extending.md
support_service_message_senders = {
	"Email": "support_service.support_service.messaging.messages.send_by_email",
	"SMS": "support_service.support_service.messaging.ways.sms.send",
	"Group Chat": "support_service.support_service.messaging.ways.robots.send",
}
# what customers are written of, each event with its built-in text; see support_service/messaging/texts/events.py
support_service_message_events = [
	"support_service.support_service.messaging.texts.case_events.EVENTS",
	"support_service.service_charging.decision.message_events.EVENTS",
	"support_service.field_service.message_events.EVENTS",
	"support_service.service_parts.loans.message_events.EVENTS",
	"support_service.service_feedback.message_events.EVENTS",
]
support_service_escalation_actions = {
	"Desk Notification": "support_service.support_service.messaging.escalations.notify_on_desk",
	"Email": "support_service.support_service.messaging.escalations.send_mail",
	"SMS": "support_service.support_service.messaging.escalations.send_sms",
	"Group Chat": "support_service.support_service.messaging.escalations.send_to_chat",
	"Reassign": "support_service.support_service.messaging.escalations.reassign",
	"Raise Priority": "support_service.support_service.messaging.escalations.raise_case_priority",
	"Propose Loan": "support_service.service_parts.loans.proposals.propose_loan",
}
# what rooms above the case hang on it by themselves: it goes with a case on which nothing happened
support_service_hanging_on_cases = [
	"support_service.service_charging.case_removal.DECISIONS",
	"support_service.service_feedback.case_removal.SURVEYS",
	"support_service.service_intake.alerts.case_removal.ALERTS",
	"support_service.service_intake.mail.case_removal.MAILS",
	"support_service.service_intake.calls.case_removal.CALLS",
	"support_service.service_intake.calls.case_removal.CALL_BACKS",
	"support_service.service_api.webhooks.case_removal.DELIVERIES",
	"support_service.service_parts.loans.case_removal.LOANS",
	"support_service.service_parts.loans.case_removal.ENTRIES",
]
# case → part rows of a new visit
support_service_visit_parts = ["support_service.service_parts.needs.visit_rows.rows_for"]
# called with all unit events of one document: what happens to a unit happens to its warranty
support_service_unit_listeners = ["support_service.service_coverage.warranty.warranties.follow_units"]
# names kept elsewhere than in a Link, and what is shown of other records: each room's list
support_service_stored_names = [
	"support_service.installed_base.stored_names.STORED",
	"support_service.service_level.stored_names.STORED",
	"support_service.service_coverage.stored_names.STORED",
	"support_service.support_service.stored_names.STORED",
	"support_service.service_charging.stored_names.STORED",
	"support_service.field_service.stored_names.STORED",
	"support_service.service_parts.loans.stored_names.STORED",
	"support_service.service_parts.vans.stored_names.STORED",
	"support_service.service_parts.stored_names.STORED",
	"support_service.service_feedback.stored_names.STORED",
	"support_service.erpnext_takeover.stored_names.STORED",
	"support_service.service_intake.stored_names.STORED",
	"support_service.service_api.stored_names.STORED",
]
support_service_copies = [
	"support_service.installed_base.copies.COPIES",
	"support_service.service_coverage.copies.COPIES",
	"support_service.support_service.copies.COPIES",
	"support_service.service_charging.copies.COPIES",
	"support_service.field_service.copies.COPIES",
	"support_service.service_parts.loans.copies.COPIES",
	"support_service.service_parts.copies.COPIES",
]
support_service_intake_channels = [
	"support_service.service_intake.channels.builtin",
	"support_service.erpnext_takeover.kinds.CHANNEL",
]
# pages that show a customer private files, by what the files hang on; what no page shows is hidden from them
support_service_shown_files = {
	"Service Request": "support_service.customer_portal.shown_to_customer.file_of_case",
	"Communication": "support_service.customer_portal.shown_to_customer.file_of_message",
	"Installed Unit": "support_service.customer_portal.marked_files.is_marked",
	"Service Contract": "support_service.customer_portal.marked_files.is_marked",
}
# case → what its clocks give its columns
support_service_promises_shown_by = ["support_service.support_service.promises.show"]
support_service_clock_kinds = ["support_service.service_level.clock.kinds.BUILTIN"]

# the customer's pages; a case number comes last, so that the named pages win
website_route_rules = [
	{"from_route": "/u/<token>", "to_route": "service-label"},
	{"from_route": "/service/new", "to_route": "service/new"},
	{"from_route": "/service/chat", "to_route": "service/chat"},
	{"from_route": "/service/contracts", "to_route": "service/contracts"},
	{"from_route": "/service/loans", "to_route": "service/loans"},
	{"from_route": "/service/invoices", "to_route": "service/invoices"},
	{"from_route": "/service/people", "to_route": "service/people"},
	{"from_route": "/service/units", "to_route": "service/units"},
	{"from_route": "/service/units/<name>", "to_route": "service/unit"},
	{"from_route": "/service/<name>", "to_route": "service/case"},
]
portal_menu_items = [{"title": "Service Requests", "route": "/service", "role": "Customer"}]
auth_hooks = [
	"support_service.permissions.portal_access.refuse",
	"support_service.permissions.documents.attached_file.refuse",
	# monitoring systems prove themselves before Frappe looks at their bearer token
	"support_service.service_intake.alerts.proof.identify",
]
after_request = [
	"support_service.foundation.rate_limits.after_request",
	"support_service.customer_portal.headers.after_request",
	# errors of the API in one shape, Frappe's own too
	"support_service.service_api.errors.after_request",
]

# what happened to a unit or its warranty names its documents and does not keep them from being deleted; nor does what is
# still to be done
ignore_links_on_delete = [
	"Portal Invitation",
	"Installed Unit Event",
	"Service Warranty Entry",
	"Takeover Finding",
	"Postponed Work",
	"Part Reservation",
	"Service Mail",
	"Service Call",
	"Service Call Back",
	"Service Chat Message",
]

# what an engineer gets of theirs with Frappe's Personal Data Download, which hands out every column of every row: no requests,
# whose customer is shown them on the portal; erasing is in setup/personal_data.py
user_data_fields = [{"doctype": "Service Engineer", "filter_by": "user"}]

# what the print formats ask for beside the document they print
jinja = {
	"methods": [
		"support_service.installed_base.print_data.unit_maintenance_file",
		"support_service.installed_base.print_data.unit_label_code",
		"support_service.service_coverage.warranty.words.warranty_certificate",
		"support_service.service_coverage.contract.words.service_contract_print",
		"support_service.customer_portal.print_data.service_card_movements",
		"support_service.field_service.print_data.service_visits_of",
		"support_service.field_service.print_data.accepted_charge_of",
	]
}
