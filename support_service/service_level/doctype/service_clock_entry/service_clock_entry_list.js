frappe.listview_settings["Service Clock Entry"] = {
	add_fields: ["event"],
	hide_name_column: true,
	get_indicator(doc) {
		const colour =
			{
				Started: "blue",
				Stopped: "green",
				Reopened: "orange",
				"Not Needed": "gray",
				"Wait Began": "yellow",
				"Wait Ended": "blue",
				Escalated: "red",
			}[doc.event] || "purple";
		return [__(doc.event, null, "Service Clock Entry"), colour, `event,=,${doc.event}`];
	},
};
