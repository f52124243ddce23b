// {% include "support_service/public/js/colours.js" %}

frappe.listview_settings["Service Survey"] = {
	add_fields: ["status", "satisfied", "score"],

	get_indicator(doc) {
		if (doc.satisfied === "No") return [__("Not Satisfied"), "red", "satisfied,=,No"];
		if (doc.satisfied === "Yes") return [__("Satisfied"), "green", "satisfied,=,Yes"];
		const colour = support_service.colours.survey_status[doc.status] || "gray";
		return [__(doc.status, null, "Service Survey"), colour, `status,=,${doc.status}`];
	},
};
