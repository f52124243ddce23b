frappe.listview_settings["Knowledge Search Miss"] = {
	add_fields: ["state"],
	filters: [["state", "=", "Open"]],

	get_indicator(doc) {
		const colour = { Open: "orange", Answered: "green", Ignored: "gray" }[doc.state];
		const words = {
			Open: __("Open", null, "Knowledge Search Miss"),
			Answered: __("Answered", null, "Knowledge Search Miss"),
			Ignored: __("Ignored", null, "Knowledge Search Miss"),
		};
		return [words[doc.state] || doc.state, colour || "gray", `state,=,${doc.state}`];
	},
};
