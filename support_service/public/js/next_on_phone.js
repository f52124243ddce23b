// On a phone the desk hides a form's buttons behind three dots: what comes next stands in the form. Included by the forms that say so.
frappe.provide("support_service");

// steps: label and start of each. $place: where they stand, above the fields by default.
support_service.next_on_phone = function (frm, steps, $place) {
	$(frm.wrapper).find(".next-on-phone").remove();
	if (!steps.length) return;
	const $bar = $('<div class="next-on-phone d-md-none px-3 pt-3">');
	for (const { label, start } of steps) {
		$('<button type="button" class="btn btn-primary btn-block mb-2">')
			.text(label)
			.on("click", start)
			.appendTo($bar);
	}
	if ($place) $place.append($bar.removeClass("px-3 pt-3"));
	else $bar.prependTo(frm.layout.wrapper);
};
