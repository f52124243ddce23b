frappe.listview_settings["Coverage Decision"] = {
	add_fields: ["outcome", "status"],
	get_indicator(doc) {
		const tones = { Covered: "green", "Partly Covered": "yellow", Charged: "orange" };
		if (doc.status !== "Current") {
			return [__(doc.status, null, "Coverage Decision"), "gray", `status,=,${doc.status}`];
		}
		return [__(doc.outcome), tones[doc.outcome], `outcome,=,${doc.outcome}|status,=,Current`];
	},
};
