// The entries of our sidebar on Frappe 16. Its releases write an entry's filters into the link in ways that the list does not
// read back (frappe#38838, #39602, #41528), open what has an address of its own in a new tab, know no filter "me", and of
// several entries with one list mark the last. On Frappe 15 there is no such sidebar, and nothing happens here.
{
	const Entry = frappe.ui?.sidebar_item?.TypeLink;
	const is_ours = (item) =>
		(frappe.boot.workspace_sidebar_item?.["after-sales service"]?.items || []).includes(item);
	const value_of = (value) => (value === "frappe.session.user" ? frappe.session.user : value);

	if (Entry) {
		const { get_path, make } = Entry.prototype;

		Entry.prototype.get_path = function () {
			const item = this.item;
			if (!is_ours(item) || item.link_type !== "DocType" || !item.filters) {
				return get_path.call(this);
			}
			const filters = JSON.parse(item.filters).map(([, field, operator, value]) => [
				field,
				JSON.stringify([operator, value_of(value)]),
			]);
			return frappe.utils.generate_route({
				type: "doctype",
				name: item.link_to,
				doc_view: "List",
				route_options: Object.fromEntries(filters),
			});
		};

		Entry.prototype.make = function () {
			make.call(this);
			if (this.wrapper && this.item.link_type === "URL" && is_ours(this.item)) {
				this.wrapper.find("a.item-anchor").removeAttr("target");
			}
		};
	}

	const bar = frappe.ui?.Sidebar?.prototype;
	if (bar?.is_route_in_sidebar) {
		const { is_route_in_sidebar } = bar;
		const path_of = (href) => decodeURIComponent(href.split(/[?#]/)[0]);
		let clicked = null;

		// before the desk follows the link
		document.addEventListener(
			"click",
			(event) => {
				const link = event.target.closest?.(".body-sidebar a.item-anchor[href]");
				if (link) clicked = link.getAttribute("href");
			},
			true
		);

		bar.is_route_in_sidebar = function () {
			const found = is_route_in_sidebar.call(this);
			if (found && clicked && path_of(clicked) === decodeURIComponent(location.pathname)) {
				const entry = this.wrapper
					.find("a.item-anchor")
					.filter((_place, link) => link.getAttribute("href") === clicked)
					.parent();
				if (entry.length) {
					this.active_item.removeClass("active-sidebar");
					this.active_item = entry;
				}
			}
			return found;
		};
	}
}
