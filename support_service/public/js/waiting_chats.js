// In every desk of our people: tells the server that somebody is there, and says when a customer waits in chat. Whoever has not
// clicked or typed for some minutes is not there for customers. See service_intake/chat.
{
	const ROLES = ["Service Desk Agent", "Service Engineer", "After-Sales Lead", "Service Manager"];
	const API = "support_service.service_intake.chat.api.";
	const EVERY = 60000;
	const said = new Set();
	let minutes = 5;
	let last_input = Date.now();
	let last_told = 0;
	let waited = 0;

	const say = (message) =>
		frappe.show_alert(
			{ message: `${message} <a data-action="open">${__("Open the chats")}</a>`, indicator: "orange" },
			20,
			{ open: () => frappe.set_route("service-chats") }
		);

	const on_page = () => frappe.get_route()?.[0] === "service-chats";

	const tell = async () => {
		if (Date.now() - last_input > minutes * 60000 || Date.now() - last_told < EVERY / 2) return;
		last_told = Date.now();
		try {
			const found = await frappe.xcall(`${API}at_my_desk`, {}, "POST", { silent: true });
			minutes = found.minutes;
			// what realtime did not tell
			if (found.wait > waited && !on_page()) say(__("A customer waits in chat."));
			waited = found.wait;
		} catch {
			// told again in a minute
		}
	};

	const on_chat = ({ chat, state, agent }) => {
		if (state !== "Waiting") {
			waited = Math.max(0, waited - 1);
			said.delete(chat);
			return;
		}
		if (agent || said.has(chat)) return;
		said.add(chat);
		waited += 1;
		if (!on_page()) say(__("A customer waits in chat."));
	};

	$(document).on("app_ready", () => {
		if (!ROLES.some((role) => frappe.user.has_role(role))) return;
		for (const event of ["pointerdown", "keydown", "wheel"])
			document.addEventListener(
				event,
				() => {
					const was_away = Date.now() - last_input > EVERY;
					last_input = Date.now();
					if (was_away) tell();
				},
				{ passive: true, capture: true }
			);
		frappe.realtime.on("support_service_chat", on_chat);
		setInterval(tell, EVERY);
		tell();
	});
}
