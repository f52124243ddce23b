"""A customer talks with somebody of ours: opening, taking, writing, handing over, ending. The one writer of Service Chat.

A chat is about a request from its first words on: they open one by the intake, or join one. Everything said is a Communication
of that request, and a row of the chat that names it, stored in one transaction: whatever dies afterwards, nothing said is lost.
So nothing has to be copied when a chat ends or nobody takes it.

Each change locks the chat's row: of two who take it, one is told who was first; rows get their place in order; and the key
that the client gave a message is found if it was stored before. `open_key` is the customer's user as long as the chat is
open, and unique: whoever writes from two tabs writes into one chat.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html, get_fullname, now_datetime

from support_service.constants.roles import LEAD, MANAGER, STAFF
from support_service.foundation import instants, locks, people, rows
from support_service.permissions import role_check
from support_service.service_intake import intake
from support_service.service_intake.chat import desk, events, rules
from support_service.service_intake.chat.rules import LEFT, OPEN, TALKING, WAITING, Why
from support_service.support_service.messaging import recipients

CHAT, ROW, CASE = "Service Chat", "Service Chat Message", "Service Request"
CHANNEL = "Chat"
OVER = ("Closed", "Cancelled")
CUSTOMER, AGENT, NOTICE = "Customer", "Service", "Notice"
FIELDS = (
	"name",
	"state",
	"service_request",
	"opened_by",
	"agent",
	"unanswered_since",
	"due_utc",
	"ended_why",
	"places",
)


class EmptyMessageError(frappe.ValidationError):
	"""Nothing was written."""


class MessageTooLongError(frappe.ValidationError):
	"""More than one message may hold."""


class MessageKeyError(frappe.ValidationError):
	"""The client gave no proper key with its message."""


class ChatTakenError(frappe.ValidationError):
	"""A colleague talks with this customer."""


class ChatOverError(frappe.ValidationError):
	"""The chat is over."""


class RequestOverError(frappe.ValidationError):
	"""The chat's request is closed."""


class CannotTalkError(frappe.ValidationError):
	"""The person chosen cannot talk with this customer."""


def begin(text: str, key: str, *, case: str | None, payload: intake.IntakePayload | None) -> str:
	"""The first words of the current user, a customer; returns the chat, the one that is open where there is one.

	case: the request it is about, which the caller has checked; without one `payload` becomes a new one. key: made by the
	client for this message; again with the same key it returns the same chat and stores nothing.
	"""
	_check(text, key)
	if said := _stored(key):
		return said.parent
	chat = _open(case, payload, key)
	_write_as_customer(chat, text, key)
	return chat.name


def write(chat: str, text: str, key: str) -> int:
	"""The current user, a customer who may see the chat's request, writes; returns the place of the message in the chat.

	In a chat that is over it still becomes a message of the request: somebody typed while it ended.
	"""
	_check(text, key)
	return _write_as_customer(_locked(chat), text, key)


def answer(chat: str, text: str, key: str) -> int:
	"""The current user, who has taken the chat, writes to the customer; returns the place of the message in the chat."""
	_check(text, key)
	row = _locked(chat)
	if said := _stored(key):
		return said.idx
	_require_open(row)
	if row.agent != frappe.session.user:
		_refuse_foreign(row)
	case = _case_in_work(row)
	place, new = _say(row, AGENT, key, lambda: _communication(case, text, sent_to=_address(row.opened_by)))
	if new:
		now = instants.now()
		_change(row, last_on=now_datetime(), unanswered_since=None, due_utc=_due(TALKING, now))
		events.tell_both(row)
	return place


def take(chat: str) -> None:
	"""The current user takes a chat that waits; again for one's own chat it changes nothing."""
	row = _locked(chat)
	_require_open(row)
	user = frappe.session.user
	if row.state == TALKING:
		return None if row.agent == user else _refuse_foreign(row)
	case = _case_in_work(row)
	_talks_with(row, user, "Taken")
	events.tell_all(row, case)


def hand_over(chat: str, user: str) -> None:
	"""Give an open chat to `user`. Whoever has it may, and leads and managers, who may also take it upon themselves."""
	row = _locked(chat)
	_require_open(row)
	_refuse_colleagues(row)
	case = _case_in_work(row)
	if not people.able([user], *STAFF) or not desk.may_see(case, user):
		frappe.throw(
			_("{0} cannot talk with this customer. Choose somebody who sees {1}.").format(
				get_fullname(user), case.name
			),
			CannotTalkError,
		)
	if row.agent == user:
		return
	_talks_with(row, user, "Handed Over" if row.agent else "Taken")
	if user != frappe.session.user:
		people.notify(
			[user],
			lambda lang: _("A customer in chat was handed over to you: {0}", lang).format(case.subject),
			document=(CHAT, row.name),
		)
	events.tell_all(row, case)


