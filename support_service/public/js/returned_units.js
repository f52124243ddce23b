// {% include "support_service/public/js/asked_by_form.js" %}
// For a return that does not say which Installed Units came back: who may write it chooses them here.
for (const doctype of ["Delivery Note", "Sales Invoice"]) {
	frappe.ui.form.on(doctype, {
		async refresh(frm) {
			if (frm.doc.docstatus !== 1 || !frm.doc.is_return) return;
			if (doctype === "Sales Invoice" && !frm.doc.update_stock) return;
			if (!frm.perm[0]?.write) return;
			const method = "support_service.installed_base.api.units_to_name";
			const of_what = { doctype, name: frm.doc.name };
			const questions = await support_service.asked_by_form(frm, method, of_what);
			if (!questions?.length) return;
			const label = __("Units That Came Back");
			if (frm.custom_buttons[label]) return; // the form was refreshed twice
			frm.set_intro(
				__("This return does not say which Installed Units came back: press Units That Came Back."),
				"orange"
			);
			frm.add_custom_button(label, () => ask(frm, questions));
		},
	});
}

function ask(frm, questions) {
	const { escape_html } = frappe.utils;
	const dialog = new frappe.ui.Dialog({
		title: __("Which units came back?"),
		fields: questions.map((question, number) => ({
			fieldname: `units_${number}`,
			fieldtype: "MultiCheck",
			label: __("{0} of {1} came back", [question.pieces, escape_html(question.item_code)]),
			columns: 1,
			options: question.candidates.map((unit) => ({
				value: unit.name,
				label: escape_html(
					[unit.label, unit.name, unit.site, frappe.datetime.str_to_user(unit.delivered_on)]
						.filter(Boolean)
						.join(", ")
				),
			})),
		})),
		primary_action_label: __("They Came Back"),
		primary_action(values) {
			const units = Object.values(values).flat();
			if (!units.length) {
				frappe.show_alert({ message: __("Tick the units that came back."), indicator: "orange" });
				return;
			}
			// a refusal is shown by Frappe; the dialog stays open for another choice
			frappe
				.xcall("support_service.installed_base.api.name_returned_units", {
					doctype: frm.doctype,
					name: frm.doc.name,
					units,
				})
				.then(() => {
					dialog.hide();
					frm.reload_doc();
				})
				.catch(() => {});
		},
	});
	dialog.show();
}
