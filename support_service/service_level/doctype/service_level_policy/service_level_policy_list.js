// {% include "support_service/service_level/doctype/service_level_policy/policy_scope.js" %}

frappe.listview_settings["Service Level Policy"] = {
	add_fields: [
		"enabled",
		"only_by_contract",
		"valid_from",
		"valid_to",
		...support_service.policy.dimensions,
	],
	hide_name_column: true,
	get_indicator: support_service.policy.indicator,

	formatters: {
		// the values alone fit into a column; what they are is said on hovering
		scope_summary(value, df, doc) {
			const values = support_service.policy.scope_values(doc).join(" · ");
			const words = support_service.policy.scope_in_words(doc);
			const none = doc.only_by_contract ? __("Only by contract") : __("Every case");
			return `<span title="${words}">${values || none}</span>`;
		},
	},

	onload(listview) {
		if (frappe.model.can_create("Service Level Policy")) {
			listview.page.add_inner_button(__("Import from ERPNext"), () => import_agreements(listview));
		}
	},
};

const COLOURS = {
	Created: "green",
	"Created Disabled": "orange",
	"Already There": "blue",
	"Edited Here": "blue",
	"Not Carried Over": "yellow",
	"Read Differently": "blue",
	Failed: "red",
};

// First what would happen, then, on the button, that it happens.
async function import_agreements(listview) {
	const trial = await run(true);
	if (!trial.agreements) {
		frappe.msgprint(__("ERPNext has no Service Level Agreements on this site."));
		return;
	}
	const dialog = new frappe.ui.Dialog({
		title: __("Import Service Level Agreements"),
		size: "extra-large",
		fields: [{ fieldname: "report", fieldtype: "HTML" }],
	});
	show(dialog, __("Nothing has been changed yet. This is what the import will do:"), trial.rows);
	dialog.set_primary_action(__("Import"), async () => {
		dialog.disable_primary_action();
		const done = await run(false).finally(() => dialog.enable_primary_action());
		show(dialog, __("Done. ERPNext's agreements were not touched."), done.rows);
		dialog.set_primary_action(__("Close"), () => dialog.hide());
		listview.refresh();
	});
	dialog.show();
}

function run(dry_run) {
	return frappe.xcall("support_service.service_level.api.import_agreements", { dry_run }, "POST", {
		freeze: true,
		freeze_message: dry_run ? __("Reading the agreements…") : __("Importing…"),
	});
}

function show(dialog, headline, rows) {
	const escape = frappe.utils.escape_html;
	const body = rows
		.map(
			(row) => `<tr>
				<td>${escape(row.source)}</td>
				<td>${escape(__(row.what, null, "Service Level Target"))}</td>
				<td><span class="indicator-pill ${COLOURS[row.result]} no-indicator-dot text-nowrap">${escape(__(row.result))}</span></td>
				<td>${escape(row.why)}</td>
			</tr>`
		)
		.join("");
	dialog.fields_dict.report.$wrapper.html(`
		<p>${escape(headline)}</p>
		<div class="table-responsive"><table class="table table-bordered table-sm">
			<thead><tr>
				<th>${__("Agreement")}</th><th>${__("What")}</th><th>${__("Result")}</th><th>${__("Remark")}</th>
			</tr></thead>
			<tbody>${body}</tbody>
		</table></div>`);
}
