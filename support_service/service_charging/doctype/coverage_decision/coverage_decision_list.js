frappe.listview_settings["Coverage Decision"] = {
	add_fields: ["outcome", "status"],
	get_indicator(doc) {
		const tones = { Covered: "green", "Partly Covered": "yellow", Charged: "orange" };
		if (doc.status !== "Current") {
			return [__(doc.status, null, "Coverage Decision"), "gray", `status,=,${doc.status}`];
		}
		return [__(doc.outcome), tones[doc.outcome], `outcome,=,${doc.outcome}|status,=,Current`];
	},
	onload(listview) {
		const deciders = ["After-Sales Lead", "Service Manager"];
		if (!deciders.some((role) => frappe.user.has_role(role))) return;
		// what several visits of a customer charge, on one invoice
		listview.page.add_actions_menu_item(__("Make One Sales Invoice"), async () => {
			const decisions = listview.get_checked_items(true);
			const name = await frappe.xcall("support_service.service_charging.api.make_joint_invoice", {
				decisions,
			});
			frappe.show_alert({ message: __("{0} is made as a draft.", [name]), indicator: "green" });
			listview.refresh();
		});
	},
};
