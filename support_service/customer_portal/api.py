"""Whitelisted functions of the customer portal. Each first checks that the record belongs to one of the user's customers."""

import frappe
from frappe import _
from frappe.utils import escape_html

from support_service.customer_portal import case_page, charges, files, messages, pages, story, survey, words
from support_service.foundation import locks, rate_limits
from support_service.service_charging.decision import acceptance
from support_service.service_feedback import surveys
from support_service.service_intake import intake
from support_service.support_service import moves, promises
from support_service.support_service.messaging import customer_people

CHANNEL = "Portal"
REPORT_FORMAT = "Fault Handling Report"
CERTIFICATE_FORMAT = "Warranty Certificate"
CONTRACT_FORMAT = "Service Contract"
# answers by the link in a mail in an hour: of one address, of all guests together
LINK_ANSWERS = {"address": 30, "site": 1000}


class PortalInputError(frappe.ValidationError):
	"""Something the customer has to fill in or correct."""


class SurveyLinkError(frappe.ValidationError):
	"""The link is wrong, used or expired; the answer does not say which."""


class ChargeLinkError(frappe.ValidationError):
	"""The link is wrong, used or expired; the answer does not say which."""


@frappe.whitelist(methods=["POST"])
def new_case(
	key: str,
	subject: str,
	unit: str = "",
	other_device: str = "",
	customer: str = "",
	description: str = "",
	request_type: str = "Fault",
	urgency: str = "Medium",
	contact_phone: str = "",
	preferred_channel: str = "Email",
) -> dict[str, str]:
	"""Open a case for one of the customer's own units, or for a device described in words; returns name and route.

	A multipart request may carry `files`. key: made by the page once per form; repeating it returns the same case.
	Raises PortalInputError, files.UploadRefusedError, pages.NotFoundForCustomerError.
	"""
	pages.refuse_forged()
	rate_limits.count("new-case", 120, subject=frappe.session.user)
	customers = pages.own_customers()
	owner = case_owner(customers, unit, customer)
	_check_input(key, subject, request_type, urgency, preferred_channel)
	attached = files.uploaded()
	contact = pages.own_contact(owner)
	payload = intake.IntakePayload(
		subject=subject.strip()[:140],
		description=_described(description, "" if unit else other_device),
		request_type=request_type,
		urgency=urgency,
		customer=owner,
		installed_unit=unit or None,
		contact=contact.name,
		contact_name=contact.full_name,
		contact_phone=contact_phone.strip() or contact.phone or None,
		contact_email=frappe.db.get_value("User", frappe.session.user, "email"),
		preferred_channel=preferred_channel,
	)
	# the user is part of the key, so that nobody gets somebody else's case by guessing a key
	name = intake.accept(CHANNEL, payload, key=f"{frappe.session.user}:{key}", checked=True)
	if attached and not frappe.db.exists(
		"File", {"attached_to_doctype": "Service Request", "attached_to_name": name}
	):
		files.store(attached, "Service Request", name)
	return {"name": name, "route": f"/service/{name}"}


@frappe.whitelist(methods=["POST"])
def send_message(request: str, text: str = "", key: str = "") -> dict[str, str]:
	"""Write to the service on an own case; a multipart request may carry `files`. Returns the message's name."""
	pages.refuse_forged()
	case = pages.find_own("Service Request", request)
	rate_limits.count("send-message", 300, subject=frappe.session.user)
	if case.status in ("Closed", "Cancelled"):
		frappe.throw(_("This request is closed. Please open a new one."), PortalInputError)
	attached = files.uploaded()
	if attached and not text.strip():
		text = _("Please see the attached files.")
	message = messages.add(case, text, key)
	if attached and not frappe.db.exists(
		"File", {"attached_to_doctype": "Communication", "attached_to_name": message}
	):
		files.store(attached, "Communication", message)
	return {"name": message}


@frappe.whitelist(methods=["POST"])
def withdraw(request: str) -> dict[str, str]:
	"""Withdraw an own case that nobody has been assigned to yet; returns its new status."""
	pages.refuse_forged()
	case = pages.find_own("Service Request", request)
	return {"status": moves.apply_move(case.name, "withdraw").status}


