// {% include "support_service/public/js/asked_by_form.js" %}
// "Parts Needed" on a request: what it needs, where that is, and the next step for each part; loaded with the request's form.
frappe.provide("support_service.part_needs");

Object.assign(support_service.part_needs, {
	api: "support_service.service_parts.needs.api",
	call(method, frm, args = {}) {
		return frappe.xcall(`${this.api}.${method}`, { request: frm.doc.name, ...args });
	},

	async show(frm) {
		const seen = !frm.is_new() && frappe.model.can_read("Part Need");
		frm.toggle_display("sb_parts", seen);
		if (!seen) return;
		const request = frm.doc.name;
		const state = await support_service.asked_by_form(frm, `${this.api}.needs_of`, { request });
		if (state) this.draw(frm, state);
	},

	draw(frm, state) {
		const { needs, may_add } = state;
		const wrapper = $(frm.fields_dict.parts_html.wrapper).empty();
		const box = $('<div class="part-needs">').appendTo(wrapper);
		if (!needs.length) {
			$('<p class="text-muted">').text(__("No parts are needed so far.")).appendTo(box);
		}
		for (const need of needs) this.row(frm, need, state).appendTo(box);
		if (!may_add) return;
		const bar = $('<div class="mt-3 d-flex flex-wrap" style="gap: 8px">').appendTo(box);
		this.button(bar, __("Add Parts"), () => this.add(frm)).addClass("btn-primary-light");
		const open = needs.filter((need) => need.is_open);
		const to_bring = open.filter(
			(need) =>
				this.missing_in_van(need) &&
				need.status !== "Ordered" &&
				!(need.held_qty && need.held_qty <= need.moving)
		);
		if (to_bring.length > 1) {
			this.button(bar, __("Bring All to the Van"), () => this.ask_for(frm, "transfer", to_bring));
		}
		const to_order = open.filter((need) => need.status === "Wanted" && !need.asked);
		if (to_order.length > 1) {
			this.button(bar, __("Order What Is Missing"), () => this.ask_for(frm, "purchase", to_order));
		}
	},

	button(parent, label, action) {
		return $('<button type="button" class="btn btn-default btn-xs">')
			.text(label)
			.appendTo(parent)
			.on("click", async (event) => {
				const button = $(event.currentTarget).prop("disabled", true);
				try {
					await action();
				} catch (refused) {
					// what the server refuses Frappe has shown
					if (refused instanceof Error) throw refused;
				} finally {
					button.prop("disabled", false);
				}
			});
	},

	row(frm, need, state) {
		const row = $('<div class="part-need border-bottom py-2">').attr("data-need", need.name);
		const head = $(
			'<div class="d-flex justify-content-between align-items-start" style="gap: 8px">'
		).appendTo(row);
		$("<a>")
			.attr("href", frappe.utils.get_form_link("Part Need", need.name))
			.text(`${need.qty} ${need.uom || need.stock_uom} ${need.item_name || need.item_code}`)
			.appendTo(head);
		$(support_service.colours.pill("need_status", need.status)).appendTo(head);
		const lines = this.lines(need);
		if (lines.length) $('<div class="text-muted small">').html(lines.join(" · ")).appendTo(row);
		if (state.may_add) this.steps(frm, need, row);
		return row;
	},

	// whoever may not open it reads its number
	request_link(name) {
		if (frappe.model.can_read("Material Request")) {
			return frappe.utils.get_form_link("Material Request", name, true);
		}
		return frappe.utils.escape_html(name);
	},

	// as HTML
	lines(need) {
		const text = (value) => frappe.utils.escape_html(String(value));
		const lines = [];
		if (need.alternative_of) lines.push(__("instead of {0}", [text(need.alternative_of)]));
		if (need.needed_by) lines.push(__("needed by {0}", [frappe.datetime.str_to_user(need.needed_by)]));
		if (!need.is_open) return lines;
		if (need.used_qty) lines.push(__("{0} used", [need.used_qty]));
		for (const { qty, warehouse } of need.reserved) {
			lines.push(__("{0} reserved in {1}", [qty, text(warehouse)]));
		}
		if (need.transfer_request && this.missing_in_van(need)) {
			lines.push(
				__("the store is asked to bring it, with {0}", [this.request_link(need.transfer_request)])
			);
		}
		if (need.ordered_qty) lines.push(__("{0} ordered", [need.ordered_qty]));
		if (need.asked > need.ordered_qty) {
			const draft = this.request_link(need.purchase_request);
			lines.push(__("{0} to be ordered, with the draft {1}", [need.asked - need.ordered_qty, draft]));
		}
		if (need.expected_on) {
			lines.push(__("promised for {0}", [frappe.datetime.str_to_user(need.expected_on)]));
		}
		return lines;
	},

	missing_in_van(need) {
		return need.stock_qty - need.used_qty - need.van_qty - need.transit_qty > 0;
	},

	// the steps that make sense now, and no others
	steps(frm, need, row) {
		const bar = $('<div class="mt-1 d-flex flex-wrap" style="gap: 6px">').appendTo(row);
		const change = async (method, args = {}) =>
			this.draw(frm, await this.call(method, frm, { needs: [need.name], ...args }));
		if (need.status === "Cancelled") {
			this.button(bar, __("Needed after All"), () => change("want_again"));
			return;
		}
		if (!need.is_open) return;
		const held = need.held_qty + need.van_qty + need.transit_qty;
		const unreserved = need.stock_qty - need.used_qty - held;
		if (unreserved > 0) {
			this.button(bar, __("Reserve"), () => change("reserve"));
			if (unreserved > need.asked) {
				this.button(bar, __("Order", null, "Part Need"), () => this.ask_for(frm, "purchase", [need]));
			}
		}
		if (this.missing_in_van(need) && need.held_qty > need.moving) {
			this.button(bar, __("Bring to the Van"), () => this.ask_for(frm, "transfer", [need]));
		}
		if (held) this.button(bar, __("Release", null, "Part Need"), () => change("release"));
		this.button(bar, __("Where Is It?"), () => this.where(frm, need));
		this.button(bar, __("Not Needed"), () => this.call_off(frm, need));
	},

	async ask_for(frm, method, needs) {
		const names = await this.call(method, frm, { needs: needs.map((need) => need.name) });
		const links = names.map((name) => this.request_link(name));
		frappe.show_alert(
			{
				message: __("Asked for with {0}: a draft that the store or the purchasers submit.", [
					links.join(", "),
				]),
				indicator: "green",
			},
			10
		);
		await this.show(frm);
	},

	call_off(frm, need) {
		frappe.prompt(
			{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason") },
			async ({ reason }) =>
				this.draw(
					frm,
					await this.call("call_off", frm, { needs: [need.name], reason: reason || "" })
				),
			__("Not Needed"),
			__("Not Needed")
		);
	},

	async where(frm, need) {
		const { item, alternatives } = await this.call("where_is", frm, { item_code: need.item_code });
		const dialog = new frappe.ui.Dialog({
			title: need.item_name || need.item_code,
			fields: [{ fieldname: "places", fieldtype: "HTML" }],
		});
		const box = $(dialog.fields_dict.places.wrapper);
		this.places(box, item);
		for (const other of alternatives) {
			$('<h5 class="mt-3">')
				.text(__("Or instead: {0}", [other.item_name]))
				.appendTo(box);
			this.places(box, other);
		}
		dialog.show();
	},

	places(parent, item) {
		for (const place of item.places) {
			const line = [`${place.warehouse}: ${__("{0} free", [place.free])}`];
			if (place.for_case) line.push(__("{0} for this request", [place.for_case]));
			if (place.for_others) line.push(__("{0} for other requests", [place.for_others]));
			$("<div>").text(line.join(" · ")).appendTo(parent);
		}
		if (!item.places.length) {
			$('<div class="text-muted">').text(__("There is none in stock.")).appendTo(parent);
		}
		if (item.expected_on) {
			const day = frappe.datetime.str_to_user(item.expected_on);
			$("<div>")
				.text(__("More is promised for {0}.", [day]))
				.appendTo(parent);
		}
	},
});

// the dialog in which parts are added
Object.assign(support_service.part_needs, {
	async add(frm) {
		const suggestions = await this.call("suggestions_for", frm);
		const dialog = new frappe.ui.Dialog({
			title: __("Add Parts"),
			fields: [
				{ fieldname: "suggested", fieldtype: "HTML" },
				{ fieldname: "sb", fieldtype: "Section Break" },
				{
					fieldname: "item_code",
					fieldtype: "Link",
					options: "Item",
					label: suggestions.length ? __("Another Part") : __("Part"),
					get_query: () => ({ filters: { is_stock_item: 1, disabled: 0, has_variants: 0 } }),
					change: () => this.show_choice(frm, dialog),
				},
				{ fieldname: "choice", fieldtype: "HTML" },
				{ fieldname: "cb", fieldtype: "Column Break" },
				{ fieldname: "qty", fieldtype: "Float", label: __("Quantity"), default: 1 },
				{ fieldname: "needed_by", fieldtype: "Date", label: __("Needed By") },
				{ fieldname: "reserve", fieldtype: "Check", label: __("Reserve what is free"), default: 1 },
			],
			primary_action_label: __("Add"),
			primary_action: async (values) => {
				const parts = this.chosen(dialog, values);
				if (!parts.length) {
					frappe.show_alert({ message: __("Choose at least one part."), indicator: "orange" });
					return;
				}
				const state = await this.call("add", frm, { parts, reserve: values.reserve ? 1 : 0 });
				dialog.hide();
				this.draw(frm, state);
			},
		});
		this.list(dialog, suggestions);
		dialog.show();
	},

	list(dialog, suggestions) {
		const box = $(dialog.fields_dict.suggested.wrapper);
		for (const part of suggestions) {
			const row = $('<label class="part-suggestion d-flex border-bottom py-2" style="gap: 8px">')
				.data("part", part)
				.appendTo(box);
			$('<input type="checkbox">').appendTo(row);
			const text = $('<div style="min-width: 0">').appendTo(row);
			$("<div>").text(`${part.qty} ${part.stock_uom} ${part.item_name}`).appendTo(text);
			const there = [...part.why];
			if (part.in_van) there.push(__("{0} in the van", [part.in_van]));
			else if (part.free) there.push(__("{0} in stock", [part.free]));
			else if (part.expected_on) {
				there.push(__("promised for {0}", [frappe.datetime.str_to_user(part.expected_on)]));
			} else there.push(__("none in stock"));
			$('<div class="text-muted small">').text(there.join(" ")).appendTo(text);
		}
	},

	chosen(dialog, values) {
		const common = { needed_by: values.needed_by };
		const parts = [];
		dialog.$wrapper.find(".part-suggestion").each((_index, element) => {
			if (!$(element).find("input").prop("checked")) return;
			const { item_code, qty, alternative_of } = $(element).data("part");
			parts.push({ item_code, qty, alternative_of, ...common });
		});
		if (values.item_code) {
			parts.push({
				item_code: values.item_code,
				qty: values.qty,
				alternative_of: dialog.instead_of?.[values.item_code],
				...common,
			});
		}
		return parts;
	},

	// where the chosen part is, and what would do as well
	async show_choice(frm, dialog) {
		const box = $(dialog.fields_dict.choice.wrapper).empty();
		const item_code = dialog.get_value("item_code");
		if (!item_code) return;
		const { item, alternatives } = await this.call("where_is", frm, { item_code });
		if (dialog.get_value("item_code") !== item_code || !item) return;
		this.places(box.addClass("small text-muted mb-2"), item);
		for (const other of alternatives) {
			const line = $('<div class="mt-1">').appendTo(box);
			$("<span>")
				.text(`${other.item_name}: ${__("{0} free", [other.free])} `)
				.appendTo(line);
			this.button(line, __("Take This Instead"), () => {
				dialog.instead_of = { ...dialog.instead_of, [other.item_code]: item_code };
				return dialog.set_value("item_code", other.item_code);
			});
		}
	},
});

frappe.ui.form.on("Service Request", {
	refresh(frm) {
		support_service.part_needs.show(frm);
	},
});
