// {% include "support_service/public/js/colours.js" %}
// {% include "support_service/public/js/asked_by_form.js" %}

// Known problems on a request's form, and what is learnt from a complaint. Loaded by hooks.py: the form's own room knows nothing
// of them.
frappe.provide("support_service");

if (!support_service.problems_of) {
	support_service.problems_of = {
		api: "support_service.service_feedback.api",

		async show(frm) {
			const asked = { request: frm.doc.name };
			const found = await support_service.asked_by_form(frm, `${this.api}.problems_of`, asked);
			if (!found) return;
			frm.problems_section?.remove();
			if (!found.length) return;
			const title = found[0].linked ? __("Problem") : __("Is It a Known Problem?");
			const body = found.map((one) => this.html(one)).join("");
			frm.problems_section = frm.dashboard.add_section(body, title).addClass("problems-of");
			frm.dashboard.show();
			frm.problems_section.find("[data-problem]").on("click", (event) => {
				const { problem, linked } = event.currentTarget.dataset;
				this.link(frm, problem, linked === "1");
			});
		},

		html(one) {
			const escape = frappe.utils.escape_html;
			// written by our people in the editor; it is cleaned when it is stored
			const part = (label, html) =>
				html ? `<div class="mt-1"><b>${escape(label)}</b><div>${html}</div></div>` : "";
			const label = one.linked ? __("It Is Not This Problem") : __("It Is This Problem");
			const number = __("{0} requests", [one.requests]);
			return `<div class="mb-3">
				${support_service.colours.pill("problem_status", one.status)}
				<a href="${frappe.utils.get_form_link("Service Problem", one.name)}">${escape(one.name)}</a>
				<b>${escape(one.title)}</b> <span class="text-muted">${escape(number)}</span>
				${part(__("Permanent Fix"), one.permanent_fix)}
				${part(__("Known Workaround"), one.workaround)}
				${part(__("Root Cause"), one.root_cause)}
				<button class="btn btn-default btn-xs mt-1" data-problem="${escape(one.name)}"
					data-linked="${one.linked ? 1 : 0}">${escape(label)}</button>
			</div>`;
		},

		async link(frm, problem, linked) {
			const method = linked ? "unlink_problem" : "link_problem";
			await frappe.xcall(`${this.api}.${method}`, {
				request: frm.doc.name,
				...(linked ? {} : { problem }),
			});
			this.show(frm);
		},

		add_button(frm) {
			if (frm.doc.request_type !== "Complaint" || !frappe.model.can_create("Service Improvement"))
				return;
			frm.add_custom_button(
				__("Improvement"),
				() =>
					frappe.new_doc("Service Improvement", {
						service_request: frm.doc.name,
						team: frm.doc.team,
						title: frm.doc.subject,
					}),
				__("Create")
			);
		},
	};
}

frappe.ui.form.on("Service Request", {
	refresh(frm) {
		if (frm.is_new()) return;
		support_service.problems_of.add_button(frm);
		support_service.problems_of.show(frm);
	},
});