def end(chat: str, *, by_customer: bool) -> None:
	"""Either side ends the chat; one that is over stays as it is. Its request goes on."""
	row = _locked(chat)
	if row.state not in OPEN:
		return
	if not by_customer:
		_refuse_colleagues(row)
	# nobody has answered: it is a message, and stays with the request
	state = rules.ENDED if row.state == TALKING else LEFT
	_end(row, state, Why.CUSTOMER if by_customer else Why.US)


def move_on(chat: str) -> None:
	"""What the time asks for: see `rules.next_step`. The row is locked by the caller."""
	row = _locked(chat)
	case = frappe.get_doc(CASE, row.service_request)
	step = rules.next_step(
		row.state,
		instants.of_utc_column(row.due_utc),
		instants.now(),
		unanswered=bool(row.unanswered_since),
		request_over=case.status in OVER,
	)
	if step == rules.Next.END:
		_end(row, rules.ENDED, Why.REQUEST_OVER if case.status in OVER else Why.SILENCE)
	elif step == rules.Next.LEAVE:
		_end(row, LEFT, Why.NOT_TAKEN)
		_notify_of_left(case)
	elif step == rules.Next.WAIT_AGAIN:
		_notice(row, "Waits Again")
		_change(row, state=WAITING, agent=None, due_utc=_due(WAITING, instants.now()))
		events.tell_all(row, case)


def open_chat_of(user: str) -> str | None:
	"""The chat that a customer's user has open."""
	return frappe.db.get_value(CHAT, {"open_key": user})


def _open(case: str | None, payload: intake.IntakePayload | None, key: str) -> Any:
	"""The user's open chat, its row locked; a new one where there is none, or where its request is over."""
	user, name = frappe.session.user, frappe.generate_hash(length=10)
	if there := open_chat_of(user):
		row = _locked(there)
		if row.state in OPEN and not _is_over(row.service_request):
			return row
		if row.state in OPEN:
			_end(row, rules.ENDED, Why.REQUEST_OVER)
	now, moment = instants.now(), now_datetime()
	new = {
		"name": name,
		"state": WAITING,
		"opened_by": user,
		"open_key": user,
		"opened_on": moment,
		"last_on": moment,
		"due_utc": _due(WAITING, now),
	}
	# the place is taken before the request is made: of two tabs at once one makes it
	rows.insert(CHAT, [new], leave_present=True)
	row = locks.get_value(CHAT, {"open_key": user}, FIELDS, as_dict=True)
	if row.name != name:
		# another tab was first, this moment. Nothing is written here yet, so this commit stores nothing; it ends the snapshot, in
		# which the other tab's request is not there
		frappe.db.commit()
		return _open(case, payload, key)
	request = case or intake.accept(CHANNEL, payload, key=f"{user}:{key}", checked=True)
	_change(row, service_request=request)
	row.opens_its_case = not case
	about = frappe.get_doc(CASE, request)
	if nobody := desk.why_nobody(about):
		row.left_at_once = nobody
	else:
		events.tell_all(row, about)
	return row


def _write_as_customer(row: Any, text: str, key: str) -> int:
	if said := _stored(key):
		return said.idx
	case = _case_in_work(row)
	opens, talking = bool(row.get("opens_its_case")), row.state == TALKING
	place, new = _say(row, CUSTOMER, key, lambda: _communication(case, text, opens=opens, read_live=talking))
	if not new:
		return place
	if nobody := row.get("left_at_once"):
		_end(row, LEFT, nobody)
	elif row.state in OPEN:
		moment = now_datetime()
		# one that waits is not put off by further words
		due = _due(TALKING, instants.now()) if talking else row.due_utc
		_change(row, last_on=moment, unanswered_since=row.unanswered_since or moment, due_utc=due)
		events.tell_both(row)
	return place


def _say(row: Any, kind: str, key: str, communicate: Callable[[], str]) -> tuple[int, bool]:
	"""(place of the message in the chat, whether it is new). The row is stored first: of two with one key at once, one is."""
	mark = _mark(key)
	said = _row(row, kind, message_key=mark, said_by=frappe.session.user)
	if not rows.insert(ROW, [said], leave_present=True):
		return locks.get_value(ROW, {"message_key": mark}, "idx"), False
	frappe.db.set_value(ROW, said["name"], "communication", communicate(), update_modified=False)
	_change(row, places=said["idx"])
	return said["idx"], True


