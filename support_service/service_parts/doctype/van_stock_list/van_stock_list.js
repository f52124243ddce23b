frappe.ui.form.on("Van Stock List", {
	setup(frm) {
		frm.set_query("team", () => ({ filters: { disabled: 0 } }));
		frm.set_query("item_code", "items", () => ({
			filters: { is_stock_item: 1, disabled: 0, has_variants: 0 },
		}));
	},

	refresh(frm) {
		if (frm.is_new() || frm.doc.disabled || !frm.perm[0]?.write) return;
		frm.add_custom_button(__("Use for Vans"), () => choose_vans(frm)).addClass("btn-primary");
	},
});

async function choose_vans(frm) {
	const api = "support_service.service_parts.vans.api";
	const vans = (await frappe.xcall(`${api}.my_vans`)).filter(
		(van) => !frm.doc.team || van.team === frm.doc.team
	);
	if (!vans.length) return frappe.msgprint(__("No engineer of this team has a van."));
	const options = vans.map((van) => ({
		label: `${van.engineer_name} · ${van.van_warehouse}`,
		value: van.name,
		checked: 1,
	}));
	frappe.prompt(
		[{ fieldname: "engineers", fieldtype: "MultiCheck", label: __("Vans"), options, columns: 1 }],
		async ({ engineers }) => {
			const done = await frappe.xcall(`${api}.apply_stock_list`, {
				stock_list: frm.doc.name,
				engineers: engineers || [],
			});
			frappe.show_alert({
				message: __("{0} reorder levels set in {1} vans.", [done.levels, done.vans]),
				indicator: "green",
			});
		},
		__("Set the Reorder Levels of These Vans"),
		__("Set")
	);
}
