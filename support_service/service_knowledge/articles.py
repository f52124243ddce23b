"""What must hold of an article when it is saved, and the steps between its states."""

from __future__ import annotations

from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.utils import add_months, now_datetime, today

from support_service.constants.roles import MANAGER
from support_service.foundation import locks
from support_service.permissions.role_check import has_role
from support_service.permissions.rule import SYSTEM_MANAGER
from support_service.service_knowledge.search.texts import plain_text
from support_service.service_knowledge.states import REVIEWERS, State, Step, step, steps_from

if TYPE_CHECKING:
	from support_service.service_knowledge.doctype.knowledge_article.knowledge_article import KnowledgeArticle

ARTICLE = "Knowledge Article"
ONE_CUSTOMER = "One Customer"
TEXTS = ("title", "symptom", "cause", "solution")
SAID = (*TEXTS, "keywords", "models", "versions", "audience", "customer")
COUNTED = ("solved_cases", "helpful", "not_helpful")
OURS = (*COUNTED, "help_article", "exchange_key")
MONTHS_TO_REVIEW = 12


class ArticleError(frappe.ValidationError):
	"""Something is missing, or the step is not possible."""


class NotYoursToReviewError(frappe.PermissionError):
	"""Somebody takes a step that is for others."""


def before_save(article: KnowledgeArticle) -> None:
	"""Checks of every save."""
	_check_audience(article)
	stored = None if article.is_new() else article.get_doc_before_save()
	if stored:
		for field in OURS:
			# counted by the app, also while somebody has the form open
			article.set(field, frappe.db.get_value(ARTICLE, article.name, field))
	else:
		# a Help Article that is taken over stays the page of its article
		article.update({**dict.fromkeys(COUNTED, 0), "help_article": article.flags.help_article})
		article.exchange_key = article.flags.exchange_key
		article.responsible = article.responsible or frappe.session.user
	_check_state(article, stored)
	if not stored or any(article.get(field) != stored.get(field) for field in SAID):
		_written(article, stored)
	if article.state != State.DRAFT:
		check_text(article)


def allowed_steps(article: KnowledgeArticle) -> list[Step]:
	"""Steps that the session's user may take with an article that they may read."""
	return [one for one in steps_from(article.state) if not _refusal(article, one)]


def take(name: str, action: str, reason: str = "") -> KnowledgeArticle:
	"""Take a step; the caller may read the article. Raises ArticleError, NotYoursToReviewError."""
	article = locks.get_doc(ARTICLE, name)
	article.check_permission("read")
	one = step(action)
	if not one or article.state not in one.sources:
		frappe.throw(
			_("The article is {0} now. Please reload the page and look which steps are possible.").format(
				_(article.state, context=ARTICLE)
			),
			ArticleError,
		)
	if refusal := _refusal(article, one):
		frappe.throw(refusal, NotYoursToReviewError)
	if one.needs_reason and not reason.strip():
		frappe.throw(_("Please say why."), ArticleError)
	_step(article, one, reason.strip())
	article.flags.takes_step = True
	# the step's own rule above decides, not the right to change the text
	article.flags.ignore_permissions = True
	article.save()
	if reason.strip():
		article.add_comment("Info", frappe.utils.escape_html(reason.strip()))
	return article


def check_text(article: KnowledgeArticle) -> None:
	"""Raise ArticleError where there is nothing to read."""
	if not any(plain_text(article.get(field)) for field in ("cause", "solution")):
		frappe.throw(
			_("Write a cause or a solution first: who finds the article wants to know what to do."),
			ArticleError,
		)


def _check_audience(article: KnowledgeArticle) -> None:
	if article.audience == ONE_CUSTOMER and not article.customer:
		frappe.throw(_("Choose the customer the article is for."), ArticleError)
	if article.audience != ONE_CUSTOMER and article.customer:
		frappe.throw(
			_(
				"The article names a customer but is for {0}. Choose For: {1}, or leave the customer empty."
			).format(_(article.audience, context=ARTICLE), _(ONE_CUSTOMER, context=ARTICLE)),
			ArticleError,
		)


def _check_state(article: KnowledgeArticle, stored: KnowledgeArticle | None) -> None:
	"""A state is changed by the steps; leads and managers may bring in articles that were reviewed elsewhere."""
	before = stored.state if stored else State.DRAFT
	if article.state == before or article.flags.takes_step:
		return
	if not stored and has_role((*REVIEWERS, SYSTEM_MANAGER)):
		_stamp(article)
		return
	frappe.throw(_("The state of an article is changed with the buttons on its form."), ArticleError)


def _written(article: KnowledgeArticle, stored: KnowledgeArticle | None) -> None:
	article.written_by = frappe.session.user
	if stored and article.state == State.REVIEWED and not article.flags.takes_step:
		# what was reviewed was another text
		article.state = State.DRAFT
		article.reviewed_by = article.reviewed_on = None


def _refusal(article: KnowledgeArticle, one: Step) -> str:
	"""Why the session's user may not take that step; empty if they may."""
	user = frappe.session.user
	if not has_role((*REVIEWERS, SYSTEM_MANAGER)) and not (
		one.by_responsible and article.responsible == user
	):
		return _("Only After-Sales Leads and Service Managers may do that. Please ask one of them.")
	if one.of_another and article.written_by == user and not has_role((MANAGER, SYSTEM_MANAGER)):
		return _("You wrote this yourself. Please ask somebody else to review it.")
	return ""


def _step(article: KnowledgeArticle, one: Step, reason: str) -> None:
	if one.needs_text:
		check_text(article)
	article.state = one.target
	article.outdated_reason = reason if one.target == State.OUTDATED else None
	if one.target == State.DRAFT:
		article.reviewed_by = article.reviewed_on = None
	_stamp(article)


def _stamp(article: KnowledgeArticle) -> None:
	if article.state in (State.REVIEWED, State.PUBLISHED) and not article.reviewed_by:
		article.reviewed_by, article.reviewed_on = frappe.session.user, now_datetime()
	if article.state == State.PUBLISHED:
		article.published_on = now_datetime()
		article.review_date = article.review_date or add_months(today(), MONTHS_TO_REVIEW)
