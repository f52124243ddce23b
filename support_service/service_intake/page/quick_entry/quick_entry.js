frappe.provide("support_service");

frappe.pages["quick-entry"].on_page_load = function (wrapper) {
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Quick Case Entry"),
		single_column: true,
	});
	frappe.model.with_doctype("Service Request", () => {
		wrapper.quick_entry = new support_service.QuickEntry(page);
	});
};

// A visitor, a letter, a fax …: one form, the scans below it. What was uploaded is attached by the server when the case is made.
support_service.QuickEntry = class QuickEntry {
	constructor(page) {
		this.page = page;
		this.api = "support_service.service_intake.api";
		this.body = $(`
			<div class="quick-entry">
				<div class="quick-entry-done" aria-live="polite"></div>
				<div class="quick-entry-form"></div>
				<div class="quick-entry-files"></div>
				<button type="button" class="btn btn-default btn-sm quick-entry-attach">
					${frappe.utils.icon("attachment", "sm")} ${__("Attach the Scan")}</button>
			</div>`).appendTo(page.main.addClass("border-0"));
		page.set_primary_action(__("Create Case"), () => this.create());
		page.set_secondary_action(__("Start Over"), () => this.start(), "refresh");
		this.body.find(".quick-entry-attach").on("click", () => this.attach());
		this.body.on("click", "[data-remove]", (event) => this.remove($(event.currentTarget).data("remove")));
		this.make();
	}

	async make() {
		const channels = await frappe.xcall(`${this.api}.channels_by_hand`);
		this.first_channel = channels[0]?.value;
		const options = (fieldname) =>
			frappe.meta
				.get_docfield("Service Request", fieldname)
				.options.split("\n")
				.filter(Boolean)
				.map((value) => ({ value, label: __(value) }));
		const select = (fieldname, label, fallback) => ({
			fieldtype: "Select",
			fieldname,
			label,
			options: options(fieldname),
			default: fallback,
		});
		this.form = new frappe.ui.FieldGroup({
			body: this.body.find(".quick-entry-form")[0],
			fields: [
				{
					fieldtype: "Select",
					fieldname: "channel",
					label: __("How It Reached Us"),
					options: channels,
					default: this.first_channel,
					reqd: 1,
				},
				{ fieldtype: "Data", fieldname: "subject", label: __("Subject"), reqd: 1 },
				{ fieldtype: "Small Text", fieldname: "description", label: __("Text") },
				{ fieldtype: "Column Break" },
				{
					fieldtype: "Link",
					fieldname: "customer",
					label: __("Customer"),
					options: "Customer",
					change: () => this.form.set_value("installed_unit", ""),
				},
				{
					fieldtype: "Link",
					fieldname: "installed_unit",
					label: __("Installed Unit"),
					options: "Installed Unit",
					get_query: () => {
						const customer = this.form.get_value("customer");
						return { filters: customer ? { customer } : {} };
					},
				},
				{ fieldtype: "Data", fieldname: "contact_name", label: __("From Whom") },
				{ fieldtype: "Data", fieldname: "contact_phone", label: __("Phone"), options: "Phone" },
				{ fieldtype: "Data", fieldname: "contact_email", label: __("E-mail"), options: "Email" },
				{ fieldtype: "Section Break" },
				select("request_type", __("Type"), "Fault"),
				select("impact", __("Impact"), "Medium"),
				{ fieldtype: "Column Break" },
				select("urgency", __("Urgency"), "Medium"),
				{
					fieldtype: "Select",
					fieldname: "department_queue",
					label: __("Department"),
					options: [
						{ value: "", label: __("By the routing rules") },
						...options("department_queue"),
					],
				},
			],
		});
		this.form.make();
		this.start();
	}

	start() {
		// the server returns the same case for the same key, however often the button is pressed
		this.key = frappe.utils.get_random(20);
		this.files = [];
		const channel = this.form.get_value("channel") || this.first_channel;
		this.form.clear();
		this.form.set_values({
			channel,
			request_type: "Fault",
			impact: "Medium",
			urgency: "Medium",
			department_queue: "",
		});
		this.show_files();
	}

	attach() {
		new frappe.ui.FileUploader({
			allow_multiple: true,
			make_attachments_public: false,
			on_success: (file) => {
				this.files.push({ name: file.name, file_name: file.file_name });
				this.show_files();
			},
		});
	}

	remove(name) {
		this.files = this.files.filter((file) => file.name !== name);
		this.show_files();
	}

	show_files() {
		const text = (value) => frappe.utils.escape_html(String(value ?? ""));
		this.body.find(".quick-entry-files").html(
			this.files
				.map(
					(file) => `<div class="quick-entry-file">${text(file.file_name)}
					<button type="button" class="btn btn-link btn-xs" data-remove="${text(file.name)}"
						aria-label="${__("Remove {0}", [text(file.file_name)])}">×</button></div>`
				)
				.join("")
		);
	}

	async create() {
		const values = this.form.get_values();
		if (!values || this.creating) return;
		this.creating = true;
		try {
			const created = await frappe.xcall(`${this.api}.enter_case`, {
				...values,
				files: this.files.map((file) => file.name),
				key: this.key,
			});
			const link = frappe.utils.get_form_link("Service Request", created.name, true);
			this.start();
			this.body
				.find(".quick-entry-done")
				.html(`<p>${__("{0} is created. The next one can be entered.", [`<b>${link}</b>`])}</p>`);
		} finally {
			this.creating = false;
		}
	}
};
