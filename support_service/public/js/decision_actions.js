// Buttons of a current decision: ask the customer, enter the answer, override a line, charge.
// Included by the forms of requests and decisions.
frappe.provide("support_service.decision_actions");

Object.assign(support_service.decision_actions, {
	api: "support_service.service_charging.api",

	add(frm, doc, may, done, group) {
		if (!doc || doc.status !== "Current") return;
		const act = (label, action) => frm.add_custom_button(label, action, group);
		if (may.answer && doc.waits) {
			act(__("Ask the Customer"), async () => {
				await this.call("ask", { decision: doc.name });
				frappe.show_alert({ message: __("The customer is asked."), indicator: "blue" });
				done();
			});
			act(__("Record the Answer"), () => this.record_answer(doc, done));
		}
		const charged = doc.quotation || doc.sales_order || doc.sales_invoice;
		if (doc.stage === "Sale") this.add_of_sale(doc, may, done, act, charged);
		if (may.override && !charged) act(__("Decide Otherwise"), () => this.override(doc, done));
		// only while it is on no document
		const { offered } = doc.charge;
		if (!may.charge || offered <= 0) return;
		if (!doc.quotation) act(__("Make Quotation"), () => this.make("make_quotation", doc, done));
		if (doc.stage === "Work Done") {
			act(__("Make Sales Invoice"), () => this.make("make_invoice", doc, done));
		}
	},

	// parts sold without work: ordered when the customer has accepted, delivered and billed from the order
	add_of_sale(doc, may, done, act, charged) {
		if (!may.charge) return;
		if (!doc.sales_order && !doc.waits && doc.acceptance !== "Declined") {
			act(__("Make Sales Order"), () => this.make("make_order", doc, done));
		}
		if (doc.sales_order) act(__("Make Sales Invoice"), () => this.make("make_invoice", doc, done));
		if (!charged) {
			act(__("Withdraw the Sale"), () =>
				frappe.confirm(__("The customer is not asked about these parts any more."), async () => {
					await this.call("withdraw_sale", { decision: doc.name });
					done();
				})
			);
		}
	},

	call(method, args) {
		return frappe.xcall(`${this.api}.${method}`, args);
	},

	async make(method, doc, done) {
		const name = await this.call(method, { decision: doc.name });
		frappe.show_alert({ message: __("{0} is made as a draft.", [name]), indicator: "green" });
		done();
	},

	record_answer(doc, done) {
		const dialog = new frappe.ui.Dialog({
			title: __("Record the Answer"),
			fields: [
				{
					fieldname: "accepted",
					fieldtype: "Select",
					label: __("The customer"),
					reqd: 1,
					options: [
						{ value: "1", label: __("accepts to pay") },
						{ value: "0", label: __("declines") },
					],
				},
				{
					fieldname: "how",
					fieldtype: "Select",
					label: __("How"),
					reqd: 1,
					default: "Phone",
					options: ["Phone", "In Writing"].map((value) => ({ value, label: __(value) })),
				},
				{ fieldname: "note", fieldtype: "Small Text", label: __("Who Said What"), reqd: 1 },
			],
			primary_action_label: __("Record"),
			primary_action: async ({ accepted, how, note }) => {
				await this.call("record_answer", {
					decision: doc.name,
					accepted: accepted === "1",
					how,
					note,
				});
				dialog.hide();
				done();
			},
		});
		dialog.show();
	},

	override(doc, done) {
		const kinds = { Labour: __("Labour"), Travel: __("Travel"), Part: __("Parts") };
		const dialog = new frappe.ui.Dialog({
			title: __("Decide Otherwise"),
			fields: [
				{
					fieldname: "line",
					fieldtype: "Select",
					label: __("Line"),
					reqd: 1,
					options: doc.lines.map((line) => ({
						value: line.name,
						label: `${line.description || kinds[line.kind]} (${line.covered_share} %)`,
					})),
				},
				{ fieldname: "share", fieldtype: "Percent", label: __("Covered (%)"), reqd: 1, default: 100 },
				{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 },
			],
			primary_action_label: __("Decide"),
			primary_action: async ({ line, share, reason }) => {
				await this.call("override", { decision: doc.name, line, share, reason });
				dialog.hide();
				done();
			},
		});
		dialog.show();
	},
});
