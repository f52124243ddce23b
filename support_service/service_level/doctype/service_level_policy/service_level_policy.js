// {% include "support_service/service_level/doctype/service_level_policy/policy_scope.js" %}

const DIMENSIONS = support_service.policy.dimensions;

frappe.ui.form.on("Service Level Policy", {
	setup(frm) {
		const in_use = () => ({ filters: { disabled: 0 } });
		frm.set_query("calendar", in_use);
		frm.set_query("calendar", "targets", in_use);
		frm.set_query("contract", () => ({ filters: { party_type: "Customer" } }));
	},

	onload(frm) {
		frappe.xcall("support_service.service_level.api.policy_options").then((offered) => {
			offer(frm, "targets", "clock", offered.clocks);
			offer(frm, "ladder", "clock", offered.clocks);
			offer(frm, "ladder", "action", offered.actions);
		});
	},

	onload_post_render(frm) {
		if (frm.is_new()) forget_defaults(frm);
	},

	refresh(frm) {
		say_which_cases(frm);
		if (frm.is_new()) return;
		const [label, colour] = support_service.policy.indicator(frm.doc);
		frm.page.set_indicator(label, colour);
		frm.add_custom_button(__("Promises Made"), () =>
			frappe.set_route("List", "Service Clock", { policy: frm.doc.name })
		);
	},

	...Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, say_which_cases])),
	enabled: say_which_cases,
	only_by_contract: say_which_cases,
	valid_from: say_which_cases,
	valid_to: say_which_cases,
});

frappe.ui.form.on("Service Level Target", {
	clock(frm, doctype, name) {
		// an answer does not wait for the customer
		const answer = frappe.get_doc(doctype, name).clock === "First Response";
		frappe.model.set_value(doctype, name, "pauses_for_customer", answer ? 0 : 1);
	},
});

function offer(frm, table, fieldname, options) {
	frm.fields_dict[table].grid.update_docfield_property(fieldname, "options", options);
}

// An empty field of the scope means "any", but the desk fills company and groups from the user's defaults.
function forget_defaults(frm) {
	for (const dimension of DIMENSIONS) {
		const value = frm.doc[dimension];
		if (value && value === frappe.defaults.get_user_default(dimension)) frm.set_value(dimension, "");
	}
}

function say_which_cases(frm) {
	const scope = support_service.policy.scope_in_words(frm.doc);
	const which = frm.doc.only_by_contract
		? __("Which cases? Those of a service contract that names this policy.")
		: scope
			? __("Which cases? Those with {0}.", [scope.bold()])
			: __("Which cases? Every case for which no more specific policy holds.");
	const from = frm.doc.valid_from && frappe.datetime.str_to_user(frm.doc.valid_from);
	const to = frm.doc.valid_to && frappe.datetime.str_to_user(frm.doc.valid_to);
	const days =
		from && to
			? __("Received from {0} to {1}.", [from, to])
			: from
				? __("Received from {0} on.", [from])
				: to
					? __("Received until {0}.", [to])
					: "";
	frm.set_intro("");
	frm.set_intro([which, days].filter(Boolean).join(" "), frm.doc.enabled ? "blue" : "orange");
}
