frappe.ui.form.on("Part Need", {
	setup(frm) {
		const drawable = () => ({ filters: { is_stock_item: 1, disabled: 0, has_variants: 0 } });
		frm.set_query("item_code", drawable);
		frm.set_query("engineer_visit", () => ({
			filters: { service_request: frm.doc.service_request, docstatus: 0 },
		}));
	},

	onload(frm) {
		frm.get_docfield("status").formatter = (value) => __(value, null, "Part Need");
	},

	refresh(frm) {
		const over = ["Used", "Cancelled"].includes(frm.doc.status);
		if (over) frm.disable_save();
		if (frm.is_new() || !frm.has_perm("write")) return;
		add_steps(frm, over);
	},
});

function add_steps(frm, over) {
	const { name, service_request, status } = frm.doc;
	const step = (label, method, args = {}) =>
		frm.add_custom_button(label, async () => {
			await frappe.xcall(`support_service.service_parts.needs.api.${method}`, {
				request: service_request,
				needs: [name],
				...args,
			});
			await frm.reload_doc();
		});
	if (status === "Cancelled") step(__("Needed after All"), "want_again");
	if (over) return;
	const held = frm.doc.held_qty + frm.doc.van_qty + frm.doc.transit_qty;
	if (frm.doc.stock_qty - frm.doc.used_qty > held) {
		step(__("Reserve"), "reserve");
		step(__("Order", null, "Part Need"), "purchase");
	}
	if (frm.doc.held_qty) step(__("Bring to the Van"), "transfer");
	if (held) step(__("Release", null, "Part Need"), "release");
	step(__("Not Needed"), "call_off");
}
