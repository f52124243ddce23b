// {% include "support_service/public/js/asked_by_form.js" %}

// What is reserved for the request in the engineer's van and not on the visit yet: one click puts it there. Loaded by hooks.py: the
// visit's own room knows nothing of needs.
frappe.ui.form.on("Engineer Visit", {
	async refresh(frm) {
		const place = frm.fields_dict.scan_html?.$wrapper;
		place?.find(".visit-reserved").remove();
		if (!place || frm.is_new() || frm.doc.docstatus || !frm.perm[0]?.write) return;
		const method = "support_service.service_parts.needs.api.reserved_for_visit";
		const rows = await support_service.asked_by_form(frm, method, { visit: frm.doc.name });
		if (!rows?.length) return;
		const words = rows.map((row) => `${row.qty} × ${row.item_name || row.item_code}`).join(", ");
		const line = $(
			'<div class="visit-reserved d-flex flex-wrap align-items-center mb-3" style="gap: 8px">'
		).appendTo(place);
		$("<span>")
			.text(__("Reserved for this request in the van: {0}", [words]))
			.appendTo(line);
		$('<button type="button" class="btn btn-default btn-xs">')
			.text(__("Use These Parts"))
			.appendTo(line)
			.on("click", () => use_reserved(frm, rows, line));
	},
});

function use_reserved(frm, rows, line) {
	for (const row of rows) {
		// a row that somebody has begun and not filled in is used first
		const empty = (frm.doc.parts || []).find((one) => !one.item_code);
		Object.assign(empty || frm.add_child("parts"), row, { kind: "Part", fit_to_unit: 1 });
	}
	line.remove();
	frm.refresh_field("parts");
	frm.dirty();
	frappe.show_alert({ message: __("The reserved parts are on the visit. Save it."), indicator: "green" });
}
