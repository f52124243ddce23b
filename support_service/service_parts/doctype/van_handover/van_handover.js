frappe.ui.form.on("Van Handover", {
	setup(frm) {
		frm.set_query("from_engineer", () => ({ filters: { van_warehouse: ["is", "set"] } }));
		frm.set_query("to_engineer", () => ({
			filters: { active: 1, name: ["!=", frm.doc.from_engineer || ""] },
		}));
	},

	refresh(frm) {
		if (frm.is_new()) return;
		if (frm.doc.status === "Being Counted") {
			frm.set_intro(__("Count the van. Then both sides confirm what was counted."), "blue");
			frm.add_custom_button(__("Count", null, "Van Count"), () =>
				frappe.set_route("count-van", frm.doc.count)
			);
			if (frm.doc.other_count) {
				frm.add_custom_button(__("Count the Other Van"), () =>
					frappe.set_route("count-van", frm.doc.other_count)
				);
			}
		}
		// they come with the document, so that they are never those of an earlier state
		if (frm.doc.__onload?.steps) add_steps(frm, frm.doc.__onload.steps);
	},
});

function add_steps(frm, steps) {
	const words = { from: __("Hand Over"), to: __("Take Over") };
	const places = { from: __("Hand Over in Their Place"), to: __("Take Over in Their Place") };
	steps.confirm.forEach((side) =>
		frm
			.add_custom_button(words[side], () => handover_step(frm, "confirm_handover", { side }))
			.addClass("btn-primary")
	);
	steps.in_place_of.forEach((side) =>
		ask_for_reason(frm, places[side], (reason) =>
			handover_step(frm, "confirm_handover", { side, reason })
		)
	);
	if (steps.undo)
		ask_for_reason(frm, __("Undo"), (reason) => handover_step(frm, "undo_handover", { reason }));
	if (steps.cancel)
		ask_for_reason(frm, __("Cancel"), (reason) => handover_step(frm, "cancel_handover", { reason }));
}

async function handover_step(frm, method, args) {
	const path = `support_service.service_parts.vans.api.${method}`;
	const { status } = await frappe.xcall(path, { handover: frm.doc.name, ...args });
	frappe.show_alert({ message: said(status, args.side), indicator: "green" });
	await frm.reload_doc();
}

// what has happened
function said(status, side) {
	if (status === "Counted") {
		return side === "from"
			? __("Confirmed by who hands over. Who takes over confirms next.")
			: __("Confirmed by who takes over. Who hands over confirms next.");
	}
	return {
		"Handed Over": __("The van is handed over."),
		Undone: __("The hand-over is undone."),
		Cancelled: __("The hand-over is cancelled."),
	}[status];
}

function ask_for_reason(frm, label, act) {
	frm.add_custom_button(label, () =>
		frappe.prompt(
			[{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 }],
			({ reason }) => act(reason),
			label
		)
	);
}
