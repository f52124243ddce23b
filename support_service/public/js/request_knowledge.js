// {% include "support_service/public/js/knowledge.js" %}
// {% include "support_service/public/js/asked_by_form.js" %}

// What is known already, on the form of a request: while it is written and while it is worked on; a new article from a solved one.
(() => {
	const knowledge = support_service.knowledge;
	const written = (frm) =>
		[frm.doc.subject, frappe.utils.html2text(frm.doc.description || "")].filter(Boolean).join("\n");

	function place_of(frm) {
		if (frm.knowledge_place) return frm.knowledge_place;
		const after = frm.fields_dict.description?.wrapper;
		if (!after) return null;
		frm.knowledge_place = $('<div class="request-knowledge" aria-live="polite">').insertAfter(after);
		frm.knowledge_tied = $('<div class="request-knowledge-tied">').insertBefore(frm.knowledge_place);
		frm.knowledge_ask = knowledge.follow(frm.knowledge_place, () => written(frm), {
			item: () => frm.doc.item_code,
			request: () => (frm.is_new() ? null : frm.doc.name),
		});
		frm.knowledge_tied.on("click", "[data-article]", (event) => {
			event.preventDefault();
			knowledge.preview($(event.currentTarget).data("article"), frm.doc.name);
		});
		frm.fields_dict.subject?.$input?.on("input", (event) => {
			frm.doc.subject = event.target.value;
			frm.knowledge_ask();
		});
		return frm.knowledge_place;
	}

	async function show_tied(frm) {
		frm.knowledge_tied.empty();
		if (frm.is_new()) return;
		const tied = await support_service.asked_by_form(frm, `${knowledge.api}.of_case`, {
			request: frm.doc.name,
		});
		if (!tied?.length) return;
		frm.knowledge_tied.html(
			`<div class="text-muted small mb-1">${__("Articles read for this request")}</div>
				<ul class="list-unstyled mb-2">${tied.map((one) => knowledge.row(one)).join("")}</ul>`
		);
	}

	frappe.ui.form.on("Service Request", {
		refresh(frm) {
			if (!knowledge.may_read() || !place_of(frm)) return;
			const over = ["Closed", "Cancelled"].includes(frm.doc.status);
			frm.knowledge_place.toggle(!over);
			if (!over) frm.knowledge_ask();
			knowledge.noted = () => show_tied(frm);
			show_tied(frm);
			if (
				["Resolved", "Closed"].includes(frm.doc.status) &&
				frappe.model.can_create("Knowledge Article")
			) {
				frm.add_custom_button(__("Knowledge Article"), () => draft(frm), __("Create"));
			}
		},
		description: (frm) => frm.knowledge_ask?.(),
		item_code: (frm) => frm.knowledge_ask?.(),
	});

	async function draft(frm) {
		const made = await frappe.xcall(`${knowledge.api}.draft_from_case`, { request: frm.doc.name });
		frappe.set_route("Form", "Knowledge Article", made.name);
		frappe.show_alert(
			{
				message: made.taken.length
					? __("Taken out of the text: {0}. Please read it once more before it is reviewed.", [
							made.taken.join(", "),
						])
					: __("Please read it once more before it is reviewed: nobody's name may be left in it."),
				indicator: "orange",
			},
			15
		);
	}
})();
