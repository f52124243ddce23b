frappe.listview_settings["Portal Invitation"] = {
	add_fields: ["status", "expires_on"],

	get_indicator(doc) {
		const over = doc.status === "Open" && doc.expires_on < frappe.datetime.now_datetime();
		if (over) return [__("Expired"), "gray", `status,=,Open|expires_on,<,${doc.expires_on}`];
		const colour = { Open: "orange", Accepted: "green", Revoked: "gray" }[doc.status];
		return [__(doc.status, null, "Portal Invitation"), colour, `status,=,${doc.status}`];
	},
};
