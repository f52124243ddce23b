// The hotline screen opens by itself for the agent whose telephone rings. Frappe's realtime is the hint; the page asks the
// server what the call is (service_intake/calls). What somebody is just typing is never taken from them: then only a line says so.
{
	const ROLES = ["Service Desk Agent", "After-Sales Lead", "Service Manager"];
	const shown = new Set();

	// ERPNext's own window of the call would lie over the screen; it stays, made small
	const step_aside = () => {
		const dialog = window.erpnext?.call_popup?.dialog;
		if (dialog?.display && !dialog.is_minimized) dialog.toggle_minimize();
	};

	const is_busy = () => {
		const popup = window.erpnext?.call_popup?.dialog;
		const dialog = window.cur_dialog?.display && window.cur_dialog !== popup;
		const form = window.cur_frm && frappe.get_route()[0] === "Form" && window.cur_frm.is_dirty();
		return Boolean(dialog || form);
	};

	const say = (message) =>
		frappe.show_alert({ message, indicator: "blue" }, 20, {
			open: () => frappe.set_route("hotline"),
		});

	const on_call = ({ call, state, agent, direction }) => {
		if (agent === frappe.session.user) step_aside();
		const page = frappe.pages?.hotline?.hotline;
		if (page?.is_visible()) return page.look_for_calls();
		if (direction !== "Incoming" || !["Waiting", "Talking"].includes(state) || shown.has(call)) return;
		const open = `<a data-action="open">${__("Open the hotline")}</a>`;
		if (agent === frappe.session.user) {
			shown.add(call);
			if (is_busy()) say(`${__("Your telephone rings.")} ${open}`);
			else frappe.set_route("hotline");
		} else if (!agent && state === "Waiting" && frappe.user.has_role("Service Desk Agent")) {
			shown.add(call);
			say(`${__("Somebody waits at the hotline.")} ${open}`);
		}
	};

	$(document).on("app_ready", () => {
		if (ROLES.some((role) => frappe.user.has_role(role))) {
			frappe.realtime.on("support_service_call", on_call);
		}
	});
}
