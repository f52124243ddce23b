// {% include "support_service/public/js/colours.js" %}

frappe.ui.form.on("Service Engineer", {
	setup(frm) {
		frm.set_query("team", () => ({ filters: { disabled: 0 } }));
		frm.set_query("van_warehouse", () => ({ filters: { is_group: 0, disabled: 0 } }));
		frm.set_query("supplying_warehouse", () => ({ filters: { is_group: 0, disabled: 0 } }));
		frm.set_query("user", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	},

	refresh(frm) {
		if (frm.is_new()) return;
		frm.add_custom_button(__("Open Cases"), () => {
			frappe.route_options = { engineer: frm.doc.name, status: ["in", support_service.not_over] };
			frappe.set_route("List", "Service Request");
		});
		frm.add_custom_button(__("Visits", null, "Engineer Visit"), () => {
			frappe.route_options = { engineer: frm.doc.name };
			frappe.set_route("List", "Engineer Visit", "Calendar", "default");
		});
		if (frm.doc.van_warehouse) frm.trigger("van_buttons");
	},

	van_buttons(frm) {
		const van = __("Van");
		const own = frm.doc.user === frappe.session.user;
		if (own || frm.perm[0]?.write) {
			frm.add_custom_button(
				__("Count", null, "Van Count"),
				() => {
					frappe.route_options = { engineer: frm.doc.name };
					frappe.set_route("count-van");
				},
				van
			);
			frm.add_custom_button(
				__("Stock"),
				() => frappe.set_route("query-report", "Van Stock", { engineer: frm.doc.name }),
				van
			);
			frm.add_custom_button(
				__("Fill up"),
				() => frappe.set_route("query-report", "Van Replenishment", { engineer: frm.doc.name }),
				van
			);
		}
		if (!frappe.model.can_create("Van Handover")) return;
		frm.add_custom_button(
			__("Hand Over"),
			() => frappe.new_doc("Van Handover", { from_engineer: frm.doc.name }),
			van
		);
		frm.add_custom_button(__("Set Reorder Levels"), () => set_levels(frm), van);
	},
});

function set_levels(frm) {
	frappe.prompt(
		[
			{
				fieldname: "stock_list",
				fieldtype: "Link",
				options: "Van Stock List",
				label: __("Van Stock List"),
				reqd: 1,
				get_query: () => ({ filters: { disabled: 0 } }),
			},
		],
		async ({ stock_list }) => {
			const done = await frappe.xcall("support_service.service_parts.vans.api.apply_stock_list", {
				stock_list,
				engineers: [frm.doc.name],
			});
			frappe.show_alert({
				message: __("{0} reorder levels set in {1} vans.", [done.levels, done.vans]),
				indicator: "green",
			});
		},
		__("Set Reorder Levels"),
		__("Set")
	);
}
