// {% include "support_service/public/js/colours.js" %}

frappe.listview_settings["Installed Unit"] = {
	add_fields: ["state", "criticality"],
	filters: [["Installed Unit", "state", "!=", "Retired"]],

	get_indicator(doc) {
		const colour = support_service.colours.unit_state[doc.state] || "gray";
		return [__(doc.state), colour, `state,=,${doc.state}`];
	},

	onload(list) {
		if (frappe.model.can_write("Installed Unit")) {
			list.page.add_actions_menu_item(__("Change State, Site or Contact"), () =>
				change_many(list.get_checked_items(true))
			);
		}
		if (frappe.model.can_print("Installed Unit")) {
			list.page.add_actions_menu_item(__("Print Labels"), () =>
				print_labels(list.get_checked_items(true))
			);
		}
	},
};

function change_many(units) {
	const states = frappe.meta.get_docfield("Installed Unit", "state").options.split("\n");
	const criticality = frappe.meta.get_docfield("Installed Unit", "criticality").options.split("\n");
	const choices = (values) => values.map((value) => ({ value, label: __(value) }));
	const dialog = new frappe.ui.Dialog({
		title: __("Change {0} Units", [units.length]),
		fields: [
			{
				fieldtype: "HTML",
				options: `<p class="text-muted">${__("What is left empty stays as it is.")}</p>`,
			},
			{
				fieldname: "state",
				fieldtype: "Select",
				label: __("State", null, "Installed Unit"),
				options: [{ value: "", label: "" }, ...choices(states)],
			},
			{
				fieldname: "criticality",
				fieldtype: "Select",
				label: __("Criticality"),
				options: choices(criticality),
			},
			{ fieldname: "site_address", fieldtype: "Link", options: "Address", label: __("Site Address") },
			{ fieldname: "contact", fieldtype: "Link", options: "Contact", label: __("Contact") },
		],
		primary_action_label: __("Change"),
		primary_action: async (values) => {
			await frappe.xcall("support_service.installed_base.api.change_many", { units, values });
			dialog.hide();
			frappe.show_alert(__("The units are being changed. You will be notified when it is done."));
		},
	});
	dialog.show();
}

function print_labels(units) {
	const query = new URLSearchParams({
		doctype: "Installed Unit",
		name: JSON.stringify(units),
		format: "Unit Label",
		no_letterhead: 1,
	});
	window.open(`/api/method/frappe.utils.print_format.download_multi_pdf?${query}`);
}
