frappe.listview_settings["Service Call Back"] = {
	add_fields: ["state", "due_by"],
	hide_name_column: true,
	filters: [["Service Call Back", "state", "=", "Open"]],

	get_indicator(doc) {
		if (doc.state !== "Open") return [__("Done", null, "Service Call Back"), "green", "state,=,Done"];
		const late = doc.due_by && doc.due_by < frappe.datetime.now_datetime();
		return late
			? [__("Overdue"), "red", "state,=,Open"]
			: [__("Open", null, "Service Call Back"), "orange", "state,=,Open"];
	},
};
