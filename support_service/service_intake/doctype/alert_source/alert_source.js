const ALERTS = "support_service.service_intake.alerts.api.";

frappe.ui.form.on("Alert Source", {
	async refresh(frm) {
		if (frm.is_new()) {
			frm.fields_dict.address_html.$wrapper.empty();
			return;
		}
		const about = await frappe.xcall(`${ALERTS}about`, { source: frm.doc.name });
		const lines = [
			[__("Send alerts to"), about.address],
			[__("Senders refused so far"), String(about.refused)],
		];
		frm.fields_dict.address_html.$wrapper.html(
			lines
				.map(([label, text]) => {
					const escaped = frappe.utils.escape_html(text);
					return `<div class="text-muted small">${label}</div><div class="mb-2" style="overflow-wrap:anywhere">${escaped}</div>`;
				})
				.join("")
		);
		if (frm.doc.proof === "Bearer Token" && !about.has_token) {
			frm.set_intro(__("No sender is let in yet: make a token with the button New Token."), "orange");
		}
		if (frm.perm[0]?.write && frm.doc.proof === "Bearer Token") {
			frm.add_custom_button(__("New Token"), () => new_token(frm));
		}
		frm.add_custom_button(__("Try a Payload"), () => try_payload(frm));
	},
});

function new_token(frm) {
	frappe.confirm(__("The token in use stops working. Go on?"), async () => {
		const token = await frappe.xcall(`${ALERTS}new_token`, { source: frm.doc.name });
		frappe.msgprint({
			title: __("New Token"),
			message: `${__("Copy it now, it is not shown again:")}<pre>${frappe.utils.escape_html(token)}</pre>`,
		});
		frm.reload_doc();
	});
}

function try_payload(frm) {
	const dialog = new frappe.ui.Dialog({
		title: __("Try a Payload"),
		size: "large",
		fields: [
			{
				fieldname: "payload",
				fieldtype: "Code",
				options: "JSON",
				label: __("Payload"),
				reqd: 1,
				description: __("Nothing is stored. Labels are read by the rows as they were saved last."),
			},
			{ fieldname: "result", fieldtype: "HTML" },
		],
		primary_action_label: __("Try"),
		async primary_action({ payload }) {
			// where it cannot be read, Frappe shows the server's message
			const rows = await frappe
				.xcall(`${ALERTS}try_payload`, { source: frm.doc.name, payload })
				.catch(() => []);
			dialog.fields_dict.result.$wrapper.html(rows.length ? as_table(rows) : "");
		},
	});
	dialog.show();
}

function as_table(rows) {
	const columns = {
		title: __("Title"),
		state: __("State"),
		installed_unit: __("Installed Unit"),
		customer: __("Customer"),
		team: __("Service Team"),
		impact: __("Impact"),
		urgency: __("Urgency"),
	};
	const text = (row, name) => {
		if (name === "state") return row.firing ? __("opens a request") : __("ends");
		if (["impact", "urgency"].includes(name)) return row[name] ? __(row[name]) : "";
		return row[name] || "";
	};
	const head = Object.values(columns)
		.map((label) => `<th>${label}</th>`)
		.join("");
	const body = rows
		.map((row) => {
			const cells = Object.keys(columns).map(
				(name) => `<td>${frappe.utils.escape_html(text(row, name))}</td>`
			);
			return `<tr>${cells.join("")}</tr>`;
		})
		.join("");
	return `<div class="table-responsive"><table class="table table-bordered"><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}
