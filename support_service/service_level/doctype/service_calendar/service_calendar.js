// {% include "support_service/service_level/doctype/service_calendar/service_calendar_preview.js" %}

const API = "support_service.service_level.calendar.api.";
const WORKING_WEEK = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"];
const WEEK = [...WORKING_WEEK, "Saturday", "Sunday"];
const USUAL = [
	{
		label: __("5×8"),
		days: WORKING_WEEK,
		from: "09:00:00",
		to: "18:00:00",
		pause: { day: "Every Day", from_time: "12:00:00", to_time: "13:00:00" },
	},
	{ label: __("7×18"), days: WEEK, from: "06:00:00", to: "00:00:00" },
	{ label: __("7×24"), days: WEEK, from: "00:00:00", to: "00:00:00" },
];

// The button of the server's warning about windows and breaks that end at 23:59.
frappe.provide("support_service.service_calendar");
support_service.service_calendar.until_midnight = () => {
	frappe.hide_msgprint();
	until_midnight(cur_frm);
};

frappe.ui.form.on("Service Calendar", {
	setup(frm) {
		frm.set_query("use_calendar", "changes", () => ({
			filters: { name: ["!=", frm.doc.name] },
		}));
		frm.show_preview = frappe.utils.debounce(() => show_preview(frm), 500);
	},

	onload(frm) {
		if (frm.is_new() && !frm.doc.time_zone) {
			frm.doc.time_zone = frappe.boot.sysdefaults?.time_zone || "";
		}
		frappe.xcall(API + "time_zones").then((zones) => frm.fields_dict.time_zone.set_data(zones));
	},

	refresh(frm) {
		frm.add_custom_button(__("Try It"), () => try_it(frm));
		if (frm.perm[0]?.write) {
			for (const usual of USUAL) {
				frm.add_custom_button(usual.label, () => fill(frm, usual), __("Fill Windows"));
			}
		}
		frm.show_preview();
		say_what_ends_early(frm);
	},

	time_zone: preview_again,
	holiday_list: preview_again,
	windows_remove: preview_again,
	breaks_remove: preview_again,
	changes_remove: preview_again,
});

for (const table of ["Service Calendar Window", "Service Calendar Break"]) {
	frappe.ui.form.on(table, {
		day: preview_again,
		from_time: preview_again,
		to_time: preview_again,
	});
}
frappe.ui.form.on("Service Calendar Change", {
	from_date: preview_again,
	to_date: preview_again,
	use_calendar: preview_again,
	works_on_holidays: preview_again,
	reason: preview_again,
});

function preview_again(frm) {
	frm.show_preview?.();
}

function fill(frm, usual) {
	const write = () => {
		frm.clear_table("windows");
		frm.clear_table("breaks");
		for (const day of usual.days) {
			frm.add_child("windows", { day, from_time: usual.from, to_time: usual.to });
		}
		if (usual.pause) frm.add_child("breaks", { ...usual.pause });
		frm.refresh_fields(["windows", "breaks"]);
		frm.dirty();
		frm.show_preview();
	};
	// a new form begins with a row of its own
	if ((frm.doc.windows || []).length <= (frm.is_new() ? 1 : 0)) return write();
	frappe.confirm(__("Replace the windows and breaks with {0}?", [usual.label]), write);
}

function early_rows(frm) {
	return [...(frm.doc.windows || []), ...(frm.doc.breaks || [])].filter((row) =>
		(row.to_time || "").startsWith("23:59")
	);
}

// Calendars saved or imported before anybody was warned say so too.
function say_what_ends_early(frm) {
	frm.set_intro("");
	if (frm.is_new() || !frm.perm[0]?.write || !early_rows(frm).length) return;
	frm.set_intro(
		`${__("Some windows or breaks end at 23:59: the last minute of the day is left out.")}
		<a class="until-midnight" href="#">${__("Set to Midnight")}</a>`,
		"orange"
	);
	frm.layout.message.find(".until-midnight").on("click", (event) => {
		event.preventDefault();
		until_midnight(frm);
	});
}

function until_midnight(frm) {
	for (const row of early_rows(frm)) row.to_time = "00:00:00";
	frm.refresh_fields(["windows", "breaks"]);
	frm.dirty();
	return frm.save();
}

// whoever may write sees what stands in the form, everybody else what is stored
function subject(frm) {
	return frm.is_new() || frm.is_dirty() ? { doc: frm.doc } : { calendar: frm.doc.name };
}

async function show_preview(frm) {
	const wrapper = frm.get_field("preview_html").$wrapper;
	if (!(frm.doc.windows || []).some((row) => row.day)) {
		wrapper.html(
			`<p class="text-muted">${__("Add windows, or fill them with one of the usual weeks.")}</p>`
		);
		return;
	}
	const asked = (frm.preview_asked = (frm.preview_asked || 0) + 1);
	const found = await frappe.xcall(API + "preview", subject(frm));
	if (asked !== frm.preview_asked) return;
	wrapper.html(
		found.error
			? `<p class="text-danger">${found.error}</p>`
			: support_service.calendar_preview.days(found.days) +
					`<p class="text-muted small">${__("All times are those of {0}.", [
						frappe.utils.escape_html(found.zone),
					])}</p>`
	);
}

function try_it(frm) {
	const dialog = new frappe.ui.Dialog({
		title: __("When Would It Be Due?"),
		size: "large",
		fields: [
			{
				fieldname: "start",
				fieldtype: "Datetime",
				label: __("Start"),
				reqd: 1,
				default: frappe.datetime.now_datetime(),
			},
			{ fieldtype: "Column Break" },
			{ fieldname: "target", fieldtype: "Float", label: __("Target"), reqd: 1, default: 4 },
			{ fieldtype: "Column Break" },
			{
				fieldname: "unit",
				fieldtype: "Select",
				label: __("Unit"),
				options: ["Minutes", "Hours", "Working Days"],
				default: "Hours",
				reqd: 1,
			},
			{ fieldtype: "Section Break" },
			{ fieldname: "answer", fieldtype: "HTML" },
		],
		primary_action_label: __("Calculate"),
		async primary_action(values) {
			const { start, target, unit } = values;
			const $answer = dialog.get_field("answer").$wrapper.empty();
			const found = await frappe.xcall(API + "try_promise", {
				start,
				target,
				unit,
				...subject(frm),
			});
			$answer.html(support_service.calendar_preview.promise(found));
		},
	});
	dialog.show();
}
