// {% include "support_service/erpnext_takeover/doctype/takeover_run/takeover_report.js" %}

const STARTABLE = ["Draft", "Stopped", "Failed"];
const WORKING = ["Queued", "Running"];
const ASK_EVERY = 3000; // ms; for networks that block the worker's messages

frappe.ui.form.on("Takeover Run", {
	setup(frm) {
		// the worker sends a message after every chunk; ask as well, as some networks block these messages
		frappe.realtime.on("takeover_progress", (data) => {
			if (data.run === frm.doc.name) show_progress(frm);
		});
	},

	onload(frm) {
		frm.get_docfield("status").formatter = (value) => __(value, null, "Takeover Run");
	},

	refresh(frm) {
		// the desk fills in the user's default company; a takeover is for all companies unless one is chosen
		if (frm.is_new() && !frm.doc.__chosen) {
			frm.doc.__chosen = 1;
			frm.set_value("company", "");
		}
		clearInterval(frm.takeover_timer);
		add_buttons(frm);
		show_intro(frm);
		if (frm.is_new()) return;
		if (frm.doc.status !== "Draft") frm.disable_save();
		show_progress(frm);
		support_service.takeover_report.setup(frm);
	},

	on_hide(frm) {
		clearInterval(frm.takeover_timer);
	},
});

function show_intro(frm) {
	frm.set_intro("");
	if (frm.is_new()) {
		frm.set_intro(
			__(
				"Choose what to take over and save. Begin with a dry run: it tells what would be made and why something is skipped, and changes nothing."
			),
			"blue"
		);
	} else if (frm.doc.status === "Done" && frm.doc.dry_run) {
		frm.set_intro(__("This was a dry run. Nothing was made yet."), "blue");
	}
}

function add_buttons(frm) {
	if (frm.is_new() || !frm.perm[0]?.write) return;
	const { status, dry_run } = frm.doc;
	if (STARTABLE.includes(status)) {
		const label = status !== "Draft" ? __("Go On") : dry_run ? __("Start Dry Run") : __("Start Takeover");
		frm.add_custom_button(label, () => start(frm));
		frm.change_custom_button_type(label, null, "primary");
	}
	if (WORKING.includes(status)) {
		frm.add_custom_button(__("Stop"), () => call(frm, "stop"));
	}
	if (status === "Done" && dry_run) {
		frm.add_custom_button(__("Take Over for Real"), () => for_real(frm));
		frm.change_custom_button_type(__("Take Over for Real"), null, "primary");
	}
}

async function start(frm) {
	if (frm.is_dirty()) await frm.save();
	if (frm.doc.dry_run || frm.doc.status !== "Draft") return call(frm, "start");
	frappe.confirm(
		__(
			"Units, warranties, requests, contract drafts and portal access will be made from the chosen records, as the dry run lists them. ERPNext's own records stay as they are, but for the portal users of customers. Start?"
		),
		() => call(frm, "start")
	);
}

// a new run with the same choice that is no dry run
function for_real(frm) {
	const copy = frappe.model.copy_doc(frm.doc);
	copy.dry_run = 0;
	copy.__chosen = 1;
	frappe.set_route("Form", copy.doctype, copy.name);
}

async function call(frm, method) {
	await frappe.xcall(`support_service.erpnext_takeover.api.${method}`, { run: frm.doc.name });
	frm.reload_doc();
}

async function show_progress(frm) {
	const name = frm.doc.name;
	const now = await frappe.xcall("support_service.erpnext_takeover.api.progress", { run: name });
	if (frm.doc.name !== name) return;
	if (now.status !== frm.doc.status) return frm.reload_doc();
	support_service.takeover_report.show_progress(frm, now);
	clearInterval(frm.takeover_timer);
	if (WORKING.includes(now.status)) {
		frm.takeover_timer = setInterval(() => {
			if (frappe.get_route()[2] === frm.doc.name) show_progress(frm);
		}, ASK_EVERY);
	}
}
