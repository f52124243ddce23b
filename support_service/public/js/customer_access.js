// Portal access on the Customer's form: who acts for this customer, give access, take it away with one click.
frappe.ui.form.on("Customer", {
	refresh(frm) {
		if (frm.is_new() || !frm.perm[0]?.write) return;
		frm.add_custom_button(__("Portal Access"), () => {
			// giving and taking access saves the customer, so unsaved changes on the form would be lost
			if (frm.is_dirty()) return frappe.msgprint(__("Please save the customer first."));
			open_access(frm);
		});
	},
});

const METHODS = "support_service.customer_portal.desk_api";

function open_access(frm) {
	const dialog = new frappe.ui.Dialog({
		title: __("Portal Access of {0}", [frappe.utils.escape_html(frm.doc.customer_name)]),
		fields: [
			{ fieldname: "listed", fieldtype: "HTML" },
			{ fieldtype: "Section Break", label: __("Give Access") },
			{
				fieldname: "address",
				fieldtype: "Autocomplete",
				ignore_validation: 1, // any address is accepted, not only those suggested
				label: __("E-mail Address"),
				description: __(
					"Of one of the customer's contacts, or any other. Who has no login yet gets a mail to set a password."
				),
			},
		],
		primary_action_label: __("Give Access"),
		async primary_action({ address }) {
			if (!address) return dialog.fields_dict.address.$input.focus();
			const offer = dialog.offered.find((one) => one.address === address);
			await call("give", { address, contact: offer?.contact });
			frappe.show_alert({ message: __("{0} now has access.", [address]), indicator: "green" });
			dialog.set_value("address", "");
			changed();
		},
	});
	const call = (method, values) =>
		frappe.xcall(`${METHODS}.${method}`, { customer: frm.doc.name, ...values });
	const changed = () => Promise.all([show(), frm.reload_doc()]);

	async function show() {
		const { users, offered } = await call("of_customer");
		dialog.offered = offered;
		dialog.fields_dict.address.set_data(
			offered.map((one) => ({
				value: one.address,
				label: one.address,
				description: one.known ? one.full_name : __("{0} (not confirmed)", [one.full_name]),
			}))
		);
		const list = dialog.fields_dict.listed.$wrapper.empty();
		if (!users.length) {
			$(`<p class="text-muted">`).text(__("Nobody acts for this customer yet.")).appendTo(list);
		}
		users.forEach((user) => list.append(row_of(user)));
	}

	function row_of(user) {
		const seen = user.last_login
			? __("last seen {0}", [frappe.datetime.comment_when(user.last_login)])
			: __("never logged in");
		const row = $(
			`<div class="flex justify-between align-center" style="gap: 8px; padding: 6px 0; flex-wrap: wrap">
				<div><div class="who"></div><div class="text-muted small seen"></div></div>
				<button class="btn btn-xs btn-default"></button>
			</div>`
		);
		row.find(".who").text(user.full_name === user.user ? user.user : `${user.full_name} · ${user.user}`);
		row.find(".seen").html(user.enabled ? seen : __("disabled"));
		row.find("button")
			.text(__("Take Away"))
			.attr("aria-label", __("Take access away from {0}", [user.user]))
			.on("click", async () => {
				await call("take", { user: user.user });
				frappe.show_alert({
					message: __("{0} no longer has access.", [user.user]),
					indicator: "orange",
				});
				changed();
			});
		return row;
	}

	dialog.show();
	show();
}
