// {% include "support_service/public/js/colours.js" %}
// {% include "support_service/public/js/asked_by_form.js" %}
// {% include "support_service/public/js/next_on_phone.js" %}
// {% include "support_service/field_service/doctype/engineer_visit/engineer_visit_scan.js" %}
// {% include "support_service/field_service/doctype/engineer_visit/engineer_visit_way.js" %}

frappe.ui.form.on("Engineer Visit", {
	setup(frm) {
		// cancelling the visit cancels its Stock Entry, with no stock role and in the same transaction, and its Timesheet
		frm.ignore_doctypes_on_cancel_all = ["Stock Entry", "Timesheet"];
		frm.set_query("service_request", () => ({
			filters: { status: ["in", support_service.not_over] },
		}));
		frm.set_query("engineer", () => ({ filters: { active: 1 } }));
		frm.set_query("installed_unit", () => ({
			filters: frm.doc.customer ? { customer: frm.doc.customer } : {},
		}));
		const warehouses = () => ({ filters: { company: frm.doc.company, is_group: 0, disabled: 0 } });
		frm.set_query("warehouse", warehouses);
		frm.set_query("warehouse", "parts", warehouses);
		for (const field of ["item_code", "removed_item_code"]) {
			frm.set_query(field, "parts", () => ({ filters: { disabled: 0, has_variants: 0 } }));
		}
		frm.set_query("batch_no", "parts", (doc, cdt, cdn) => ({
			filters: { item: locals[cdt][cdn].item_code, disabled: 0 },
		}));
		frm.set_query("removed_batch_no", "parts", (doc, cdt, cdn) => {
			const row = locals[cdt][cdn];
			return { filters: { item: row.removed_item_code || row.item_code } };
		});
	},

	onload(frm) {
		if (frm.is_new() && frm.doc.amended_from) forget_stock(frm);
	},

	refresh(frm) {
		support_service.next_on_phone(frm, []);
		show_intro(frm);
		// it says what the parts cost: no link for whoever may not open it
		frm.toggle_display("stock_entry", frappe.model.can_read("Stock Entry"));
		if (frm.is_new()) return;
		frm.page.set_indicator(
			__(frm.doc.status, null, frm.doctype),
			support_service.colours.visit_status[frm.doc.status] || "gray"
		);
		add_time_buttons(frm);
		support_service.visit_way.add_new_time_button(frm);
		support_service.visit_scan.show(frm);
		show_stock(frm);
		show_charge(frm);
		show_what_to_sign(frm);
		add_allow_button(frm);
	},

	// what the signature accepts: the amount that stood above it
	validate(frm) {
		frm.doc.charge_shown = frm.charge_above ?? null;
	},

	after_save(frm) {
		show_stock(frm);
	},

	on_submit: say_what_is_due,

	async service_request(frm) {
		if (!frm.doc.service_request || !frm.is_new()) return;
		const values = await frappe.xcall("support_service.field_service.api.visit_defaults", {
			request: frm.doc.service_request,
		});
		await frm.set_value(keep_entered(frm, values));
	},

	async engineer(frm) {
		if (!frm.doc.engineer) return;
		const { message } = await frappe.db.get_value("Service Engineer", frm.doc.engineer, "van_warehouse");
		if (message.van_warehouse) await frm.set_value("warehouse", message.van_warehouse);
	},

	planned_start(frm) {
		const { planned_start, planned_end } = frm.doc;
		if (planned_start && (!planned_end || planned_end < planned_start)) {
			const end = moment(planned_start).add(2, "hours");
			frm.set_value("planned_end", end.format(frappe.defaultDatetimeFormat));
		}
	},
});

// whatever changes what the visit costs: the amount above the signature is right again when it is saved
const costs = ["work_minutes", "arrived_at", "left_at", "visit_type", "installed_unit"];
frappe.ui.form.on("Engineer Visit", Object.fromEntries(costs.map((field) => [field, ask_to_save])));

frappe.ui.form.on("Engineer Visit Part", {
	// what is used up, and our own tools, do not stay in the unit
	kind(frm, cdt, cdn) {
		const row = locals[cdt][cdn];
		frappe.model.set_value(cdt, cdn, "fit_to_unit", row.kind === "Part" ? 1 : 0);
	},
	item_code(frm) {
		ask_to_save(frm);
		support_service.visit_scan.show_old_parts(frm);
	},
	qty: ask_to_save,
	removed_qty: ask_to_save,
	parts_add: ask_to_save,
	parts_remove(frm) {
		ask_to_save(frm);
		support_service.visit_scan.show_old_parts(frm);
	},
	form_render: (frm) => support_service.visit_scan.show_old_parts(frm),

	// what is replaced is mostly the same item: the engineer only corrects the exception
	removed_serial_nos(frm, cdt, cdn) {
		const row = locals[cdt][cdn];
		if (!row.removed_serial_nos) return;
		const count = row.removed_serial_nos.split("\n").filter((line) => line.trim()).length;
		if (!row.removed_item_code) frappe.model.set_value(cdt, cdn, "removed_item_code", row.item_code);
		if (!row.removed_qty) frappe.model.set_value(cdt, cdn, "removed_qty", count);
	},
});

