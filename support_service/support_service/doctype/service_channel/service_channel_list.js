frappe.listview_settings["Service Channel"] = {
	// a channel's name is a word of ours, so a reader sees it in their language, as in links to it
	formatters: { name: (value) => __(value), channel_name: (value) => frappe.utils.escape_html(__(value)) },
};
