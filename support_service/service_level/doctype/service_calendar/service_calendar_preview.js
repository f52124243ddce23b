// How days of a calendar are drawn: a bar of 24 hours for each, what is special about it, and the hours that count.

frappe.provide("support_service.calendar_preview");

(() => {
	const COLOURS = { holiday: "red", closed: "gray", change: "blue" };
	const escape = (text) => frappe.utils.escape_html(text || "");

	const NOTES = {
		holiday: (label) => (label ? __("Holiday: {0}", [label]) : __("Holiday")),
		closed: (label) => (label ? __("Closed: {0}", [label]) : __("Closed")),
		change: (label) => (label ? __("Change: {0}", [label]) : __("Change")),
	};

	// a phone has no room beside the bar: what is special about a day stands below it
	const narrow = () => frappe.is_mobile();
	const note_width = () => (narrow() ? "100%" : "26%");

	// 09:00 → 9, 09:30 → 9:30
	const brief = (time) => time.replace(/^0(?=\d)/, "").replace(/:00$/, "");

	function heading(date) {
		const [year, month, day] = date.split("-").map(Number);
		return new Date(year, month - 1, day).toLocaleDateString(frappe.boot.lang || "en", {
			weekday: "short",
			day: "numeric",
			month: "short",
		});
	}

	function bar(day) {
		const colour = day.note === "change" ? "var(--blue-600, #0673c5)" : "var(--green-600, #16794c)";
		const stretches = day.stretches.map((stretch) => {
			const times = `${stretch.opens}–${stretch.closes}`;
			const text =
				stretch.width > (narrow() ? 40 : 8) ? `${brief(stretch.opens)}–${brief(stretch.closes)}` : "";
			return `<div title="${times}" style="position:absolute;top:0;bottom:0;left:${stretch.left}%;
				width:${stretch.width}%;background:${colour};border-radius:3px;color:#fff;font-size:11px;
				line-height:18px;text-align:center;overflow:hidden;white-space:nowrap">${text}</div>`;
		});
		const marks = [25, 50, 75].map(
			(left) =>
				`<div style="position:absolute;top:0;bottom:0;left:${left}%;border-left:1px dashed var(--border-color)"></div>`
		);
		return `<div style="position:relative;flex:1;min-width:120px;height:18px;border-radius:3px;
			background:var(--control-bg)">${marks.join("")}${stretches.join("")}</div>`;
	}

	function row(day) {
		const note = day.note
			? `<span class="indicator-pill no-indicator-dot ${COLOURS[day.note]} ellipsis" style="max-width:100%"
				title="${escape(day.label)}">${NOTES[day.note](escape(day.label))}</span>`
			: "";
		return `<div class="calendar-day" data-date="${day.date}"
			style="display:flex;flex-wrap:${narrow() ? "wrap" : "nowrap"};align-items:center;gap:2px 10px;margin-bottom:4px">
			<div style="width:105px;flex:none">${heading(day.date)}</div>
			${bar(day)}
			<div class="text-right" style="width:60px;flex:none">${__("{0} h", [day.hours])}</div>
			${narrow() && !note ? "" : `<div style="width:${note_width()};flex:none;min-width:0">${note}</div>`}
		</div>`;
	}

	function axis() {
		const whole_day = narrow() ? ["0", "12", "24"] : ["00:00", "06:00", "12:00", "18:00", "24:00"];
		const hours = whole_day.map((hour) => `<span>${hour}</span>`);
		return `<div class="text-muted small" style="display:flex;gap:10px">
			<div style="width:105px;flex:none"></div>
			<div style="flex:1;min-width:120px;display:flex;justify-content:space-between">${hours.join("")}</div>
			<div style="width:60px;flex:none"></div>${narrow() ? "" : `<div style="width:${note_width()};flex:none"></div>`}
		</div>`;
	}

	support_service.calendar_preview.days = (days) =>
		`<div class="service-calendar-preview">${axis()}${days.map(row).join("")}</div>`;

	support_service.calendar_preview.promise = (found) => {
		const due = frappe.datetime.str_to_user(found.due);
		const wall = frappe.datetime.str_to_user(found.due_on_the_wall);
		const zone = escape(found.zone);
		const left_out = found.left_out
			? `<p class="text-muted small">${__("{0} days in between are not shown.", [found.left_out])}</p>`
			: "";
		return `<h4 class="calendar-due">${__("Due {0}", [due])}</h4>
			<p class="text-muted">${__("{0} on the clock of {1}", [wall, zone])}</p>
			${support_service.calendar_preview.days(found.days)}${left_out}`;
	};
})();
