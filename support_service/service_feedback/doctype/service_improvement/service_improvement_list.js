// {% include "support_service/public/js/colours.js" %}

frappe.listview_settings["Service Improvement"] = {
	add_fields: ["status", "due_on"],

	get_indicator(doc) {
		if (doc.status === "Open" && doc.due_on < frappe.datetime.get_today())
			return [__("Late", null, "Service Improvement"), "red", "status,=,Open|due_on,<,Today"];
		const colour = support_service.colours.improvement_status[doc.status] || "gray";
		return [__(doc.status, null, "Service Improvement"), colour, `status,=,${doc.status}`];
	},
};