@frappe.whitelist(methods=["POST"])
def answer_survey(
	request: str,
	satisfied: bool,
	score: int | None = None,
	comment: str | None = None,
	key: str | None = None,
) -> dict[str, str]:
	"""Answer the survey on the case's page: satisfied closes the case, unsatisfied reopens it. Returns the new status.

	key: made by the page; a second sending with it is answered like the first.
	"""
	pages.refuse_forged()
	case = pages.find_own("Service Request", request)
	survey_name = surveys.open_survey_of(case.name)
	if not survey_name:
		if surveys.find_answered(case.name, key):
			return {"status": frappe.db.get_value("Service Request", case.name, "status")}
		frappe.throw(
			_("This request is not waiting for your answer. Please reload the page."), PortalInputError
		)
	_check_answer(satisfied, comment)
	surveys.answer(
		survey_name,
		satisfied=satisfied,
		score=score,
		comment=comment,
		answers=survey.sent_answers(),
		via="Portal",
		by=frappe.session.user,
		sending=surveys.repeat_key(case.name, key),
	)
	return {"status": frappe.db.get_value("Service Request", case.name, "status")}


@frappe.whitelist(allow_guest=True, methods=["POST"])
def answer_survey_link(
	token: str,
	satisfied: bool | None = None,
	score: int | None = None,
	comment: str | None = None,
	key: str | None = None,
) -> dict[str, bool]:
	"""Answer the survey by the link in a mail. Raises SurveyLinkError for a wrong, used or expired token.

	satisfied: asked after a request only. key: made by the page; a second sending with it is thanked like the first.
	"""
	rate_limits.count_guest("survey-answer", **LINK_ANSWERS)
	found = surveys.find_by_token(token)
	if not found:
		if surveys.find_answered(token, key):
			return {"recorded": True}
		frappe.throw(_("This link is no longer valid."), SurveyLinkError)
	if found.service_request:
		_check_answer(satisfied, comment)
	try:
		surveys.answer(
			found.name,
			satisfied=satisfied,
			score=score,
			comment=comment,
			answers=survey.sent_answers(),
			via="Link",
			by=found.contact_email or _("Link in the mail"),
			sending=surveys.repeat_key(token, key),
		)
	except surveys.SurveyAnsweredError:
		# somebody else answered between the check and the lock: the second of two clicks, or another
		frappe.clear_last_message()
		stored = locks.get_value(surveys.SURVEY, found.name, "answer_key")
		if key and stored == surveys.repeat_key(token, key):
			return {"recorded": True}
		frappe.throw(_("This link is no longer valid."), SurveyLinkError)
	return {"recorded": True}


@frappe.whitelist(methods=["POST"])
def answer_charge(request: str, decision: str, accepted: bool, note: str | None = None) -> dict[str, str]:
	"""Accept or decline on the case's page what an own case will cost. Returns the decision's `acceptance`.

	decision: the one the page showed; refused if a newer one, at another price, has replaced it.
	"""
	pages.refuse_forged()
	case = pages.find_own("Service Request", request)
	customer_people.refuse_own_answer(case)
	charge = acceptance.open_charge_of(case.name)
	if not charge or charge.name != decision:
		frappe.throw(
			_("This request is not waiting for your answer. Please reload the page."), PortalInputError
		)
	done = acceptance.answer(
		charge.name, accepted=accepted, how=acceptance.PORTAL, by=frappe.session.user, note=note
	)
	return {"acceptance": done.acceptance}


@frappe.whitelist(allow_guest=True, methods=["POST"])
def answer_charge_link(token: str, accepted: bool, note: str | None = None) -> dict[str, bool]:
	"""Accept or decline a charge by the link in a mail. Raises ChargeLinkError for a wrong, used or expired token."""
	rate_limits.count_guest("charge-answer", **LINK_ANSWERS)
	if not charges.answer_link(token, accepted, note):
		frappe.throw(_("This link is no longer valid."), ChargeLinkError)
	return {"recorded": True}


@frappe.whitelist(methods=["POST"])
def add_proof(request: str) -> dict[str, str]:
	"""Attach the proof of purchase of an own case, from `files` of a multipart request. Returns the case's name."""
	pages.refuse_forged()
	case = pages.find_own("Service Request", request)
	rate_limits.count("add-proof", 60, subject=frappe.session.user)
	if case.status in ("Closed", "Cancelled"):
		frappe.throw(_("This request is closed. Please open a new one."), PortalInputError)
	attached = files.uploaded()
	if not attached:
		frappe.throw(_("Please choose the file of your invoice or receipt."), PortalInputError)
	files.store(attached, "Service Request", case.name)
	charges.store_proof(case)
	return {"name": case.name}


