// {% include "support_service/public/js/colours.js" %}
// {% include "support_service/public/js/asked_by_form.js" %}
// {% include "support_service/public/js/next_on_phone.js" %}
// {% include "support_service/support_service/doctype/service_request/service_request_moves.js" %}
// {% include "support_service/support_service/doctype/service_request/service_request_facts.js" %}
// {% include "support_service/public/js/promises.js" %}
// {% include "support_service/support_service/doctype/service_request/service_request_promises.js" %}
// {% include "support_service/public/js/coverage_view.js" %}
// {% include "support_service/public/js/decision_actions.js" %}
// {% include "support_service/support_service/doctype/service_request/service_request_coverage.js" %}
// {% include "support_service/support_service/doctype/service_request/service_request_address.js" %}
// {% include "support_service/public/js/shown_files.js" %}
// {% include "support_service/support_service/doctype/service_request/service_request_messages.js" %}
// {% include "support_service/support_service/doctype/service_request/service_request_merging.js" %}

frappe.ui.form.on("Service Request", {
	setup(frm) {
		frm.set_query("installed_unit", () => ({
			filters: frm.doc.customer ? { customer: frm.doc.customer } : {},
		}));
		frm.set_query("channel", () => ({ filters: { enabled: 1 } }));
		frm.set_query("team", () => ({ filters: { disabled: 0 } }));
		for (const field of ["contact", "site_address"]) {
			const query =
				field === "contact"
					? "frappe.contacts.doctype.contact.contact.contact_query"
					: "frappe.contacts.doctype.address.address.address_query";
			frm.set_query(field, () =>
				frm.doc.customer
					? { query, filters: { link_doctype: "Customer", link_name: frm.doc.customer } }
					: {}
			);
		}
	},

	// the desk keeps the fields of each document apart: for each one, not once for the form
	onload(frm) {
		frm.get_docfield("next_due_kind").formatter = (value) => __(value);
		support_service.case_messages.offer_ways(frm);
		for (const state of ["status", "clock_state"]) {
			frm.get_docfield(state).formatter = (value) => __(value, null, "Service Request");
		}
	},

	refresh(frm) {
		support_service.next_on_phone(frm, []);
		support_service.case_moves.show_indicator(frm);
		support_service.case_moves.show_intro(frm);
		support_service.case_facts.show_unit(frm);
		support_service.case_promises.show(frm);
		support_service.case_coverage.show(frm);
		if (frm.is_new()) return;
		support_service.case_address.show(frm);
		lock_archived(frm);
		support_service.case_moves.add_buttons(frm);
		support_service.case_moves.show_movements(frm);
		support_service.shown_files.show(frm, frm.fields_dict.files_html.$wrapper);
		support_service.case_messages.show(frm);
		support_service.case_merging.show(frm);
		add_visit_button(frm);
		add_print_buttons(frm);
		reload_when_assigned(frm);
	},

	async installed_unit(frm) {
		support_service.case_facts.show_unit(frm);
		if (!frm.doc.installed_unit || frm.doc.customer) return;
		const { message } = await frappe.db.get_value("Installed Unit", frm.doc.installed_unit, [
			"customer",
			"contact",
			"site_address",
		]);
		await frm.set_value({
			customer: message.customer,
			contact: frm.doc.contact || message.contact,
			site_address: frm.doc.site_address || message.site_address,
		});
	},

	async contact(frm) {
		if (!frm.doc.contact) return;
		const { message } = await frappe.db.get_value("Contact", frm.doc.contact, [
			"full_name",
			"mobile_no",
			"phone",
			"email_id",
		]);
		await frm.set_value({
			contact_name: message.full_name,
			contact_phone: message.mobile_no || message.phone,
			contact_email: message.email_id,
		});
	},
});

// Closed cases are the record of what was done; the lead may still amend them.
function lock_archived(frm) {
	const locked = frm.doc.archived && !frappe.user.has_role(["After-Sales Lead", "Service Manager"]);
	if (locked) frm.disable_form();
}

function add_visit_button(frm) {
	const over = ["Closed", "Cancelled"].includes(frm.doc.status);
	if (over || !frappe.model.can_create("Engineer Visit")) return;
	frm.add_custom_button(__("New Visit"), async () => {
		const { parts, ...values } = await frappe.xcall("support_service.field_service.api.visit_defaults", {
			request: frm.doc.name,
		});
		frappe.new_doc("Engineer Visit", values, (visit) => {
			for (const part of parts) {
				Object.assign(frappe.model.add_child(visit, "Engineer Visit Part", "parts"), part);
			}
		});
	});
}

function add_print_buttons(frm) {
	const formats = { "Service Tracking Card": __("Service Tracking Card") };
	if (["Resolved", "Closed"].includes(frm.doc.status)) {
		formats["Fault Handling Report"] = __("Fault Handling Report");
	}
	for (const [format, label] of Object.entries(formats)) {
		frm.add_custom_button(label, () => open_print(frm, format), __("Print"));
	}
}

// The document itself, ready to hand over; the print view (Ctrl+P) still offers every other format.
function open_print(frm, format) {
	const query = new URLSearchParams({
		doctype: frm.doctype,
		name: frm.doc.name,
		format,
		_lang: frappe.boot.lang,
	});
	window.open(`/api/method/frappe.utils.print_format.download_pdf?${query}`);
}

// giving the case to somebody in the sidebar assigns it: the form shows its new state
function reload_when_assigned(frm) {
	const sidebar = frm.assign_to;
	if (!sidebar || sidebar.shows_state_of_case) return;
	sidebar.shows_state_of_case = true;
	const render = sidebar.render.bind(sidebar);
	sidebar.render = (assignments) => {
		const changed = frm.get_docinfo().assignments !== assignments;
		render(assignments);
		if (changed && !frm.is_dirty()) frm.reload_doc();
	};
}
