// {% include "support_service/public/js/contracts.js" %}

const contracts = support_service.contracts;

frappe.ui.form.on("Service Contract", {
	setup(frm) {
		frm.set_query("template", () => ({ filters: { disabled: 0 } }));
		frm.set_query("service_level_policy", () => ({ filters: { enabled: 1 } }));
		frm.set_query("calendar", () => ({ filters: { disabled: 0 } }));
		frm.set_query("dedicated_engineer", () => ({ filters: { active: 1 } }));
		frm.set_query("item_code", () => ({ filters: { is_sales_item: 1, disabled: 0 } }));
		frm.set_query("cost_center", () => ({ filters: { company: frm.doc.company, is_group: 0 } }));
		frm.set_query("taxes_and_charges", () => ({ filters: { company: frm.doc.company, disabled: 0 } }));
		frm.set_query("installed_unit", "units", () => ({
			filters: { customer: frm.doc.customer, state: ["not in", ["Returned", "Retired", "Standby"]] },
		}));
	},

	refresh(frm) {
		contracts.show_whole_numbers(frm);
		frm.set_intro("");
		for (const html of ["uses_html", "invoices_html"]) frm.fields_dict[html].$wrapper.empty();
		if (frm.is_new()) {
			// opened from a template; a duplicate says already what it includes
			if (frm.doc.template && !frm.doc.entitlements?.length && !frm.doc.price) take_over_template(frm);
			return;
		}
		const { status } = frm.doc;
		frm.page.set_indicator(contracts.status_words(status), contracts.colours[status]);
		say_what_is_missing(frm);
		show_overview(frm);
		if (frm.doc.docstatus === 2 || !frappe.model.can_write(frm.doctype)) return;
		if (frm.doc.docstatus === 1) add_buttons(frm);
		// the Quotation it was proposed with was deleted or cancelled
		if (frm.doc.renewal_of && !frm.doc.quotation && frm.doc.price && frm.doc.item_code) {
			frm.add_custom_button(__("Make Quotation"), () => quote_renewal(frm));
		}
	},

	template: take_over_template,
	start_date: take_over_template,
});

// What is agreed comes from the template; a later change of it changes nothing here, and people may change it all.
async function take_over_template(frm) {
	if (frm.doc.docstatus || !frm.doc.template) return;
	const { template, name } = frm.doc;
	const values = await frappe.xcall("support_service.service_coverage.contract.api.template_values", {
		template: frm.doc.template,
		start_date: frm.doc.start_date,
	});
	const once = `${name}|${template}`;
	if (frm.taken_over === once) {
		// another start moves the end only
		if (values.end_date) frm.set_value("end_date", values.end_date);
		return;
	}
	frm.taken_over = once;
	for (const table of ["entitlements", "exclusions"]) {
		frm.clear_table(table);
		for (const row of values[table]) frm.add_child(table, row);
		frm.refresh_field(table);
		delete values[table];
	}
	await frm.set_value(values);
}

function say_what_is_missing(frm) {
	if (frm.doc.status === "Active" && !frm.doc.signed_document) {
		frm.set_intro(
			__("The contract is in force without a signed document. Attach it when it comes."),
			"orange"
		);
	}
	if (frm.doc.renewed_by) {
		const link = frappe.utils.get_form_link("Service Contract", frm.doc.renewed_by, true);
		frm.set_intro(__("Goes on with {0}.", [link]), "blue");
	}
}

async function show_overview(frm) {
	const { name } = frm.doc;
	const shown = await frappe.xcall("support_service.service_coverage.contract.api.overview", {
		contract: name,
	});
	// the answer may arrive after the user went on to another contract
	if (frm.doc.name !== name) return;
	frm.fields_dict.uses_html.$wrapper.html(contracts.left_html(shown.left, frm.doc));
	frm.fields_dict.invoices_html.$wrapper.html(contracts.invoices_html(shown.invoices, frm.doc));
	frm.fields_dict.invoices_html.$wrapper
		.find("[data-again]")
		.on("click", (event) => make_again(frm, Number(event.currentTarget.dataset.again)));
	if (frm.doc.docstatus === 1) {
		frm.dashboard.add_indicator(
			__("Covered units: {0}", [shown.units]),
			shown.units ? "green" : "orange"
		);
		for (const line of shown.left) {
			const [words, colour] = contracts.indicator(line);
			frm.dashboard.add_indicator(words, colour);
		}
	}
}

function add_buttons(frm) {
	const today = frappe.datetime.get_today();
	const { next_invoice_on, renewed_by, terminated_on, end_date } = frm.doc;
	if (next_invoice_on && next_invoice_on <= today) {
		frm.add_custom_button(__("Make Invoice"), () => make_invoices(frm))
			.removeClass("btn-default")
			.addClass("btn-primary");
	}
	if (!renewed_by && !terminated_on) {
		frm.add_custom_button(__("Renew"), () => renew(frm));
	}
	if (!terminated_on && end_date > today) {
		frm.add_custom_button(__("Terminate"), () => terminate(frm));
	}
}

async function make_invoices(frm) {
	const names = await call("make_invoices", { contract: frm.doc.name });
	frappe.show_alert({
		message: names.length ? __("Draft invoices made: {0}", [names.join(", ")]) : __("Nothing is due."),
		indicator: names.length ? "green" : "blue",
	});
	frm.reload_doc();
}

async function make_again(frm, no) {
	const name = await call("make_invoice_again", { contract: frm.doc.name, no });
	frappe.show_alert({ message: __("Draft invoices made: {0}", [name]), indicator: "green" });
	frm.reload_doc();
}

async function quote_renewal(frm) {
	const name = await call("quote_renewal", { contract: frm.doc.name });
	frappe.show_alert({ message: __("{0} is made as a draft.", [name]), indicator: "green" });
	frm.reload_doc();
}

function renew(frm) {
	const next = __(
		"The next term is made as a draft, with a Quotation to the customer where it has a price."
	);
	frappe.confirm(next, async () => {
		const name = await call("renew", { contract: frm.doc.name });
		frappe.set_route("Form", "Service Contract", name);
	});
}

function terminate(frm) {
	const dialog = new frappe.ui.Dialog({
		title: __("Terminate {0}", [frm.doc.name]),
		fields: [
			{
				fieldname: "on",
				fieldtype: "Date",
				label: __("Last Day"),
				description: __(
					"The contract still covers this day. Nothing is invoiced or renewed after it."
				),
				default: frappe.datetime.get_today(),
				reqd: 1,
			},
			{ fieldname: "reason", fieldtype: "Small Text", label: __("Why"), reqd: 1 },
		],
		primary_action_label: __("Terminate"),
		async primary_action(values) {
			dialog.disable_primary_action();
			await call("terminate", { contract: frm.doc.name, ...values }).finally(() =>
				dialog.enable_primary_action()
			);
			dialog.hide();
			frm.reload_doc();
		},
	});
	dialog.show();
}

function call(method, args) {
	const path = `support_service.service_coverage.contract.api.${method}`;
	return frappe.xcall(path, args, "POST", { freeze: true });
}