// Amend copies no_copy fields, too, but the new visit has drawn nothing yet. The server clears them as well.
function forget_stock(frm) {
	Object.assign(frm.doc, { stock_entry: null, parts_cost: 0 });
	for (const row of frm.doc.parts || []) Object.assign(row, { valuation_rate: 0, amount: 0 });
}

function keep_entered(frm, values) {
	return Object.fromEntries(
		Object.entries(values).filter(
			([field, value]) => field !== "service_request" && value && !frm.doc[field]
		)
	);
}

function show_intro(frm) {
	frm.set_intro("");
	if (frm.is_new()) return show_wished_times(frm);
	if (frm.doc.docstatus) return;
	const next =
		!frm.doc.departed_at && !frm.doc.arrived_at
			? __("Press On the Way when you set off; the case is then in progress.")
			: !frm.doc.arrived_at
				? __("Press Arrived when you are at the customer's.")
				: __(
						"Write what you found and did, list the parts, let the customer sign, then submit. Parts leave the stock on submit."
					);
	frm.set_intro(next, "blue");
	show_wished_times(frm);
}

// when the customer would like the visit, for whoever plans it
async function show_wished_times(frm) {
	const request = frm.doc.service_request;
	if (!request || frm.doc.arrived_at) return;
	const { message } = await frappe.db.get_value("Service Request", request, "wished_times");
	if (!message?.wished_times || frm.doc.service_request !== request) return;
	const times = frappe.utils.escape_html(message.wished_times).replace(/\n/g, "<br>");
	frm.dashboard.clear_comment();
	frm.dashboard.add_comment(`<b>${__("Wished Times")}</b><br>${times}`, "yellow", true);
}

// Only the button of the next time is shown; earlier times are corrected in their fields.
function add_time_buttons(frm) {
	if (frm.doc.docstatus || !frm.perm[0]?.write) return;
	const remote = frm.doc.visit_type === "Remote";
	const steps = [
		["departed_at", "depart", __("On the Way")],
		["arrived_at", "arrive", remote ? __("Connected") : __("Arrived")],
		["left_at", "leave", remote ? __("Disconnected") : __("Left", null, "Engineer Visit")],
	].filter(([, action]) => !(remote && action === "depart"));
	const reached = steps.map(([field]) => Boolean(frm.doc[field])).lastIndexOf(true);
	const next = steps[reached + 1];
	if (!next) return;
	const [, action, label] = next;
	const start = () => (action === "depart" ? support_service.visit_way.set_off(frm) : stamp(frm, action));
	frm.add_custom_button(label, start).removeClass("btn-default").addClass("btn-primary");
	support_service.next_on_phone(frm, [{ label, start }]);
}

async function stamp(frm, action) {
	if (frm.is_dirty()) await frm.save();
	await frappe.xcall(`support_service.field_service.api.${action}`, { visit: frm.doc.name });
	await frm.reload_doc();
}

// old parts that the engineer has taken along
async function say_what_is_due(frm) {
	if (!frappe.model.can_read("Removed Part")) return;
	const due = await frappe.db.get_list("Removed Part", {
		filters: { engineer_visit: frm.doc.name, status: "Due" },
		fields: ["item_code", "serial_no", "due_on"],
		order_by: "due_on",
	});
	for (const part of due) {
		const named = [part.item_code, part.serial_no].filter(Boolean).join(" ");
		const day = frappe.datetime.str_to_user(part.due_on);
		const message = __("The old part is due back at our store by {0}: {1}", [
			day,
			frappe.utils.escape_html(named),
		]);
		frappe.show_alert({ message, indicator: "orange" }, 20);
	}
}

// Shows before submitting whether everything is in stock; the server checks again and decides.
async function show_stock(frm) {
	const field = frm.fields_dict.stock_html;
	if (!field) return;
	field.$wrapper.empty();
	if (frm.is_new() || frm.doc.docstatus || !frm.doc.parts?.length) return;
	const visit = frm.doc.name;
	const method = "support_service.service_parts.api.stock_before_submit";
	const stock = await support_service.asked_by_form(frm, method, { visit });
	if (stock) field.$wrapper.html(stock_table(stock));
}

