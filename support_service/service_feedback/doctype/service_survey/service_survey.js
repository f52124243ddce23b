// {% include "support_service/public/js/colours.js" %}

frappe.ui.form.on("Service Survey", {
	refresh(frm) {
		if (frm.is_new()) return;
		frm.page.set_indicator(
			__(frm.doc.status, null, frm.doctype),
			support_service.colours.survey_status[frm.doc.status] || "gray"
		);
		frm.set_intro("");
		if (frm.doc.status === "Answered") {
			add_improvement(frm);
			return;
		}
		if (frm.doc.status === "Expired" && !frm.doc.service_request) return;
		if (frm.doc.engineer_user === frappe.session.user) {
			frm.set_intro(
				__("Whoever solved a request may not record its survey. Ask a colleague."),
				"orange"
			);
			return;
		}
		if (frappe.user.has_role(["Service Desk Agent", "After-Sales Lead", "Service Manager"])) {
			const text = frm.doc.service_request
				? __("Call the customer and record what they say. Yes closes the request, no reopens it.")
				: __("Call the customer and record what they say.");
			frm.set_intro(text, "blue");
			frm.add_custom_button(__("Record Phone Answer"), () => record_answer(frm))
				.removeClass("btn-default")
				.addClass("btn-primary");
		}
	},
});

function add_improvement(frm) {
	if (!frappe.model.can_create("Service Improvement")) return;
	const button = frm.add_custom_button(__("Improvement"), () =>
		frappe.new_doc("Service Improvement", {
			service_survey: frm.doc.name,
			service_request: frm.doc.service_request,
			team: frm.doc.team,
		})
	);
	if (frm.doc.low_score || frm.doc.satisfied === "No")
		button.removeClass("btn-default").addClass("btn-primary");
}

const SCALES = {
	"Satisfaction (1 to 5)": [1, 5],
	"Recommendation (0 to 10)": [0, 10],
	"Effort (1 to 7)": [1, 7],
};

// the question of each row as a field of the dialog
function fields_of(rows) {
	return rows.map((row, number) => {
		const field = {
			fieldname: `question_${number}`,
			label: row.question,
			reqd: row.mandatory,
			fieldtype: "Select",
		};
		if (row.kind in SCALES) {
			const [low, high] = SCALES[row.kind];
			const numbers = Array.from({ length: high - low + 1 }, (_, step) => String(high - step));
			return { ...field, options: ["", ...numbers], description: __(row.kind) };
		}
		if (row.kind === "Choice") return { ...field, options: ["", ...row.choices.split("\n")] };
		if (row.kind === "Yes or No") {
			const options = [
				{ value: "", label: "" },
				{ value: "1", label: __("Yes") },
				{ value: "0", label: __("No", null, "Service Survey") },
			];
			return { ...field, options };
		}
		return { ...field, fieldtype: "Small Text" };
	});
}

async function record_answer(frm) {
	let request = null;
	if (frm.doc.service_request) {
		const found = await frappe.db.get_value("Service Request", frm.doc.service_request, [
			"contact_name",
			"contact_phone",
		]);
		request = found.message;
	}
	const solved = {
		fieldtype: "Select",
		fieldname: "satisfied",
		label: __("Is the customer satisfied?"),
		options: [
			{ value: "Yes", label: __("Yes") },
			{ value: "No", label: __("No", null, "Service Survey") },
		],
		reqd: 1,
	};
	const said = {
		fieldtype: "Small Text",
		fieldname: "comment",
		label: __("What did they say?"),
		mandatory_depends_on: "eval:doc.satisfied === 'No'",
	};
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
				default: request?.contact_name || frm.doc.contact_email,
				reqd: 1,
			},
			...(request ? [solved] : []),
			...fields_of(frm.doc.answers),
			...(request ? [said] : []),
		],
		primary_action_label: __("Record"),
		primary_action: async ({ answered_by, satisfied, comment, ...questions }) => {
			dialog.disable_primary_action();
			const answers = {};
			for (const [field, value] of Object.entries(questions)) {
				if (field.startsWith("question_")) answers[field.slice("question_".length)] = value;
			}
			try {
				await frappe.xcall("support_service.service_feedback.api.answer_by_phone", {
					survey: frm.doc.name,
					satisfied: request ? (satisfied === "Yes" ? 1 : 0) : undefined,
					answered_by,
					comment,
					answers,
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
