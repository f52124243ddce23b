// The engineer sets off: when they should be there, which the customer is told; and told again when it gets later.
frappe.provide("support_service.visit_way");

Object.assign(support_service.visit_way, {
	set_off(frm, title = __("On the Way")) {
		const now = moment(frappe.datetime.now_datetime());
		const planned = moment(frm.doc.planned_start);
		const guess = planned.isAfter(now) ? planned : now.add(30, "minutes");
		frappe.prompt(
			{
				fieldname: "expected_at",
				fieldtype: "Datetime",
				label: __("Expected There"),
				description: __("The customer is told."),
				default: frm.doc.expected_at || guess.format(frappe.defaultDatetimeFormat),
			},
			({ expected_at }) => this.depart(frm, expected_at),
			title,
			__("Tell the Customer")
		);
	},

	async depart(frm, expected_at) {
		if (frm.is_dirty()) await frm.save();
		await frappe.xcall("support_service.field_service.api.depart", { visit: frm.doc.name, expected_at });
		await frm.reload_doc();
	},

	add_new_time_button(frm) {
		const on_the_way = frm.doc.departed_at && !frm.doc.arrived_at && frm.doc.visit_type === "On Site";
		if (frm.doc.docstatus || !on_the_way || !frm.perm[0]?.write) return;
		const label = __("Later Than Expected");
		frm.add_custom_button(label, () => this.set_off(frm, label));
	},
});
