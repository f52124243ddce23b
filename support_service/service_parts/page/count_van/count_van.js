frappe.provide("support_service");

frappe.pages["count-van"].on_page_load = function (wrapper) {
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Count a Van"),
		single_column: true,
	});
	wrapper.count_van = new support_service.CountVan(page);
};

frappe.pages["count-van"].on_page_show = function (wrapper) {
	wrapper.count_van?.open_from_route();
};

// Choose a van -> scan or type what is there -> finish. The route names the count: /count-van/VC-2026-00001.
support_service.CountVan = class CountVan {
	constructor(page) {
		this.page = page;
		this.api = "support_service.service_parts.vans.api";
		this.body = $('<div class="count-van"></div>').appendTo(page.main.addClass("border-0"));
		this.bind();
	}

	esc(text) {
		return frappe.utils.escape_html(text == null ? "" : String(text));
	}

	call(method, args) {
		return frappe.xcall(`${this.api}.${method}`, args);
	}

	open_from_route() {
		const name = frappe.get_route()[1];
		const engineer = frappe.route_options?.engineer;
		frappe.route_options = {}; // not null: the sidebar of version 16 reads from it
		if (name) return this.call("count_of", { count: name }).then((count) => this.show(count));
		if (engineer) return this.begin(engineer);
		return this.call("my_vans").then((vans) => this.choose(vans));
	}

	choose(vans) {
		this.page.clear_secondary_action();
		if (!vans.length) {
			this.body.html(
				`<div class="text-muted text-center p-5">${__(
					"There is no van you may count. Your lead sets the van warehouse on your Service Engineer."
				)}</div>`
			);
			return;
		}
		const rows = vans.map((van) => {
			const last = van.last_count
				? __("Last counted on {0}", [frappe.datetime.str_to_user(van.last_count.counted_at)])
				: __("Never counted");
			return `<div class="count-van-row">
				<div class="count-van-what"><strong>${this.esc(van.van_warehouse)}</strong><br>
					<span class="text-muted">${this.esc(van.engineer_name)} · ${this.esc(last)}</span></div>
				<button class="btn btn-primary" data-begin="${this.esc(van.name)}">
					${van.open_count ? __("Go On") : __("Count", null, "Van Count")}</button></div>`;
		});
		this.body.html(rows.join(""));
	}

	async begin(engineer) {
		const count = await this.call("begin_count", { engineer });
		frappe.set_route("count-van", count.name);
	}

	show(count) {
		this.count = count;
		this.page.set_title(count.warehouse);
		this.page.set_indicator(
			__(count.status, null, "Van Count"),
			support_service.van_count_tones[count.status]
		);
		const open = count.status === "Open";
		this.body.html(`
			<p class="text-muted">${this.esc(count.engineer_name)} · ${frappe.datetime.str_to_user(count.started_at)}</p>
			${open ? this.scan_bar() : this.outcome()}
			<div class="count-van-rows"></div>
			${open ? this.foot() : ""}`);
		this.rows = this.body.find(".count-van-rows");
		count.rows.forEach((row) => this.rows.append(this.row_html(row, open)));
		if (!count.rows.length && open) {
			this.rows.html(
				`<p class="text-muted p-3">${__("The books say this van is empty. Scan what is in it.")}</p>`
			);
		}
		this.show_progress();
	}

	scan_bar() {
		return `<div class="count-van-scan">
			<input class="form-control" autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="done"
				aria-label="${__("Scan or type a code")}" placeholder="${__("Serial number, batch, barcode or item")}">
			<div class="count-van-said small mt-1" aria-live="polite"></div></div>`;
	}

	foot() {
		return `<div class="count-van-foot">
			<button class="btn btn-default" data-discard="1">${__("Discard")}</button>
			<button class="btn btn-primary" data-finish="1">${__("Finish")}</button></div>`;
	}

	outcome() {
		const said = {
			Counted: __(
				"The store has been given a draft of what differs. A Stock Manager posts it after a look."
			),
			"In the Books": __("The store has posted what differs."),
			"No Difference": __("Everything is where the books say."),
			Discarded: __("This count was discarded: {0}", [this.count.discard_reason]),
		}[this.count.status];
		return `<div class="alert alert-info">${this.esc(said)}</div>`;
	}

	row_html(row, open) {
		const expected = "expected" in row ? ` · ${__("expected {0}", [row.expected])}` : "";
		const numbered = row.tracking === "Serial";
		const moved = this.moved?.includes(row.item_code) && !row.counted;
		return `<div class="count-van-row ${moved ? "moved" : ""}" data-item="${this.esc(row.item_code)}"
				data-batch="${this.esc(row.batch_no)}">
			<div class="count-van-what"><strong>${this.esc(row.item_name || row.item_code)}</strong>
				${row.batch_no ? `<span class="badge badge-light">${this.esc(row.batch_no)}</span>` : ""}<br>
				<span class="text-muted">${this.esc(row.item_code)} · ${this.esc(__(row.uom))}${this.esc(expected)}</span>
				${moved ? `<br><span class="text-warning">${__("Moved while you counted: count it again.")}</span>` : ""}
			</div>
			${
				numbered || !open
					? `<strong class="count-van-found">${row.counted || !open ? this.esc(row.found) : "–"}</strong>`
					: `<input class="form-control count-van-found" type="number" min="0" step="any" inputmode="decimal"
						aria-label="${__("Found of {0}", [this.esc(row.item_code)])}" value="${row.counted ? row.found : ""}">`
			}
			${
				numbered && open
					? `<textarea class="form-control count-van-serials" rows="2" autocapitalize="off" spellcheck="false"
						aria-label="${__("Serial numbers found of {0}", [this.esc(row.item_code)])}"
						placeholder="${__("One serial number per line; leave empty and tap None if none is there")}">${this.esc(
							row.found_serials
						)}</textarea>
						${row.counted ? "" : `<button class="btn btn-xs btn-default" data-none="1">${__("None")}</button>`}`
					: ""
			}
			${row.note ? `<div class="count-van-note small text-warning">${this.esc(row.note)}</div>` : ""}
		</div>`;
	}

	bind() {
		this.body.on("click", "[data-begin]", (event) => this.begin($(event.currentTarget).data("begin")));
		this.body.on("change", ".count-van-scan input", (event) => this.scan($(event.currentTarget)));
		this.body.on("change", "input.count-van-found", (event) => {
			const value = $(event.currentTarget).val();
			if (value !== "") this.enter($(event.currentTarget), { found: value });
		});
		this.body.on("change", ".count-van-serials", (event) =>
			this.enter($(event.currentTarget), { serials: $(event.currentTarget).val() })
		);
		this.body.on("click", "[data-none]", (event) => this.enter($(event.currentTarget), { serials: "" }));
		this.body.on("click", "[data-finish]", () => this.finish());
		this.body.on("click", "[data-discard]", () => this.discard());
	}

	async scan(input) {
		const code = input.val().trim();
		if (!code) return;
		input.val("").trigger("focus");
		const row = await this.call("scan", { count: this.count.name, code });
		this.put(row);
		this.body
			.find(".count-van-said")
			.text(__("{0}: {1} found", [row.item_name || row.item_code, row.found]));
	}

	async enter(control, values) {
		const line = control.closest(".count-van-row");
		const row = await this.call("enter", {
			count: this.count.name,
			item_code: line.attr("data-item"),
			batch_no: line.attr("data-batch") || null,
			...values,
		});
		this.put(row);
	}

	// The server's row replaces ours.
	put(row) {
		const same = (one) =>
			one.item_code === row.item_code && (one.batch_no || "") === (row.batch_no || "");
		const place = this.count.rows.findIndex(same);
		if (place < 0) {
			this.count.rows.push(row);
			if (this.count.rows.length === 1) this.rows.empty();
			this.rows.append(this.row_html(row, true));
		} else {
			this.count.rows[place] = row;
			this.rows.children().eq(place).replaceWith(this.row_html(row, true));
		}
		this.show_progress();
	}

	show_progress() {
		const counted = this.count.rows.filter((row) => row.counted).length;
		this.body
			.find("[data-finish]")
			.text(__("Finish ({0} of {1} counted)", [counted, this.count.rows.length]));
	}

	async finish() {
		// a control writes its value when it loses the focus
		$(document.activeElement).trigger("blur");
		await frappe.after_ajax();
		const count = await this.call("finish_count", { count: this.count.name });
		this.moved = count.moved;
		this.show(count);
		if (count.moved.length) {
			frappe.show_alert({
				message: __("Stock moved while you counted: {0}. Count these again.", [
					this.esc(count.moved.join(", ")),
				]),
				indicator: "orange",
			});
		}
	}

	discard() {
		const ask = { fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 };
		frappe.prompt(
			[ask],
			async ({ reason }) =>
				this.show(await this.call("discard_count", { count: this.count.name, reason })),
			__("Discard the Count"),
			__("Discard")
		);
	}
};

support_service.van_count_tones = {
	Open: "orange",
	Counted: "blue",
	"In the Books": "green",
	"No Difference": "green",
	Discarded: "gray",
};
