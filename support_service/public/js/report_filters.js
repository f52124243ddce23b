// Filters and colours that several reports share. Included by the reports.
frappe.provide("support_service");

support_service.report_filters = {
	link(fieldname, label, options) {
		return { fieldname, label, fieldtype: "Link", options };
	},

	// from and to; without a given period the last three months until today
	period(first, last, required = true) {
		const reqd = required ? 1 : 0;
		const from = first || frappe.datetime.add_months(frappe.datetime.month_start(), -2);
		const to = last || frappe.datetime.get_today();
		return [
			{ fieldname: "from_date", label: __("From"), fieldtype: "Date", default: from, reqd },
			{ fieldname: "to_date", label: __("To"), fieldtype: "Date", default: to, reqd },
		];
	},

	// today and the next days
	coming(days) {
		const today = frappe.datetime.get_today();
		return this.period(today, frappe.datetime.add_days(today, days));
	},

	company() {
		return this.link("company", __("Company"), "Company");
	},

	customer() {
		return this.link("customer", __("Customer"), "Customer");
	},

	team() {
		return this.link("team", __("Team"), "Service Team");
	},

	engineer() {
		return this.link("engineer", __("Engineer"), "Service Engineer");
	},

	engineer_with_van() {
		return {
			...this.link("engineer", __("Service Engineer"), "Service Engineer"),
			get_query: () => ({ filters: { van_warehouse: ["is", "set"] } }),
		};
	},

	late_only() {
		return { fieldname: "late_only", label: __("Only Late Ones"), fieldtype: "Check" };
	},

	group_by(options, chosen) {
		return {
			fieldname: "group_by",
			label: __("Group by"),
			fieldtype: "Select",
			default: chosen,
			options,
		};
	},

	// by what visits and their parts are grouped
	groups_of_visits() {
		return [
			{ value: "Product", label: __("Product") },
			{ value: "Request Type", label: __("Request Type") },
			{ value: "Cause", label: __("Cause") },
			{ value: "Month", label: __("Month") },
			{ value: "Team", label: __("Team") },
			{ value: "Engineer", label: __("Engineer") },
			{ value: "Customer", label: __("Customer") },
		];
	},

	// visits of whom, about which product
	of_visits() {
		return [
			this.company(),
			this.team(),
			this.engineer(),
			this.customer(),
			this.link("product", __("Product"), "Item"),
		];
	},

	// a report's formatter that puts a dot before one column; colour_of: value → colour
	dot(fieldname, colour_of) {
		return (value, row, column, data, default_formatter) => {
			const shown = default_formatter(value, row, column, data);
			if (column.fieldname !== fieldname || !data) return shown;
			return `<span class="indicator ${colour_of(data[fieldname], data)}">${shown}</span>`;
		};
	},

	late_dot() {
		return this.dot("days_late", (days) => (days > 0 ? "red" : "green"));
	},

	expiry_dot() {
		return this.dot("days_left", (days) => (days < 0 ? "gray" : days <= 14 ? "red" : "orange"));
	},
};
