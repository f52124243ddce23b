frappe.query_reports["Van Replenishment"] = {
	filters: [
		{
			fieldname: "engineer",
			label: __("Service Engineer"),
			fieldtype: "Link",
			options: "Service Engineer",
			get_query: () => ({ filters: { van_warehouse: ["is", "set"] } }),
		},
		{ fieldname: "team", label: __("Team"), fieldtype: "Link", options: "Service Team" },
	],

	get_datatable_options(options) {
		return Object.assign(options, { checkboxColumn: true });
	},

	onload(report) {
		report.page
			.add_inner_button(__("Request Chosen"), () => request_parts(report))
			.addClass("btn-primary");
	},

	formatter(value, row, column, data, default_formatter) {
		const shown = default_formatter(value, row, column, data);
		if (column.fieldname !== "free" || !data) return shown;
		return `<span class="indicator ${data.free >= data.needed ? "green" : "red"}">${shown}</span>`;
	},
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
