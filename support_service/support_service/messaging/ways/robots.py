"""The sender *Group Chat*: the robot of a chat in WeCom, DingTalk, Feishu or Slack, which the customer shares with us or which is
our own people's.

The recipient of such a message is the name of a Service Robot.
"""

from __future__ import annotations

import time
from datetime import datetime
from urllib.parse import urlsplit

import frappe
import requests
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, get_datetime, now_datetime

from support_service.foundation import locks
from support_service.support_service.messaging.ways import handing_over, plain_text, robot_forms
from support_service.support_service.messaging.ways.handing_over import RefusedError, WaitError
from support_service.support_service.messaging.ways.robot_forms import FORMS, Answer, Outcome

ROBOT = "Service Robot"
SENDER = "Group Chat"
WINDOW = 60  # seconds
# hosts other than the makers' own, for a gateway of the company: a list in the site's configuration
MORE_HOSTS = "support_service_robot_hosts"


class RobotError(frappe.ValidationError):
	"""The robot's side is in trouble, which passes."""


class RobotAddressError(frappe.ValidationError):
	"""The address of a robot is none of its maker's."""


def of_customer(customer: str | None) -> str | None:
	"""The robot of the chat with `customer`, the newest where there are several; None where there is none."""
	if not customer:
		return None
	return frappe.db.get_value(ROBOT, {"customer": customer, "disabled": 0}, "name", order_by="creation desc")


def is_ours(robot: str | None) -> bool:
	"""Whether `robot` is in use in a chat of our own people, which no customer reads."""
	found = robot and frappe.db.get_value(ROBOT, robot, ["disabled", "customer"], as_dict=True)
	return bool(found and not found.disabled and not found.customer)


def send(message: Document) -> None:
	"""Send one Service Message.

	:raises WaitError: as many as the robot takes in a minute have left already.
	:raises RefusedError: the robot is switched off or gone, or refuses, in the words it gives.
	:raises RobotError: no answer, or trouble on their side.
	"""
	if not frappe.db.exists(ROBOT, {"name": message.recipient, "disabled": 0}):
		raise RefusedError(_("The robot {0} is switched off or deleted.").format(message.recipient))
	subject = frappe.utils.escape_html(message.subject or "")
	text = message.short_text or plain_text.of_html(f"<p>{subject}</p>{message.body or ''}")
	take_turn(message.recipient)
	handing_over.begin(message)
	check(message.recipient, post(frappe.get_doc(ROBOT, message.recipient), text))


def take_turn(robot: str) -> None:
	"""Count one message of this minute; the row of the robot is locked until the caller's transaction ends."""
	fields = ["kind", "minute_began", "minute_count", "paused_until"]
	row = locks.get_value(ROBOT, robot, fields, as_dict=True)
	now = now_datetime()
	if row.paused_until and get_datetime(row.paused_until) > now:
		raise _wait(robot, get_datetime(row.paused_until), now)
	began = get_datetime(row.minute_began) if row.minute_began else None
	if not began or began <= add_to_date(now, seconds=-WINDOW) or began > now:
		values = {"minute_began": now, "minute_count": 1}
	elif row.minute_count < FORMS[row.kind].per_minute:
		values = {"minute_count": row.minute_count + 1}
	else:
		raise _wait(robot, add_to_date(began, seconds=WINDOW), now)
	frappe.db.set_value(ROBOT, robot, values, update_modified=False)


def post(robot: Document, text: str) -> Answer:
	"""Say `text` in the chat of `robot`; the secret parts are in no log and no error."""
	url = robot.get_password("webhook_url")
	check_host(robot.kind, url)
	request = robot_forms.build(
		robot.kind,
		url=url,
		secret=robot.get_password("secret", raise_exception=False) or "",
		text=text,
		now=time.time(),
	)
	try:
		answer = requests.post(
			request.url, json=request.body, timeout=handing_over.TIMEOUT, allow_redirects=False
		)
	except requests.RequestException as error:
		# its text names the address, and with it the key
		return Answer(Outcome.TROUBLE, type(error).__name__)
	return robot_forms.read(robot.kind, answer.status_code, answer.text, answer.headers.get("Retry-After"))


def check(robot: str, answer: Answer) -> None:
	"""Raise what `answer` means where the message was not taken; a robot that asks for a pause gets it."""
	if answer.outcome == Outcome.TAKEN:
		return
	if answer.outcome == Outcome.LIMITED:
		frappe.db.rollback()
		until = add_to_date(now_datetime(), seconds=answer.wait)
		frappe.db.set_value(ROBOT, robot, "paused_until", until, update_modified=False)
		frappe.db.commit()  # the caller undoes what it wrote; the pause is for every message
		raise WaitError(_("{0} takes no more messages now: {1}").format(robot, answer.reason), answer.wait)
	if answer.outcome == Outcome.REFUSED:
		raise RefusedError(_("{0} refuses: {1}").format(robot, answer.reason))
	raise RobotError(_("{0} does not answer as it should: {1}").format(robot, answer.reason))


def check_host(kind: str, url: str) -> None:
	"""Refuse an address that is not its maker's, so that nobody makes the server call another one."""
	parts = urlsplit(url or "")
	own = parts.scheme == "https" and parts.hostname == FORMS[kind].host and parts.port in (None, 443)
	if own or (parts.scheme in ("http", "https") and parts.netloc in (frappe.conf.get(MORE_HOSTS) or [])):
		return
	frappe.throw(
		_(
			"The address of a {0} robot begins with https://{1}/. Copy it from the settings of the robot."
		).format(kind, FORMS[kind].host),
		RobotAddressError,
	)


def _wait(robot: str, until: datetime, now: datetime) -> WaitError:
	seconds = max(1, round((until - now).total_seconds()) + 1)
	return WaitError(_("{0} takes no more messages now.").format(robot), seconds)