@frappe.whitelist(methods=["GET"])
def attachment(request: str, file: str) -> None:
	"""Download one of the files the page of an own case shows, always as a download."""
	case = pages.find_own("Service Request", request)
	document = case_page.visible_file(case, file)
	frappe.local.response.update(
		{
			"type": "download",
			"filename": document.file_name,
			"filecontent": document.get_content(),
			"display_content_as": "attachment",
		}
	)


@frappe.whitelist(methods=["GET"])
def report(request: str) -> None:
	"""The fault handling report of an own resolved case as PDF."""
	case = pages.find_own("Service Request", request)
	rate_limits.count("report-print", 120, subject=frappe.session.user)
	if case.status not in story.RESULT_STATES:
		frappe.throw(_("There is no such entry, or it is not one of yours."), pages.NotFoundForCustomerError)
	# customers have no print permission; the case was checked to be theirs above
	case.flags.ignore_print_permissions = True
	content = frappe.get_print(
		"Service Request", case.name, print_format=REPORT_FORMAT, doc=case, as_pdf=True
	)
	frappe.local.response.update({"type": "pdf", "filename": f"{case.name}.pdf", "filecontent": content})
	if promises.report_delivered(case, reason=_("Downloaded on the portal.")):
		frappe.db.commit()  # Frappe stores nothing at the end of a GET request


@frappe.whitelist(methods=["GET"])
def certificate(warranty: str) -> None:
	"""The certificate of an own warranty that is not void, as PDF."""
	found = pages.find_own("Service Warranty", warranty)
	rate_limits.count("certificate-print", 120, subject=frappe.session.user)
	if found.status == "Void":
		frappe.throw(_("There is no such entry, or it is not one of yours."), pages.NotFoundForCustomerError)
	# customers have no print permission; the warranty was checked to be theirs above
	found.flags.ignore_print_permissions = True
	content = frappe.get_print(
		"Service Warranty", found.name, print_format=CERTIFICATE_FORMAT, doc=found, as_pdf=True
	)
	frappe.local.response.update({"type": "pdf", "filename": f"{found.name}.pdf", "filecontent": content})


@frappe.whitelist(methods=["GET"])
def contract_document(contract: str) -> None:
	"""An own submitted service contract as PDF."""
	found = pages.find_own("Service Contract", contract)
	rate_limits.count("contract-print", 120, subject=frappe.session.user)
	if found.docstatus != 1:
		frappe.throw(_("There is no such entry, or it is not one of yours."), pages.NotFoundForCustomerError)
	# customers have no print permission; the contract was checked to be theirs above
	found.flags.ignore_print_permissions = True
	content = frappe.get_print(
		"Service Contract", found.name, print_format=CONTRACT_FORMAT, doc=found, as_pdf=True
	)
	frappe.local.response.update({"type": "pdf", "filename": f"{found.name}.pdf", "filecontent": content})


def case_owner(customers: frozenset[str], unit: str, customer: str) -> str:
	"""The customer of a new case: the unit's, else the chosen one, else the user's first; always one of `customers`."""
	if not customers:
		frappe.throw(
			_("Your login is not connected to a customer yet. Please call us."), frappe.PermissionError
		)
	if unit:
		return pages.find_own("Installed Unit", unit, customers).customer
	if customer:
		if customer not in customers:
			frappe.throw(
				_("There is no such entry, or it is not one of yours."), pages.NotFoundForCustomerError
			)
		return customer
	return min(customers)


def _check_input(key: str, subject: str, request_type: str, urgency: str, preferred_channel: str) -> None:
	if not subject.strip():
		frappe.throw(_("Please tell us in a few words what the matter is."), PortalInputError)
	if not 8 <= len(key) <= 100:
		frappe.throw(_("Please reload the page and send the form again."), PortalInputError)
	_check_choice(request_type, words.type_choices())
	_check_choice(urgency, words.urgency_choices())
	_check_choice(preferred_channel, words.channel_choices())


def _check_answer(satisfied: bool, comment: str | None) -> None:
	if not satisfied and not (comment or "").strip():
		frappe.throw(_("Please tell us what is still wrong, so that we can go on."), PortalInputError)


def _check_choice(value: str, choices: list[tuple[str, str]]) -> None:
	if value not in dict(choices):
		frappe.throw(_("Please reload the page and send the form again."), PortalInputError)


def _described(description: str, other_device: str) -> str:
	"""The description as HTML; what the customer typed is escaped."""
	parts: list[str] = []
	if other_device.strip():
		parts.append(_("Device: {0}").format(other_device.strip()[:140]))
	if description.strip():
		parts.append(description.strip()[:20_000])
	return "".join(f"<p>{escape_html(part)}</p>".replace("\n", "<br>") for part in parts)
