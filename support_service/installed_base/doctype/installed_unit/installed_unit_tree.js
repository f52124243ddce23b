// {% include "support_service/public/js/colours.js" %}

// What stands at one customer's: sites, systems and what they are made of.
frappe.treeview_settings["Installed Unit"] = {
	title: __("Installed Units"),
	breadcrumb: "After-Sales Service",
	get_tree_root: false,
	root_label: __("Installed Units"),
	get_tree_nodes: "support_service.installed_base.api.get_children",
	disable_add_node: true,
	filters: [{ fieldname: "customer", fieldtype: "Link", options: "Customer", label: __("Customer") }],

	onrender(node) {
		if (!node.data || !node.data.state) return;
		const escape = frappe.utils.escape_html;
		const colour = support_service.colours.unit_state[node.data.state] || "gray";
		const facts = [__(node.data.unit_kind), node.data.serial_label]
			.filter(Boolean)
			.map(escape)
			.join(" · ");
		$(node.$tree_link)
			.find(".tree-label")
			.after(
				`<span class="indicator-pill no-indicator-dot ${colour} ml-2">${__(node.data.state)}</span>
				<small class="text-muted ml-2">${facts}</small>`
			);
	},

	toolbar: [
		{
			label: __("Open"),
			condition: (node) => !node.is_root,
			click: (node) => frappe.set_route("Form", "Installed Unit", node.data.value),
		},
		{
			label: __("Add Part"),
			condition: (node) => !node.is_root && frappe.model.can_create("Installed Unit"),
			click: (node) =>
				frappe.new_doc("Installed Unit", {
					parent_unit: node.data.value,
					customer:
						frappe.treeview_settings["Installed Unit"].page.fields_dict.customer.get_value(),
				}),
		},
	],

	onload(treeview) {
		frappe.treeview_settings["Installed Unit"].page = treeview.page;
		$(`<p class="unit-tree-hint text-muted text-center p-5"></p>`)
			.text(__("Choose a customer to see what stands there."))
			.toggle(!treeview.args.customer)
			.appendTo(treeview.body);
	},

	post_render(treeview) {
		treeview.body.find(".unit-tree-hint").hide();
	},
};
