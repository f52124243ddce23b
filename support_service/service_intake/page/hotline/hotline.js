// {% include "support_service/public/js/colours.js" %}
// {% include "support_service/public/js/coverage_view.js" %}
// {% include "support_service/public/js/knowledge.js" %}
// {% include "support_service/service_intake/page/hotline/hotline_cards.js" %}
// {% include "support_service/service_intake/page/hotline/hotline_calls.js" %}

frappe.provide("support_service");

frappe.pages["hotline"].on_page_load = function (wrapper) {
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Hotline"),
		single_column: true,
	});
	frappe.model.with_doctype("Service Request", () => {
		wrapper.hotline = new support_service.Hotline(page);
		wrapper.hotline.open_from_route();
	});
};

frappe.pages["hotline"].on_page_show = function (wrapper) {
	wrapper.hotline?.open_from_route();
};

// One call at a time: search -> caller (customer, unit or unknown) -> case.
support_service.Hotline = class Hotline {
	constructor(page) {
		this.page = page;
		this.api = "support_service.service_intake.api";
		this.calls = new support_service.HotlineCalls(this);
		this.hits = [];
		this.active = -1;
		this.last_search = 0;
		this.render();
		this.make_form();
		this.bind();
		this.reset();
		this.calls.watch();
	}

	is_visible() {
		return this.body.is(":visible");
	}

	look_for_calls() {
		return this.calls.look();
	}

	// Whether somebody is in the middle of a case.
	is_typing() {
		const { subject, description } = this.form.get_values(true) || {};
		return Boolean(subject || description || this.input.val());
	}

	render() {
		this.body = $(`
			<div class="hotline">
				<div class="hotline-calls" aria-live="polite"></div>
				<div class="hotline-search">
					${frappe.utils.icon("search", "sm")}
					<input type="search" class="form-control" autocomplete="off" spellcheck="false"
						aria-label="${__("Search the caller")}"
						placeholder="${__("Phone, name, serial number, unit or case number")}">
					<kbd>/</kbd>
				</div>
				<div class="hotline-columns">
					<div class="hotline-panel hotline-hits" role="listbox" aria-label="${__("Search results")}"></div>
					<div class="hotline-panel hotline-card"></div>
					<div class="hotline-panel hotline-new">
						<h5>${__("New Case")}</h5>
						<div class="hotline-notices" aria-live="polite"></div>
						<div class="hotline-duty"></div>
						<div class="hotline-caller"></div>
						<div class="hotline-form"></div>
						<button class="btn btn-primary btn-block hotline-create">${__("Create Case")}</button>
						<p class="text-muted small mt-2 hotline-keys">${__("{0} creates the case", ["<kbd>Ctrl</kbd> <kbd>Enter</kbd>"])}</p>
					</div>
				</div>
			</div>`).appendTo(this.page.main.addClass("border-0"));
		this.input = this.body.find(".hotline-search input");
		this.page.set_secondary_action(__("Next Call"), () => this.reset(), "refresh");
	}

	make_form() {
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
			body: this.body.find(".hotline-form")[0],
			fields: [
				{ fieldtype: "Data", fieldname: "contact_name", label: __("Caller") },
				{ fieldtype: "Data", fieldname: "contact_phone", label: __("Phone") },
				{ fieldtype: "Data", fieldname: "subject", label: __("Subject"), reqd: 1 },
				select("request_type", __("Type"), "Fault"),
				select("impact", __("Impact"), "Medium"),
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
				{ fieldtype: "Small Text", fieldname: "description", label: __("Description") },
			],
		});
		this.form.make();
		this.suggest_answers();
	}

	// articles that may answer what the caller tells
	suggest_answers() {
		const field = this.form.get_field("subject");
		const place = $('<div aria-live="polite">').insertAfter(field.wrapper);
		const subject = () => field.$input.val();
		field.$input.on("input", support_service.knowledge.follow(place, subject));
	}

	bind() {
		const search = frappe.utils.debounce(() => this.search(), 200);
		this.input.on("input", search);
		this.input.on("keydown", (event) => this.on_search_key(event));
		this.body.on("click", ".hotline-hit", (event) => this.choose($(event.currentTarget).data("index")));
		this.body.on("click", "[data-unit]", (event) => this.open_unit($(event.currentTarget).data("unit")));
		this.body.on("click", "[data-customer]", (event) =>
			this.open_customer($(event.currentTarget).data("customer"))
		);
		this.body.on("click", "[data-contact]", (event) => this.set_caller($(event.currentTarget).data()));
		this.body.find(".hotline-create").on("click", () => this.create());
		this.body.on("keydown", (event) => {
			if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
				event.preventDefault();
				event.stopPropagation();
				// a control writes its value when it loses the focus
				$(document.activeElement).trigger("change");
				this.create();
			}
		});
		$(document).on("keydown", (event) => {
			const typing = $(event.target).is("input, textarea, select, [contenteditable]");
			if (event.key === "/" && !typing && this.body.is(":visible")) {
				event.preventDefault();
				this.input.trigger("focus").trigger("select");
			}
		});
	}

	// Another page may send us a caller: frappe.route_options = {customer | installed_unit | text}.
	open_from_route() {
		this.look_for_calls();
		const options = frappe.route_options || {};
		frappe.route_options = {}; // not null: the sidebar of version 16 reads from it
		if (options.installed_unit) return this.open_unit(options.installed_unit);
		if (options.customer) return this.open_customer(options.customer);
		if (options.text) {
			this.input.val(options.text);
			this.search();
		}
		setTimeout(() => this.input.trigger("focus"), 100);
	}

	reset() {
		this.calls.put_aside();
		this.last_search++;
		this.caller = {};
		this.input.val("");
		this.show_hits([]);
		this.body.find(".hotline-card").html(support_service.hotline_cards.welcome());
		this.body.find(".hotline-notices").empty();
		this.start_case();
		this.input.trigger("focus");
	}

	start_case() {
		// the server returns the same case for the same key, however often the button is pressed
		this.key = frappe.utils.get_random(20);
		this.form.clear();
		this.form.set_values({
			request_type: "Fault",
			impact: "Medium",
			urgency: "Medium",
			department_queue: "",
		});
		this.show_caller();
	}

	async search() {
		const text = this.input.val().trim();
		const number = ++this.last_search;
		if (text.length < 2) return this.show_hits([]);
		const hits = await frappe.xcall(`${this.api}.look_up`, { text });
		// a slow answer to an earlier text must not replace a newer one
		if (number === this.last_search) this.show_hits(hits, text);
	}

	show_hits(hits, text) {
		this.hits = hits;
		this.body.removeClass("chosen");
		this.active = hits.length ? 0 : -1;
		const panel = this.body.find(".hotline-hits");
		panel.html(support_service.hotline_cards.hits(hits, text));
		panel.toggle(Boolean(text));
		this.body.find(".hotline-columns").toggleClass("searching", Boolean(text));
		this.mark_active();
		if (text && !hits.length && /^[\d\s()+\-./]+$/.test(text)) {
			this.form.set_value("contact_phone", text);
		}
	}

	mark_active() {
		const items = this.body.find(".hotline-hit").removeClass("active").attr("aria-selected", "false");
		const item = items.eq(this.active);
		if (this.active >= 0 && item.length) {
			item.addClass("active").attr("aria-selected", "true");
			item[0].scrollIntoView({ block: "nearest" });
		}
	}

	on_search_key(event) {
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (step && this.hits.length) {
			event.preventDefault();
			this.active = (this.active + step + this.hits.length) % this.hits.length;
			this.mark_active();
		} else if (event.key === "Enter" && !event.ctrlKey && this.active >= 0) {
			event.preventDefault();
			this.choose(this.active);
		} else if (event.key === "Escape") {
			this.reset();
		}
	}

	async choose(index) {
		const hit = this.hits[index];
		if (!hit) return;
		this.active = index;
		this.mark_active();
		this.body.addClass("chosen");
		if (hit.kind === "Contact") {
			await this.set_contact(hit);
		}
		if (hit.installed_unit) return this.open_unit(hit.installed_unit);
		if (hit.customer) return this.open_customer(hit.customer, hit.kind === "Contact");
		if (hit.kind === "Service Request") frappe.set_route("Form", "Service Request", hit.name);
	}

	async open_customer(customer, keep_caller = false) {
		const data = await frappe.xcall(`${this.api}.customer_card`, { customer });
		this.caller = {
			...(keep_caller ? this.caller : {}),
			customer: data.customer.name,
			customer_name: data.customer.customer_name,
		};
		this.show_card(support_service.hotline_cards.customer(data));
		if (!keep_caller) this.suggest_caller(data.contacts);
		this.show_caller();
		this.show_duplicates([]);
		this.focus_subject();
	}

	async open_unit(unit) {
		const data = await frappe.xcall(`${this.api}.unit_card`, { unit });
		this.caller = {
			...(this.caller.customer === data.unit.customer ? this.caller : {}),
			customer: data.unit.customer,
			customer_name: data.unit.customer_name,
			installed_unit: data.unit.name,
			unit_name: data.unit.unit_name,
		};
		this.show_card(support_service.hotline_cards.unit(data));
		if (!this.caller.contact) this.suggest_caller(data.contacts, data.unit.contact);
		this.show_caller();
		this.show_duplicates(data.open_cases);
		this.focus_subject();
	}

	// On a phone the form comes below the card, so that the card is read first.
	focus_subject() {
		if (window.matchMedia("(min-width: 769px)").matches) this.form.get_field("subject").set_focus();
	}

	show_card(html) {
		this.body.find(".hotline-card").html(html);
		this.body.find(".hotline-notices").empty();
	}

	set_contact(hit) {
		this.caller = { customer: hit.customer };
		return this.set_caller({ contact: hit.name, name: hit.title, phone: hit.phone });
	}

	// Most often the unit's or the customer's first contact calls; the agent corrects it where not.
	suggest_caller(contacts, preferred) {
		const found = contacts.find((row) => row.name === preferred) || contacts[0];
		if (!found) return;
		this.set_caller({
			contact: found.name,
			name: found.full_name,
			phone: found.mobile_no || found.phone,
		});
	}

	set_caller({ contact, name, phone }) {
		this.caller.contact = contact;
		return this.form.set_values({ contact_name: name || "", contact_phone: phone || "" });
	}

	show_caller() {
		this.body
			.find(".hotline-caller")
			.html(support_service.hotline_cards.caller(this.caller))
			.toggle(Boolean(this.caller.customer));
	}

	show_duplicates(cases) {
		this.notice("warning", support_service.hotline_cards.duplicates(cases));
	}

	notice(kind, html) {
		const notices = this.body.find(".hotline-notices").empty();
		if (html) notices.html(`<div class="hotline-notice ${kind}">${html}</div>`);
	}

	async create() {
		const values = this.form.get_values();
		if (!values || this.creating) return;
		this.creating = true;
		const button = this.body.find(".hotline-create").prop("disabled", true);
		const { customer, installed_unit, contact } = this.caller;
		try {
			const created = await frappe.xcall(`${this.api}.open_case`, {
				...values,
				customer,
				installed_unit,
				contact,
				key: this.key,
				call: this.calls.name(),
			});
			await this.after_create(created);
			this.look_for_calls();
		} finally {
			this.creating = false;
			button.prop("disabled", false);
		}
	}

	async after_create(created) {
		const { installed_unit, customer } = this.caller;
		this.start_case();
		if (installed_unit) await this.open_unit(installed_unit);
		else if (customer) await this.open_customer(customer);
		this.notice("success", support_service.hotline_cards.created(created));
		this.input.trigger("focus").trigger("select");
	}
};
