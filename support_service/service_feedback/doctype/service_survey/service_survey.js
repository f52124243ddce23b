// {% include "support_service/public/js/colours.js" %}

frappe.ui.form.on("Service Survey", {
	refresh(frm) {
		if (frm.is_new()) return;
		frm.page.set_indicator(
			__(frm.doc.status, null, frm.doctype),
			support_service.colours.survey_status[frm.doc.status] || "gray"
		);
		frm.set_intro("");
		if (frm.doc.status === "Answered") return;
		if (frm.doc.engineer_user === frappe.session.user) {
			frm.set_intro(
				__("Whoever solved a request may not record its survey. Ask a colleague."),
				"orange"
			);
			return;
		}
		if (frappe.user.has_role(["Service Desk Agent", "After-Sales Lead", "Service Manager"])) {
			frm.set_intro(
				__("Call the customer and record what they say. Yes closes the request, no reopens it."),
				"blue"
			);
			frm.add_custom_button(__("Record Phone Answer"), () => record_answer(frm))
				.removeClass("btn-default")
				.addClass("btn-primary");
		}
	},
});

async function record_answer(frm) {
	const { message: request } = await frappe.db.get_value("Service Request", frm.doc.service_request, [
		"contact_name",
		"contact_phone",
	]);
	const dialog = new frappe.ui.Dialog({
		title: __("Record Phone Answer"),
		fields: [
			{
				fieldtype: "HTML",
				fieldname: "call",
				options: request?.contact_phone
					? `<p>${__("Call {0}", [
							frappe.utils.escape_html(
								[request.contact_name, request.contact_phone].filter(Boolean).join(" · ")
							),
						])}</p>`
					: "",
			},
			{
				fieldtype: "Data",
				fieldname: "answered_by",
				label: __("Who Answered"),
				default: request?.contact_name,
				reqd: 1,
			},
			{
				fieldtype: "Select",
				fieldname: "satisfied",
				label: __("Is the customer satisfied?"),
				options: [
					{ value: "Yes", label: __("Yes") },
					{ value: "No", label: __("No", null, "Service Survey") },
				],
				reqd: 1,
			},
			{
				fieldtype: "Select",
				fieldname: "score",
				label: __("Score (1 to 5)"),
				options: ["", "5", "4", "3", "2", "1"],
			},
			{
				fieldtype: "Small Text",
				fieldname: "comment",
				label: __("What did they say?"),
				mandatory_depends_on: "eval:doc.satisfied === 'No'",
			},
		],
		primary_action_label: __("Record"),
		primary_action: async ({ answered_by, satisfied, score, comment }) => {
			dialog.disable_primary_action();
			try {
				await frappe.xcall("support_service.service_feedback.api.answer_by_phone", {
					survey: frm.doc.name,
					satisfied: satisfied === "Yes" ? 1 : 0,
					answered_by,
					score: score || undefined,
					comment,
				});
				dialog.hide();
				await frm.reload_doc();
			} finally {
				dialog.enable_primary_action();
			}
		},
	});
	dialog.show();
}
