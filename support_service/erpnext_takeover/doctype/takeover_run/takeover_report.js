// Progress and report of a takeover: counts per kind, then what each record became and why.
frappe.provide("support_service.takeover_report");

Object.assign(support_service.takeover_report, {
	api: "support_service.erpnext_takeover.api",
	page_size: 50,
	colours: {
		"Would Be Made": "blue",
		Made: "green",
		"Already There": "gray",
		Skipped: "orange",
		Failed: "red",
		"Outside the Choice": "gray",
	},
	// where what was made of a kind is listed
	lists: {
		"Serial No": ["Installed Unit", { source_key: ["like", "Serial No|%"] }],
		Asset: ["Installed Unit", { source_key: ["like", "Asset|%"] }],
		Issue: ["Service Request", { source_doctype: "Issue" }],
		"Warranty Claim": ["Service Request", { source_doctype: "Warranty Claim" }],
		"Maintenance Visit": ["Service Request", { source_doctype: "Maintenance Visit" }],
		"Maintenance Schedule": ["Service Contract", { source_doctype: "Maintenance Schedule" }],
	},

	show_progress(frm, now) {
		const wrapper = frm.fields_dict.progress_html.$wrapper;
		if (!now.kinds.length) {
			wrapper.html(`<p class="text-muted">${__("Not started yet.")}</p>`);
			return;
		}
		const percent = now.total ? Math.min(100, Math.floor((now.done * 100) / now.total)) : 0;
		const shown = now.status === "Done" ? 100 : percent;
		wrapper.html(`
			<div class="mb-2">${this.headline(now)}</div>
			<div class="progress mb-3" role="progressbar" aria-valuenow="${shown}" aria-valuemin="0" aria-valuemax="100" style="height: 10px">
				<div class="progress-bar ${this.bar_class(now.status)}" style="width: ${shown}%"></div>
			</div>
			<div class="table-responsive">${this.table(now)}</div>`);
		wrapper.find("a[data-list]").on("click", (event) => {
			event.preventDefault();
			const [doctype, filters] = this.lists[$(event.currentTarget).data("list")];
			frappe.set_route("List", doctype, filters);
		});
	},

	figure(value) {
		return Number(value || 0).toLocaleString(frappe.boot.lang);
	},

	headline(now) {
		const figures = __("{0} of {1} records looked at", [this.figure(now.done), this.figure(now.total)]);
		const status = __(now.status, null, "Takeover Run");
		return `<b>${frappe.utils.escape_html(status)}</b> · ${figures}`;
	},

	bar_class(status) {
		return { Done: "bg-success", Failed: "bg-danger", Stopped: "bg-warning" }[status] || "";
	},

	table(now) {
		const outcomes = [
			now.dry_run ? "Would Be Made" : "Made",
			"Already There",
			"Skipped",
			"Failed",
			"Outside the Choice",
		];
		const cell = (value) => `<td class="text-right">${this.figure(value)}</td>`;
		const rows = now.kinds.map((kind) => {
			const made = !now.dry_run && kind.counts.Made;
			const label = frappe.utils.escape_html(__(kind.label, null, "Takeover Run"));
			return `<tr>
				<td>${made ? `<a href="#" data-list="${kind.doctype}">${label}</a>` : label}</td>
				${cell(kind.total)}${outcomes.map((outcome) => cell(kind.counts[outcome])).join("")}
			</tr>`;
		});
		const heads = [__("Found"), ...outcomes.map((outcome) => __(outcome))];
		return `<table class="table table-bordered table-sm mb-0">
			<thead><tr><th></th>${heads.map((head) => `<th class="text-right">${head}</th>`).join("")}</tr></thead>
			<tbody>${rows.join("")}</tbody>
		</table>`;
	},

	setup(frm) {
		const wrapper = frm.fields_dict.findings_html.$wrapper;
		wrapper.html(`
			<div class="d-flex flex-wrap align-items-center mb-3" style="gap: 8px">
				<select class="form-control input-xs" data-filter="doctype" style="width: auto" aria-label="${__(
					"Record Type"
				)}">
					<option value="">${__("All record types")}</option>
					${Object.keys(this.lists)
						.map((name) => `<option value="${name}">${__(name)}</option>`)
						.join("")}
				</select>
				<select class="form-control input-xs" data-filter="outcome" style="width: auto" aria-label="${__("Outcome", null, "Takeover Finding")}">
					<option value="">${__("All outcomes")}</option>
					${Object.keys(this.colours)
						.filter((name) => name !== "Outside the Choice")
						.map((name) => `<option value="${name}">${__(name)}</option>`)
						.join("")}
				</select>
				<button class="btn btn-default btn-xs" data-action="download">${__("Download CSV")}</button>
			</div>
			<p class="text-muted small">${__("Everything that was skipped or failed, and some examples of the rest.")}</p>
			<div data-rows></div>
			<button class="btn btn-default btn-xs mt-2 hidden" data-action="more">${__("More")}</button>`);
		wrapper.find("select").on("change", () => this.load(frm, 0));
		wrapper.find("[data-action=more]").on("click", () => this.load(frm, this.shown));
		wrapper
			.find("[data-action=download]")
			.on("click", () =>
				window.open(`/api/method/${this.api}.download?run=${encodeURIComponent(frm.doc.name)}`)
			);
		this.load(frm, 0);
	},

	async load(frm, start) {
		const wrapper = frm.fields_dict.findings_html.$wrapper;
		const name = frm.doc.name;
		const filter = (key) => wrapper.find(`[data-filter=${key}]`).val();
		const rows = await frappe.xcall(`${this.api}.report`, {
			run: name,
			doctype: filter("doctype"),
			outcome: filter("outcome"),
			start,
		});
		if (frm.doc.name !== name) return;
		const body = rows.map((row) => this.row(row)).join("");
		const place = wrapper.find("[data-rows]");
		if (start) place.find("tbody").append(body);
		else place.html(rows.length ? this.rows_table(body) : this.nothing());
		this.shown = start + rows.length;
		wrapper.find("[data-action=more]").toggleClass("hidden", rows.length < this.page_size);
	},

	rows_table(body) {
		const heads = [__("Record", null, "Takeover Finding"), __("What Became of It")];
		return `<table class="table table-bordered table-sm mb-0">
			<thead><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr></thead>
			<tbody>${body}</tbody></table>`;
	},

	row(row) {
		const escape = frappe.utils.escape_html;
		const target = row.target_name ? this.link(row.target_doctype, row.target_name) : "";
		const reason = row.reason ? `<div>${escape(row.reason)}</div>` : "";
		return `<tr>
			<td><div class="small text-muted">${escape(__(row.source_doctype))}</div>
				${this.link(row.source_doctype, row.source_name)}</td>
			<td><span class="indicator-pill no-indicator-dot text-nowrap ${this.colours[row.outcome]}"
				>${escape(__(row.outcome))}</span> ${target}${reason}</td>
		</tr>`;
	},

	link(doctype, name) {
		return `<a href="${frappe.utils.get_form_link(doctype, name)}">${frappe.utils.escape_html(name)}</a>`;
	},

	nothing() {
		return `<p class="text-muted">${__("Nothing to tell yet.")}</p>`;
	},
});