function stock_table({ rows, problems }) {
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));
	const lines = rows.map((row) => {
		const enough = row.free >= row.needed;
		const elsewhere = row.elsewhere
			.map((place) => `${text(place.warehouse)}: ${text(place.free)}`)
			.join(", ");
		return `<tr><td>${text(row.idx)}</td><td>${text(row.item_code)}</td><td>${text(row.warehouse)}</td>
			<td class="text-right">${text(row.needed)}</td>
			<td class="text-right"><span class="indicator ${enough ? "green" : "red"}">${text(row.free)}</span></td>
			<td>${elsewhere}</td></tr>`;
	});
	const table = rows.length
		? `<div class="table-responsive"><table class="table table-sm small"><thead class="text-muted"><tr>
			<th>${__("Row")}</th><th>${__("Item")}</th><th>${__("Draw From")}</th><th class="text-right">${__("Needed")}</th>
			<th class="text-right">${__("In Stock")}</th><th>${__("Elsewhere")}</th></tr></thead>
			<tbody>${lines.join("")}</tbody></table></div>`
		: "";
	const warnings = problems.map((problem) => `<li>${text(problem)}</li>`).join("");
	return table + (warnings ? `<ul class="text-danger small pl-3">${warnings}</ul>` : "");
}

// work that the customer would have to pay for is not begun before they agreed
async function show_charge(frm) {
	frm.dashboard.clear_headline();
	const method = "support_service.service_charging.api.visit_notice";
	const notice = await support_service.asked_by_form(frm, method, { visit: frm.doc.name });
	if (notice) frm.dashboard.set_headline_alert(notice, "orange");
}

// the amount the customer accepts by signing; only where the settings say that a signature does
async function show_what_to_sign(frm) {
	frm.charge_above = null;
	const panel = frm.fields_dict.charge_html?.$wrapper.empty();
	frm.toggle_display("sb_charge", false);
	if (!panel || frm.is_new() || !frm.doc.arrived_at) return;
	if (frm.doc.docstatus || !frm.perm[0]?.write) {
		// what was accepted or allowed
		frm.toggle_display("sb_charge", Boolean(frm.doc.signed_charge || frm.doc.charge_allowed_reason));
		return;
	}
	const method = "support_service.field_service.api.charge_to_sign";
	const found = await support_service.asked_by_form(frm, method, { visit: frm.doc.name });
	if (!found) return;
	const unknown = found.priced && !found.hours_known;
	const shown = unknown || (found.priced && found.charge > 0);
	frm.toggle_display("sb_charge", shown || Boolean(frm.doc.charge_allowed_reason));
	if (!shown) return;
	if (unknown) {
		const note = __(
			"Enter the working minutes, or press Left, to see what the customer pays before they sign."
		);
		panel.html(`<p class="text-muted">${note}</p>`);
		return;
	}
	panel.html(charge_table(found));
	// changed while the answer was on its way
	if (frm.is_dirty()) ask_to_save(frm);
	else frm.charge_above = String(found.charge);
}

function charge_table({ lines, charge, currency, accepted }) {
	const text = (value) => frappe.utils.escape_html(String(value ?? ""));
	const money = (value) => text(format_currency(value, currency));
	const rows = lines.map(
		(
			line
		) => `<tr><td>${text(line.description)}</td><td class="text-right">${text(Math.round(line.qty * 100) / 100)}</td>
			<td class="text-right">${line.free ? __("Free of charge") : money(line.charge)}</td></tr>`
	);
	const note = accepted
		? __("The customer has accepted this before.")
		: __("By signing, the customer accepts to pay this. Taxes are added.");
	return `<div class="table-responsive service-charge-to-sign"><table class="table table-sm small"><tbody>${rows.join("")}
		<tr><th>${__("The Customer Pays")}</th><th></th><th class="text-right">${money(charge)}</th></tr></tbody></table></div>
		<p class="text-muted small">${text(note)}</p>`;
}

function ask_to_save(frm) {
	if (frm.charge_above === undefined || frm.doc.docstatus) return;
	frm.charge_above = null;
	const panel = frm.fields_dict.charge_html?.$wrapper;
	if (panel?.find(".service-charge-to-sign").length) {
		panel.html(
			`<p class="text-muted">${__("Save to see what the customer pays now, before they sign.")}</p>`
		);
	}
}

function add_allow_button(frm) {
	if (frm.doc.docstatus || frm.doc.charge_allowed_reason) return;
	const deciders = ["After-Sales Lead", "Service Manager"];
	if (!deciders.some((role) => frappe.user.has_role(role)) || !frm.perm[0]?.write) return;
	frm.add_custom_button(__("Allow Without Acceptance"), () => {
		frappe.prompt(
			{
				fieldname: "reason",
				fieldtype: "Small Text",
				label: __("Why the Work Is Done Before the Customer Accepts"),
				reqd: 1,
			},
			async ({ reason }) => {
				await frappe.xcall("support_service.field_service.api.allow_charged_work", {
					visit: frm.doc.name,
					reason,
				});
				frm.reload_doc();
			},
			__("Allow Without Acceptance"),
			__("Allow")
		);
	});
}
