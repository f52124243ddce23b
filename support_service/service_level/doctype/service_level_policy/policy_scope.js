// For which cases a policy holds, in the reader's words; included by the form and the list.
frappe.provide("support_service.policy");

// in order of weight, as in policy/rules.py
support_service.policy.dimensions = [
	"contract",
	"installed_unit",
	"item",
	"item_group",
	"brand",
	"customer",
	"customer_group",
	"territory",
	"request_type",
	"company",
];

const named = (doc) =>
	doc.only_by_contract ? [] : support_service.policy.dimensions.filter((dimension) => doc[dimension]);

function shown(doc, dimension) {
	const value = doc[dimension];
	const words = dimension === "request_type" ? __(value, null, "Service Request") : value;
	return frappe.utils.escape_html(words);
}

support_service.policy.scope_values = (doc) => named(doc).map((dimension) => shown(doc, dimension));

support_service.policy.scope_in_words = (doc) =>
	named(doc)
		.map((dimension) =>
			__("{0}: {1}", [
				__(frappe.meta.get_label("Service Level Policy", dimension), null, "Service Level Policy"),
				shown(doc, dimension),
			])
		)
		.join(" · ");

// [translated state, colour, filter]
support_service.policy.indicator = function (doc) {
	const today = frappe.datetime.get_today();
	if (!doc.enabled) return [__("Disabled"), "gray", "enabled,=,0"];
	if (doc.valid_to && doc.valid_to < today) return [__("Expired"), "orange", `valid_to,<,${today}`];
	if (doc.valid_from && doc.valid_from > today)
		return [__("Not Yet Valid"), "blue", `valid_from,>,${today}`];
	return [__("Enabled"), "green", "enabled,=,1"];
};
