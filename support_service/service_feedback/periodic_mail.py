"""The mail of a survey at intervals, which belongs to no request: its own text, its own link."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.foundation.language import of_site
from support_service.service_feedback import survey_rules as rules
from support_service.service_feedback import survey_templates

LAYOUT = "support_service/templates/emails/survey_at_intervals.html"


def send(survey: Document, token: str, *, reminder: bool = False) -> None:
	"""Queue the mail in the caller's transaction. The link is in Frappe's Email Queue alone, never in a record of ours."""
	language = survey.language or of_site()
	asked = survey_templates.asked(rules.AT_INTERVALS, language, survey.template)
	subject = asked.subject or _("How was our service?", language)
	frappe.sendmail(
		recipients=[survey.contact_email],
		subject=_("Reminder: {0}", language).format(subject) if reminder else subject,
		message=frappe.render_template(
			LAYOUT,
			{
				"language": language,
				"introduction": asked.introduction,
				"link": frappe.utils.get_url(f"/service-survey?token={token}"),
				"valid_until": frappe.utils.getdate(survey.expires_on),
			},
		),
		delayed=True,
	)