def _communication(
	case: Any, text: str, *, sent_to: str | None = None, opens: bool = False, read_live: bool = False
) -> str:
	"""Store what the current user said on `case`; to the address of the customer, or by the customer."""
	user = frappe.session.user
	message = frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"communication_medium": "Chat",
			"sent_or_received": "Sent" if sent_to else "Received",
			"subject": case.subject,
			"content": escape_html(text.strip()).replace("\n", "<br>"),
			"sender": _address(user),
			"sender_full_name": get_fullname(user),
			"recipients": sent_to,
			"communication_date": now_datetime(),
			"reference_doctype": CASE,
			"reference_name": case.name,
			"status": "Linked",
		}
	)
	message.flags.opens_its_case = opens
	message.flags.read_live = read_live
	# the one writer of what is said in chats: neither customers nor every agent may write Communications; the caller has checked
	# that the user may see the request
	return message.insert(ignore_permissions=True).name


def _notice(row: Any, notice: str, said_by: str | None = None) -> None:
	"""What the two are told of their chat, in a line of its own."""
	said = _row(row, NOTICE, notice=notice, said_by=said_by)
	rows.insert(ROW, [said])
	_change(row, places=said["idx"])


def _row(row: Any, kind: str, **values: Any) -> dict[str, Any]:
	"""The next row of the chat, whose row is locked."""
	return {
		"name": frappe.generate_hash(length=10),
		"parent": row.name,
		"parenttype": CHAT,
		"parentfield": "messages",
		"idx": (row.places or 0) + 1,
		"kind": kind,
		"said_on": now_datetime(),
		**values,
	}


def _talks_with(row: Any, user: str, notice: str) -> None:
	now = instants.now()
	_notice(row, notice, user)
	_change(row, state=TALKING, agent=user, taken_on=now_datetime(), due_utc=_due(TALKING, now))


def _end(row: Any, state: str, why: Why) -> None:
	_notice(row, why.value)
	_change(row, state=state, ended_why=why.value, ended_on=now_datetime(), open_key=None, due_utc=None)
	events.tell_all(row, frappe.get_doc(CASE, row.service_request))


def _change(row: Any, **values: Any) -> None:
	frappe.db.set_value(CHAT, row.name, values)
	row.update(values)


def _notify_of_left(case: Any) -> None:
	whom = recipients.ENGINEER if case.engineer_user else recipients.LEAD
	people.notify(
		recipients.users_for(case, whom),
		lambda lang: _("Nobody took the chat about {0}: {1}", lang).format(case.name, case.subject),
		document=(CASE, case.name),
	)


def _locked(chat: str) -> Any:
	return locks.get_value(CHAT, chat, FIELDS, as_dict=True)


def _require_open(row: Any) -> None:
	if row.state not in OPEN:
		frappe.throw(_("This chat is over. Write to the customer on the request."), ChatOverError)


def _refuse_colleagues(row: Any) -> None:
	"""A chat that somebody has is for them, and for leads and managers."""
	if row.agent and row.agent != frappe.session.user and not role_check.has_role((LEAD, MANAGER)):
		_refuse_foreign(row)


def _refuse_foreign(row: Any) -> None:
	if row.agent:
		said = _("{0} talks with this customer.").format(get_fullname(row.agent))
	else:
		said = _("Nobody talks with this customer yet. Take the chat first.")
	frappe.throw(said, ChatTakenError)


def _case_in_work(row: Any) -> Any:
	case = frappe.get_doc(CASE, row.service_request)
	if case.status in OVER:
		frappe.throw(_("This request is closed. Please open a new one."), RequestOverError)
	return case


def _is_over(request: str) -> bool:
	return frappe.db.get_value(CASE, request, "status") in OVER


def _due(state: str, since: int) -> Any:
	return instants.utc_column(rules.due(state, since, desk.minutes()))


def _address(user: str) -> str:
	return frappe.db.get_value("User", user, "email") or user


def _check(text: str, key: str) -> None:
	if not text.strip():
		frappe.throw(_("Please write your message first."), EmptyMessageError)
	if len(text) > rules.MOST_LETTERS:
		frappe.throw(
			_(
				"This is too long for one message: {0} of at most {1} characters. Please send it in parts."
			).format(len(text), rules.MOST_LETTERS),
			MessageTooLongError,
		)
	if not rules.is_key(key):
		frappe.throw(_("Please reload the page and send your message again."), MessageKeyError)


def mark_of(user: str) -> str:
	"""How the stored keys of a user's messages begin: a key is good for the messages of its user alone."""
	return hashlib.sha256(user.encode()).hexdigest()[:24] + ":"


def _mark(key: str) -> str:
	return mark_of(frappe.session.user) + key


def _stored(key: str) -> Any | None:
	"""The row that was stored with this key, as far as this transaction sees it."""
	name = frappe.db.get_value(ROW, {"message_key": _mark(key)})
	return frappe.db.get_value(ROW, name, ["parent", "idx"], as_dict=True) if name else None
