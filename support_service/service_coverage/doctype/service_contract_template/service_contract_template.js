// {% include "support_service/public/js/contracts.js" %}

frappe.ui.form.on("Service Contract Template", {
	setup(frm) {
		frm.set_query("service_level_policy", () => ({ filters: { enabled: 1 } }));
		frm.set_query("calendar", () => ({ filters: { disabled: 0 } }));
		frm.set_query("item_code", () => ({ filters: { is_sales_item: 1, disabled: 0 } }));
	},

	refresh(frm) {
		support_service.contracts.show_whole_numbers(frm);
		if (frm.is_new() || frm.doc.disabled || !frappe.model.can_create("Service Contract")) return;
		frm.add_custom_button(__("New Contract"), () =>
			frappe.new_doc("Service Contract", { template: frm.doc.name })
		)
			.removeClass("btn-default")
			.addClass("btn-primary");
	},
});
