// {% include "support_service/public/js/warranties.js" %}

// The warranties of a unit on its form; loaded by hooks.py, for the unit's own room knows nothing of warranties.
frappe.ui.form.on("Installed Unit", {
	refresh(frm) {
		if (!frm.is_new()) show_warranties(frm);
	},
});

async function show_warranties(frm) {
	const { warranties } = support_service;
	const { name } = frm.doc;
	const rows = await frappe.xcall(`${warranties.api}.of_unit`, { unit: name });
	if (frm.doc.name !== name) return;
	frm.dashboard.add_section(section_html(rows), __("Warranties")).addClass("unit-warranties");
	frm.dashboard.show();
	const stands = rows.some((row) => !row.fitted_part && row.status !== "Void");
	if (!stands && warranties.may_change()) {
		frm.add_custom_button(__("Start Warranty"), () => start(frm));
	}
}

function section_html(rows) {
	const { warranties } = support_service;
	const escape = frappe.utils.escape_html;
	if (!rows.length) return `<p class="text-muted mb-0">${__("This unit has no warranty of ours.")}</p>`;
	return rows
		.map((row) => {
			const part = [row.part_item, row.part_serial].filter(Boolean).join(" ");
			const covers = warranties.covers(row) || __("Waits for installation or acceptance");
			return `<div class="mb-2">${warranties.pill(row.status)}
				<a href="${frappe.utils.get_form_link("Service Warranty", row.name)}">${escape(row.name)}</a>
				${part ? `<b>${escape(part)}</b>` : ""} <span class="text-muted">${escape(covers)}</span></div>`;
		})
		.join("");
}

function start(frm) {
	const { warranties } = support_service;
	const dialog = new frappe.ui.Dialog({
		title: __("Start Warranty"),
		fields: [
			{
				fieldname: "starts_on",
				fieldtype: "Date",
				label: __("Starts On"),
				default: frm.doc.delivered_on,
				description: __("Empty: the day the policy says"),
			},
			{
				fieldname: "policy",
				fieldtype: "Link",
				options: "Warranty Policy",
				label: __("Warranty Policy"),
				description: __("Empty: the policy that holds for its item"),
				get_query: () => ({ filters: { enabled: 1 } }),
			},
			{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 },
		],
		primary_action_label: __("Start Warranty"),
		async primary_action(values) {
			await frappe.xcall(`${warranties.api}.start_warranty`, { unit: frm.doc.name, ...values }, "POST");
			dialog.hide();
			frm.reload_doc();
		},
	});
	dialog.show();
}
