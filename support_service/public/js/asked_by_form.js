// What a form asks the server while it is drawn. It may be drawn again before the answer has come, or be left for another document:
// only an answer about what the form shows now counts. Included by the forms that ask.
frappe.provide("support_service");

// The answer to `method` with `args`; undefined where the form has asked the same again meanwhile, or shows another document or
// another state of it.
support_service.asked_by_form = async function (frm, method, args) {
	const last = (frm.service_questions = frm.service_questions || {});
	const { name, modified } = frm.doc;
	const question = (last[method] = {});
	const answer = await frappe.xcall(method, args);
	const counts = last[method] === question && frm.doc.name === name && frm.doc.modified === modified;
	return counts ? answer : undefined;
};
