// Shows cases, units, contracts and visits in the search bar while somebody types. Loaded with the desk; the search itself and
// its permissions are in support_service/erpnext_desk/search.py.
frappe.provide("support_service.search_bar");

Object.assign(support_service.search_bar, {
	WAIT: 250, // ms after the last key
	SHORTEST: 2,
	KINDS: ["Service Request", "Installed Unit", "Service Contract", "Engineer Visit"],

	// below "Search for …", above lists and reports
	FIRST: 99,

	attach(bar) {
		if (!this.KINDS.some((doctype) => frappe.model.can_read(doctype))) return;
		const input = bar.awesomplete.input;
		$(input).on(
			"input",
			frappe.utils.debounce(() => this.look_up(bar, input), this.WAIT)
		);
	},

	async look_up(bar, input) {
		const text = input.value.trim();
		if (text.length < this.SHORTEST || text.startsWith("#") || text.startsWith("=")) return;
		const found = await frappe.xcall("support_service.erpnext_desk.api.find", { text }).catch(() => []);
		// the user has typed more, or opened a page, meanwhile
		if (!found.length || input.value.trim() !== text || document.activeElement !== input) return;
		const lines = found.map((one, place) => this.as_option(one, this.FIRST - place / 100));
		const routes = new Set(lines.map(({ route }) => route.join("/")));
		const others = bar.options.filter(({ route }) => !routes.has(route?.join?.("/")));
		bar.options = [...lines, ...others];
		bar.awesomplete.list = bar.deduplicate(bar.options);
	},

	as_option({ doctype, name, title, detail }, index) {
		const text = frappe.utils.escape_html;
		return {
			// by this the desk distinguishes its lines
			value: `${doctype} ${name}`,
			label: `${text(__(doctype))}: <b>${text(title)}</b>`,
			description: text(detail),
			index,
			match: name,
			route: ["Form", doctype, name],
		};
	},
});

// before the desk builds its search bar; Frappe 16 makes the input only when somebody opens the search
{
	const bar = frappe.search?.AwesomeBar?.prototype;
	const builder = bar?.setup_event_listeners ? "setup_event_listeners" : "setup";
	const build = bar?.[builder];
	if (build) {
		bar[builder] = function (...args) {
			build.apply(this, args);
			if (this.awesomplete?.input) support_service.search_bar.attach(this);
		};
	}
}
