// {% include "support_service/public/js/colours.js" %}
// {% include "support_service/installed_base/doctype/installed_unit/installed_unit_history.js" %}
// {% include "support_service/installed_base/doctype/installed_unit/installed_unit_readings.js" %}

frappe.ui.form.on("Installed Unit", {
	setup(frm) {
		frm.set_query("serial_no", () => ({
			filters: frm.doc.item_code ? { item_code: frm.doc.item_code } : {},
		}));
		frm.set_query("parent_unit", () => ({
			filters: { customer: frm.doc.customer, name: ["!=", frm.doc.name] },
		}));
		for (const [field, query] of [
			["contact", "frappe.contacts.doctype.contact.contact.contact_query"],
			["site_address", "frappe.contacts.doctype.address.address.address_query"],
		]) {
			frm.set_query(field, () =>
				frm.doc.customer
					? { query, filters: { link_doctype: "Customer", link_name: frm.doc.customer } }
					: {}
			);
		}
	},

	refresh(frm) {
		if (frm.is_new()) return;
		frm.page.set_indicator(
			__(frm.doc.state),
			support_service.colours.unit_state[frm.doc.state] || "gray"
		);
		support_service.unit_history.show(frm);
		frm.add_custom_button(__("Tree"), () =>
			frappe.set_route("Tree", "Installed Unit", { customer: frm.doc.customer })
		);
		if (frappe.model.can_print(frm.doctype)) {
			frm.page.add_menu_item(__("Print Label"), () => print_label(frm));
		}
		if (frm.perm[0]?.write) frm.page.add_menu_item(__("Make Label Invalid"), () => renew_label(frm));
		if (frm.doc.state !== "Retired" && frappe.model.can_create("Service Request")) {
			frm.add_custom_button(__("New Case"), () => new_case(frm))
				.removeClass("btn-default")
				.addClass("btn-primary");
		}
	},
});

function new_case(frm) {
	frappe.new_doc("Service Request", {
		customer: frm.doc.customer,
		customer_name: frm.doc.customer_name,
		installed_unit: frm.doc.name,
		contact: frm.doc.contact,
		site_address: frm.doc.site_address,
	});
}

function print_label(frm) {
	const query = new URLSearchParams({
		doctype: frm.doctype,
		name: JSON.stringify([frm.doc.name]),
		format: "Unit Label",
		no_letterhead: 1,
	});
	window.open(`/api/method/frappe.utils.print_format.download_multi_pdf?${query}`);
}

function renew_label(frm) {
	frappe.confirm(
		__(
			"Labels of this unit that were printed before will lead nowhere. A new label must be printed. Go on?"
		),
		async () => {
			await frappe.xcall("support_service.installed_base.api.renew_label", { unit: frm.doc.name });
			frappe.show_alert(__("The old label is invalid. Print a new one."));
			frm.reload_doc();
		}
	);
}
