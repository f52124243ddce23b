"""The one function by which every channel makes a case of what it received.

A channel (ours or another app's) calls `accept`, commits, and only then answers "received": so nothing that was accepted
is lost. A channel whose messages may come twice (mail, webhooks, a double click) gives a `key`; the same key always
returns the same case.
"""

import hashlib
from dataclasses import asdict, dataclass

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, strip_html

from support_service.foundation import locks
from support_service.permissions import named_links

KEY_LENGTH = 140


class UnknownChannelError(frappe.ValidationError):
	"""The channel has no Service Channel record, or an admin switched it off."""


@dataclass(frozen=True)
class IntakePayload:
	"""What a channel knows about a problem. Only `subject` is needed; links hold the names of documents."""

	subject: str
	description: str = ""
	request_type: str = "Fault"
	impact: str = "Medium"
	urgency: str = "Medium"
	customer: str | None = None
	installed_unit: str | None = None
	contact: str | None = None
	contact_name: str | None = None
	contact_phone: str | None = None
	contact_email: str | None = None
	site_address: str | None = None
	preferred_channel: str | None = None
	company: str | None = None
	department_queue: str | None = None
	team: str | None = None
	reply_from: str | None = None
	previous_request: str | None = None


def accept(
	channel: str,
	payload: IntakePayload,
	key: str | None = None,
	*,
	checked: bool = False,
	by_guest: bool = False,
) -> str:
	"""Create the Service Request for what came in through `channel`; returns its name.

	Runs as the current user, with that user's permission to create cases.  `key` identifies the message within the
	channel (a Message-ID, an alert id, any length): a repeat, also a simultaneous one, returns the case of the first.
	checked: the caller has checked that the user may link what the payload links, although the user's roles do not allow
	it: a customer may not read the Customer they act for.
	by_guest: the channel takes cases from people without a login, and has checked what they may name.
	Does not commit: the caller commits before it answers "received".

	Raises UnknownChannelError, frappe.PermissionError, and what Service Request's own validation raises.
	"""
	_require_channel(channel)
	intake_key = _intake_key(channel, key) if key else None
	if intake_key and (existing := _case_of(intake_key)):
		return existing
	request = _request(channel, payload, checked=checked)
	request.intake_key = intake_key
	# nobody without a login has the right to create cases
	request.flags.ignore_permissions = by_guest
	return _insert_once(request, intake_key)


def accept_new(channel: str, payload: IntakePayload, *, checked: bool = False) -> Document:
	"""As `accept`, for a channel that recognises by itself what comes twice; returns the request, which need not be read again."""
	_require_channel(channel)
	return _request(channel, payload, checked=checked).insert()


def _request(channel: str, payload: IntakePayload, *, checked: bool) -> Document:
	request = frappe.new_doc("Service Request")
	request.update({field: value for field, value in asdict(payload).items() if value})
	request.update({"channel": channel, "subject": _as_text(payload.subject)})
	request.company = payload.company or _company_of_unit(payload) or request.company
	if checked:
		named_links.mark_checked(request)
	return request


def _require_channel(channel: str) -> None:
	enabled = frappe.get_cached_value("Service Channel", channel, "enabled")
	if enabled is None:
		frappe.throw(
			_("There is no Service Channel {0}. Add it, or name it in your app's hook and migrate.").format(
				channel
			),
			UnknownChannelError,
		)
	if not enabled:
		frappe.throw(
			_("The Service Channel {0} is switched off. Enable it, or use another channel.").format(channel),
			UnknownChannelError,
		)


def _intake_key(channel: str, key: str) -> str:
	"""The key as it is stored, unique per channel: as text where it fits the column, otherwise as its hash.

	The column's collation ignores case, so a key with capitals is hashed too.
	"""
	readable = f"{channel}:{key}"
	if len(readable) <= KEY_LENGTH and key == key.lower():
		return readable
	return f"{channel[:60]}:sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def _case_of(intake_key: str, locking: bool = False) -> str | None:
	get_value = locks.get_value if locking else frappe.db.get_value
	return get_value("Service Request", {"intake_key": intake_key})


def _as_text(subject: str) -> str:
	"""The subject; one that is nothing but a tag, such as `<no value>`, in the form in which Frappe does not take it for empty."""
	return subject if strip_html(subject).strip() else escape_html(subject)[:140]


def _insert_once(request: Document, intake_key: str | None) -> str:
	frappe.db.savepoint("intake")
	try:
		return request.insert().name
	except (frappe.UniqueValidationError, frappe.DuplicateEntryError):
		frappe.db.rollback(save_point="intake")
		# a locking read sees the row that another transaction has just committed; an ordinary one does not
		existing = _case_of(intake_key, locking=True) if intake_key else None
		if not existing:
			raise
		frappe.clear_last_message()
		return existing


def _company_of_unit(payload: IntakePayload) -> str | None:
	"""The company of the unit, which goes before the user's default company."""
	if not payload.installed_unit:
		return None
	return frappe.db.get_value("Installed Unit", payload.installed_unit, "company")
