frappe.ui.form.on("Van Count", {
	refresh(frm) {
		if (frm.is_new()) return;
		if (frm.doc.status === "Counted" && frm.doc.stock_reconciliation) {
			const draft = frappe.utils.get_form_link(
				"Stock Reconciliation",
				frm.doc.stock_reconciliation,
				true
			);
			const role = __("Stock Manager");
			frm.set_intro(
				__(
					"{0} is a draft with what differs. Somebody with the role {1} looks at it and submits it.",
					[draft, role]
				),
				"blue"
			);
		}
		const api = "support_service.service_parts.vans.api";
		const { status, stock_reconciliation } = frm.doc;
		const call = (method, args) =>
			frappe.xcall(`${api}.${method}`, { count: frm.doc.name, ...args }).then(() => frm.reload_doc());
		frappe.xcall(`${api}.count_of`, { count: frm.doc.name }).then((count) => {
			if (status === "Open" && count.may_count) {
				frm.add_custom_button(__("Go On Counting"), () =>
					frappe.set_route("count-van", frm.doc.name)
				).addClass("btn-primary");
			}
			if (status === "Counted" && !stock_reconciliation && count.may_count) {
				frm.add_custom_button(__("Make the Draft Again"), () => call("draft_again"));
			}
			if (["Open", "Counted"].includes(status) && count.may_discard) {
				frm.add_custom_button(__("Discard"), () =>
					frappe.prompt(
						[{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 }],
						(values) => call("discard_count", values),
						__("Discard the Count"),
						__("Discard")
					)
				);
			}
		});
	},
});
