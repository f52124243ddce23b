// {% include "support_service/public/js/warranties.js" %}

// A warranty is kept by the app; people change it with buttons, and each change is a row of its ledger.
const warranty = support_service.warranties;

frappe.ui.form.on("Service Warranty", {
	refresh(frm) {
		frm.disable_form();
		if (frm.is_new()) {
			// imported in many, never typed in one by one
			frm.set_intro(
				__(
					"Start a warranty on the form of its unit, and change it with its buttons: each change has a reason."
				),
				"blue"
			);
			return;
		}
		const status = warranty.status(frm.doc);
		frm.page.set_indicator(warranty.status_words(status), warranty.colours[status]);
		show_ledger(frm);
		if (warranty.may_change()) add_buttons(frm, status);
	},
});

async function show_ledger(frm) {
	const { name } = frm.doc;
	const rows = await frappe.xcall(`${warranty.api}.ledger_of`, { warranty: name });
	if (frm.doc.name === name) frm.fields_dict.ledger_html.$wrapper.html(warranty.ledger_html(rows));
}

function add_buttons(frm, status) {
	const stands = status !== "Void";
	const group = __("Change");
	const actions = [
		[__("Extend"), extend, stands && frm.doc.starts_on],
		[__("Transfer"), transfer, stands],
		[__("Suspend"), (doc) => simple(doc, "suspend", __("Suspend")), stands && !frm.doc.suspension],
		[__("Resume"), (doc) => simple(doc, "resume", __("Resume")), stands && frm.doc.suspension],
		[__("Correct"), correct, true],
		[__("Void"), (doc) => simple(doc, "void", __("Void")), stands],
	];
	for (const [label, action, shown] of actions) {
		if (shown) frm.add_custom_button(label, () => action(frm), group);
	}
}

const reason = () => ({ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 });
const on = () => ({
	fieldname: "on",
	fieldtype: "Date",
	label: __("Effective On"),
	default: frappe.datetime.get_today(),
	reqd: 1,
});
const reference = () => [
	{
		fieldname: "reference_doctype",
		fieldtype: "Select",
		label: __("Source Document"),
		options: ["", "Service Request", "Sales Order", "Sales Invoice", "Delivery Note"].map((value) => ({
			value,
			label: value && __(value),
		})),
	},
	{
		fieldname: "reference_name",
		fieldtype: "Dynamic Link",
		label: __("Number"),
		options: "reference_doctype",
		depends_on: "reference_doctype",
		get_options: () => cur_dialog?.get_value("reference_doctype"),
	},
];
const until = (frm, with_defaults) =>
	warranty.kinds.map((kind) => ({
		fieldname: `${kind}_until`,
		fieldtype: "Date",
		label: __("{0} until", [warranty.kind_label(kind)]),
		description: with_defaults ? "" : warranty.day(frm.doc[`${kind}_until`]),
		default: with_defaults ? frm.doc[`${kind}_until`] : null,
	}));

function ask(frm, what, title, fields, label) {
	const dialog = new frappe.ui.Dialog({
		title,
		fields: [...fields, ...reference(), reason()],
		primary_action_label: label || title,
		async primary_action(values) {
			dialog.disable_primary_action();
			await frappe
				.xcall(`${warranty.api}.change_warranty`, { warranty: frm.doc.name, what, ...values }, "POST")
				.finally(() => dialog.enable_primary_action());
			dialog.hide();
			frm.reload_doc();
		},
	});
	dialog.show();
}

function simple(frm, what, title) {
	ask(frm, what, title, [on()]);
}

function extend(frm) {
	ask(frm, "extend", __("Extend"), until(frm, false));
}

function transfer(frm) {
	const customer = {
		fieldname: "customer",
		fieldtype: "Link",
		options: "Customer",
		label: __("Customer"),
		reqd: 1,
	};
	ask(frm, "transfer", __("Transfer"), [customer, on()]);
}

function correct(frm) {
	const starts_on = {
		fieldname: "starts_on",
		fieldtype: "Date",
		label: __("Starts On"),
		default: frm.doc.starts_on,
		reqd: 1,
	};
	ask(frm, "correct", __("Correct"), [starts_on, ...until(frm, true)]);
}
