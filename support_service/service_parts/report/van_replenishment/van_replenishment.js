// {% include "support_service/public/js/report_filters.js" %}

frappe.query_reports["Van Replenishment"] = {
	filters: [support_service.report_filters.engineer_with_van(), support_service.report_filters.team()],

	get_datatable_options(options) {
		return Object.assign(options, { checkboxColumn: true });
	},

	onload(report) {
		report.page
			.add_inner_button(__("Request Chosen"), () => request_parts(report))
			.addClass("btn-primary");
	},

	formatter: support_service.report_filters.dot("free", (free, { needed }) =>
		free >= needed ? "green" : "red"
	),
};

async function request_parts(report) {
	const chosen = report.datatable?.rowmanager.getCheckedRows() || [];
	const rows = chosen
		.map((place) => report.data[place])
		.filter((row) => row?.item_code)
		.map(({ warehouse, item_code }) => ({ warehouse, item_code }));
	if (!rows.length) {
		frappe.msgprint(__("Tick the items to be requested."));
		return;
	}
	const done = await frappe.xcall("support_service.service_parts.vans.api.request_for_vans", { rows });
	const made = done.requests.map((name) =>
		frappe.model.can_read("Material Request")
			? frappe.utils.get_form_link("Material Request", name, true)
			: frappe.utils.escape_html(name)
	);
	frappe.msgprint(
		made.length
			? __("Requested: {0}. The store transfers it to the vans.", [made.join(", ")])
			: __("Nothing lacks any more: it is in the van or on its way.")
	);
	report.refresh();
}
