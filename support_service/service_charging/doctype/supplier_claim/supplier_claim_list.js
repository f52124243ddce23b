frappe.listview_settings["Supplier Claim"] = {
	get_indicator(doc) {
		const tones = { Draft: "gray", Sent: "blue", Accepted: "green", Refused: "red", Settled: "cyan" };
		return [__(doc.status, null, "Supplier Claim"), tones[doc.status], `status,=,${doc.status}`];
	},
};
