// {% include "support_service/public/js/colours.js" %}
// {% include "support_service/public/js/asked_by_form.js" %}
// {% include "support_service/public/js/loan_pieces.js" %}

// The loans of a request or a unit on its form, and what a visit takes back. Loaded by hooks.py: the forms' own rooms know
// nothing of loans.
frappe.provide("support_service");

// the desk loads this file once for each of the forms
if (!support_service.loans_of) {
	support_service.loans_of = {
		api: "support_service.service_parts.loans.desk_api",

		add_button(frm) {
			const over = ["Closed", "Cancelled"].includes(frm.doc.status);
			if (over || !frm.doc.customer || !frappe.model.can_create("Equipment Loan")) return;
			frm.add_custom_button(
				__("Equipment Loan"),
				async () => {
					const values = await frappe.xcall(`${this.api}.loan_defaults`, { request: frm.doc.name });
					const { customer, customer_name, company } = frm.doc;
					frappe.new_doc("Equipment Loan", {}, (doc) => {
						const { pieces, ...fields } = values;
						Object.assign(doc, fields, { customer, customer_name, company });
						doc.pieces = [];
						for (const piece of pieces) {
							Object.assign(
								frappe.model.add_child(doc, "Equipment Loan Piece", "pieces"),
								piece
							);
						}
					});
				},
				__("Create")
			);
		},

		async show(frm) {
			const of_what = { doctype: frm.doctype, name: frm.doc.name };
			const loans = await support_service.asked_by_form(frm, `${this.api}.loans_of`, of_what);
			if (!loans) return;
			frm.loans_section?.remove();
			if (!loans.length) return;
			const title =
				frm.doctype === "Engineer Visit" ? __("On Loan to This Customer") : __("Equipment Loans");
			frm.loans_section = frm.dashboard.add_section(this.html(loans), title).addClass("loans-of");
			frm.dashboard.show();
			if (frm.doctype === "Engineer Visit" && frm.doc.docstatus === 0 && frm.perm[0]?.write) {
				for (const loan of loans.filter((one) => one.pieces.some((piece) => piece.out > 0))) {
					const label =
						loans.length > 1 ? __("Take Back Loan {0}", [loan.name]) : __("Take Back Loan");
					frm.add_custom_button(label, () => this.plan(frm, loan));
					// on a phone the desk hides its buttons behind three dots
					$(`<button class="btn btn-default btn-sm d-md-none mb-2"></button>`)
						.text(label)
						.on("click", () => this.plan(frm, loan))
						.appendTo(frm.loans_section);
				}
			}
		},

		html(loans) {
			const escape = frappe.utils.escape_html;
			return loans
				.map((loan) => {
					const pieces = loan.pieces.map((piece) => {
						const planned = piece.planned ? ` (${__("comes back with this visit")})` : "";
						return (piece.serial_no || piece.item_name || piece.item_code) + planned;
					});
					const late = loan.days_late
						? `<span class="indicator-pill red">${escape(__("{0} days late", [loan.days_late]))}</span>`
						: support_service.colours.pill("loan_status", loan.status);
					return `<div class="mb-2">${late}
					<a href="${frappe.utils.get_form_link("Equipment Loan", loan.name)}">${escape(loan.name)}</a>
					<b>${escape(pieces.join(", "))}</b>
					<span class="text-muted">${escape(
						__("due on {0}", [frappe.datetime.str_to_user(loan.until_date)])
					)}</span></div>`;
				})
				.join("");
		},

		plan(frm, loan) {
			const out = loan.pieces.filter((piece) => piece.out > 0);
			const some = out.some((piece) => piece.planned);
			const rows = out.map((piece) =>
				support_service.loan_pieces.row_of(piece, some ? piece.planned : piece.out, {
					...piece,
					to_warehouse: piece.to_warehouse || frm.doc.warehouse,
				})
			);
			const dialog = new frappe.ui.Dialog({
				title: __("Take Back Loan {0}", [loan.name]),
				size: "extra-large",
				fields: [
					{
						fieldname: "note",
						fieldtype: "HTML",
						options: `<p class="text-muted">${__(
							"It comes back when this visit is submitted. Quantity 0: it stays with the customer."
						)}</p>`,
					},
					support_service.loan_pieces.table(rows, frm.doc.company, __("What has come back")),
				],
				primary_action_label: __("Take Back"),
				primary_action: async (values) => {
					dialog.disable_primary_action();
					try {
						await frappe.xcall(`${this.api}.plan_returns`, {
							visit: frm.doc.name,
							loan: loan.name,
							rows: support_service.loan_pieces.sent(values.rows),
						});
						dialog.hide();
						frm.refresh();
					} finally {
						dialog.enable_primary_action();
					}
				},
			});
			dialog.show();
		},
	};

	for (const doctype of ["Service Request", "Installed Unit", "Engineer Visit"]) {
		frappe.ui.form.on(doctype, {
			refresh(frm) {
				if (frm.is_new() || !frappe.model.can_read("Equipment Loan")) return;
				support_service.loans_of.show(frm);
				if (doctype === "Service Request") support_service.loans_of.add_button(frm);
			},
		});
	}
}
