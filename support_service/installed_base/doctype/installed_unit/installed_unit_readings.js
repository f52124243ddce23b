// The meters of a unit: what each shows, how it went, and a reading entered in two clicks.
frappe.provide("support_service.unit_readings");

Object.assign(support_service.unit_readings, {
	show(frm, meters) {
		const $tab = frm.fields_dict.readings_html.$wrapper.empty();
		if (frappe.model.can_create("Unit Reading")) {
			$(`<div class="mb-3"><button class="btn btn-default btn-sm">${__("Add Reading")}</button></div>`)
				.appendTo($tab)
				.find("button")
				.on("click", () => this.ask(frm, meters));
		}
		if (!meters.length) {
			$(`<p class="text-muted">${__("No meter of this unit was read yet.")}</p>`).appendTo($tab);
		}
		meters.forEach((meter) => this.meter($tab, meter));
		// a chart drawn in a hidden tab has no width
		frm.$wrapper
			.find('.form-tabs .nav-link[data-fieldname="tb_readings"]')
			.off("shown.bs.tab.readings")
			.on("shown.bs.tab.readings", () => this.draw($tab, meters));
		if ($tab.is(":visible")) this.draw($tab, meters);
	},

	meter($tab, meter) {
		const history = support_service.unit_history;
		const latest = meter.readings[meter.readings.length - 1];
		const rows = [...meter.readings].reverse().slice(0, 10);
		$(`<div class="mb-4">
			<h5 class="mb-1">${history.text(meter.meter)}: ${this.number(meter.latest)} ${history.text(meter.uom)}
				<small class="text-muted">${history.date(latest.read_at)}</small></h5>
			<div class="reading-chart"></div>
			${history.table(
				[__("Read At"), __("Reading"), __("Source", null, "Unit Reading"), __("By")],
				rows.map((row) => [
					frappe.datetime.str_to_user(row.read_at),
					this.number(row.value) +
						(row.meter_replaced
							? ` <small class="text-muted">${__("meter replaced")}</small>`
							: ""),
					history.text(__(row.source)),
					history.text(row.owner),
				]),
				""
			)}
		</div>`).appendTo($tab);
	},

	draw($tab, meters) {
		$tab.find(".reading-chart").each((number, element) => {
			const readings = meters[number].readings.slice(-30);
			if (readings.length < 2 || element.childElementCount) return;
			new frappe.Chart(element, {
				type: "line",
				height: 160,
				colors: ["blue"],
				axisOptions: { xIsSeries: 1, shortenYAxisNumbers: 1 },
				lineOptions: { regionFill: 1 },
				data: {
					labels: readings.map((row) => support_service.unit_history.date(row.read_at)),
					datasets: [{ name: meters[number].meter, values: readings.map((row) => row.value) }],
				},
			});
		});
	},

	ask(frm, meters) {
		const last = meters[0] || {};
		const dialog = new frappe.ui.Dialog({
			title: __("Add Reading"),
			fields: [
				{
					fieldname: "meter",
					fieldtype: "Autocomplete",
					label: __("Meter"),
					options: meters.map((meter) => meter.meter),
					default: last.meter,
					reqd: 1,
				},
				{ fieldname: "value", fieldtype: "Float", label: __("Reading"), reqd: 1 },
				{
					fieldname: "uom",
					fieldtype: "Link",
					options: "UOM",
					label: __("UOM"),
					default: last.uom,
				},
				{
					fieldname: "read_at",
					fieldtype: "Datetime",
					label: __("Read At"),
					default: frappe.datetime.now_datetime(),
					reqd: 1,
				},
				{
					fieldname: "counts_up",
					fieldtype: "Check",
					label: __("Only Counts Up"),
					default: last.meter ? last.counts_up : 1,
				},
				{ fieldname: "meter_replaced", fieldtype: "Check", label: __("Meter Was Replaced") },
				{ fieldname: "note", fieldtype: "Small Text", label: __("Note") },
			],
			primary_action_label: __("Save"),
			primary_action: async (values) => {
				await frappe.db.insert({
					doctype: "Unit Reading",
					installed_unit: frm.doc.name,
					...values,
				});
				dialog.hide();
				support_service.unit_history.show(frm);
			},
		});
		dialog.show();
	},

	number(value) {
		return window.format_number(value, null, value % 1 ? 2 : 0);
	},
});
