"""What the two are told of their chat, in the reader's language."""

from __future__ import annotations

from frappe import _

from support_service.service_intake.chat.rules import Why


def notice(code: str, who: str, *, to_customer: bool) -> str:
	"""The line for a notice of a chat. who: the name of whoever it is about."""
	words = {
		"Taken": _("{0} talks with you now.") if to_customer else _("{0} has taken the chat."),
		"Handed Over": _("{0} goes on with you.") if to_customer else _("Handed over to {0}."),
		"Waits Again": _("Please wait a moment: we look for a colleague who goes on with you.")
		if to_customer
		else _("Nobody answered the customer. The chat waits again."),
		**over(to_customer=to_customer),
	}
	return words.get(code, code).format(who)


def over(*, to_customer: bool) -> dict[str, str]:
	"""Why a chat is over → how it is said."""
	if not to_customer:
		return {
			Why.CUSTOMER: _("The customer has ended the chat."),
			Why.US: _("We have ended the chat."),
			Why.SILENCE: _("The chat ended by itself: nobody wrote any more."),
			Why.NOBODY_PRESENT: _("Nobody was at their desk. It is a message on the request."),
			Why.CLOSED: _("Outside office hours. It is a message on the request."),
			Why.NOT_TAKEN: _("Nobody took the chat. It is a message on the request."),
			Why.REQUEST_OVER: _("The request is closed, and so is the chat."),
		}
	return {
		Why.CUSTOMER: _("You have ended the chat. All of it stays with your request."),
		Why.US: _("We have ended the chat. All of it stays with your request."),
		Why.SILENCE: _("The chat ended, as nobody wrote any more. All of it stays with your request."),
		Why.NOBODY_PRESENT: _(
			"Nobody of us is here now. We have your message and will answer it on your request."
		),
		Why.CLOSED: _("We are closed now. We have your message and will answer it on your request."),
		Why.NOT_TAKEN: _(
			"We are sorry: nobody was free. We have your message and will answer it on your request."
		),
		Why.REQUEST_OVER: _("This request is closed, and so is the chat."),
	}


def nobody(why: Why) -> str:
	"""What a customer is told before they write where nobody can talk."""
	if why == Why.CLOSED:
		return _(
			"We are closed now. What you write reaches us as a message, and we answer it on your request."
		)
	return _(
		"Nobody of us is here now. What you write reaches us as a message, and we answer it on your request."
	)
