// {% include "support_service/public/js/colours.js" %}

const IMPROVEMENT_STEPS = {
	Open: [
		["done", __("Done", null, "Service Improvement"), __("What was done?"), true],
		["drop", __("Drop"), __("Why is it not wanted any more?")],
	],
	Done: [
		["prove", __("Proved"), __("What proves that it helped?"), true],
		["again", __("Open Again"), __("Why?")],
	],
	Proved: [["again", __("Open Again"), __("Why?")]],
	Dropped: [["again", __("Open Again"), __("Why?")]],
};

frappe.ui.form.on("Service Improvement", {
	refresh(frm) {
		if (frm.is_new()) return;
		const colour = support_service.colours.improvement_status[frm.doc.status] || "gray";
		frm.page.set_indicator(__(frm.doc.status, null, frm.doctype), colour);
		if (!frm.perm[0]?.write) return;
		for (const [action, label, question, first] of IMPROVEMENT_STEPS[frm.doc.status]) {
			// whoever did it cannot prove it
			if (action === "prove" && frm.doc.done_by === frappe.session.user) continue;
			const button = frm.add_custom_button(label, () => ask(frm, action, label, question));
			if (first) button.removeClass("btn-default").addClass("btn-primary");
		}
	},
});

function ask(frm, action, label, question) {
	const fields = [{ fieldtype: "Small Text", fieldname: "text", label: question, reqd: 1 }];
	const dialog = new frappe.ui.Dialog({
		title: label,
		fields,
		primary_action_label: label,
		primary_action: async ({ text }) => {
			dialog.disable_primary_action();
			try {
				await frappe.xcall("support_service.service_feedback.api.improvement_step", {
					name: frm.doc.name,
					action,
					text,
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
