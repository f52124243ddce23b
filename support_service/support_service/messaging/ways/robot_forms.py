"""How the robots of group chats are spoken to: WeCom, DingTalk, Feishu and Slack, each with its own form, signature, limits
and answers. No Frappe, no network.

Sources: the makers' documentation of group robots (WeCom "群机器人配置说明", DingTalk "自定义机器人接入", Feishu "自定义机器人使用指南",
Slack "Sending messages using incoming webhooks"). All but Slack answer HTTP 200 to what they have not taken; the reason is
in the body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote_plus

ELLIPSIS = "…"


class Outcome(StrEnum):
	TAKEN = "taken"
	# too many messages: the same one may be sent a little later
	LIMITED = "limited"
	# a setting is wrong, or the chat is gone: the same message fails again until a person mends it
	REFUSED = "refused"
	# their side is in trouble, which passes
	TROUBLE = "trouble"


@dataclass(frozen=True, slots=True)
class Answer:
	"""What became of a message. `reason`: the robot's own words and number. `wait`: seconds, where it asks for a pause."""

	outcome: Outcome
	reason: str = ""
	wait: int = 0


@dataclass(frozen=True, slots=True)
class Request:
	"""An HTTP POST: where to, and the JSON to send."""

	url: str
	body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
	"""One maker's form.

	per_minute: messages that a robot takes in a minute. size: the longest text, in bytes of UTF-8, or in characters where
	`in_characters`. pause: seconds to wait when it says that there were too many.
	"""

	host: str
	per_minute: int
	size: int
	pause: int
	build: Callable[[str, str, str, float], Request]
	codes: Mapping[int, Outcome]
	in_characters: bool = False


def _wecom(url: str, _secret: str, text: str, _now: float) -> Request:
	return Request(url, {"msgtype": "text", "text": {"content": text}})


def _dingtalk(url: str, secret: str, text: str, now: float) -> Request:
	if secret:
		stamp = str(round(now * 1000))
		signature = _sign(secret.encode(), f"{stamp}\n{secret}".encode())
		url += f"{'&' if '?' in url else '?'}timestamp={stamp}&sign={quote_plus(signature)}"
	return Request(url, {"msgtype": "text", "text": {"content": text}})


def _feishu(url: str, secret: str, text: str, now: float) -> Request:
	body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
	if secret:
		stamp = str(int(now))
		# the text to sign is the key, and nothing is signed with it
		body |= {"timestamp": stamp, "sign": _sign(f"{stamp}\n{secret}".encode(), b"")}
	return Request(url, body)


def _slack(url: str, _secret: str, text: str, _now: float) -> Request:
	for plain, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
		text = text.replace(plain, escaped)
	return Request(url, {"text": text})


def _sign(key: bytes, message: bytes) -> str:
	return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()


# Numbers that are not listed are refusals: whoever reads the reason decides.
FORMS: dict[str, Form] = {
	"WeCom": Form(
		host="qyapi.weixin.qq.com",
		per_minute=20,
		size=2048,
		pause=60,
		build=_wecom,
		codes={-1: Outcome.TROUBLE, 45009: Outcome.LIMITED, 45033: Outcome.LIMITED},
	),
	"DingTalk": Form(
		host="oapi.dingtalk.com",
		per_minute=20,
		size=15_000,
		pause=600,
		build=_dingtalk,
		codes={-1: Outcome.TROUBLE, 130101: Outcome.LIMITED, 410100: Outcome.LIMITED},
	),
	"Feishu": Form(
		host="open.feishu.cn",
		per_minute=100,
		size=15_000,
		pause=60,
		build=_feishu,
		codes={11232: Outcome.LIMITED, 99991400: Outcome.LIMITED, 9499: Outcome.TROUBLE},
	),
	"Slack": Form(
		host="hooks.slack.com",
		per_minute=60,
		size=4000,
		pause=30,
		build=_slack,
		codes={},
		in_characters=True,
	),
}


def build(kind: str, *, url: str, secret: str, text: str, now: float) -> Request:
	"""The request that says `text`, cut to what the robot takes.

	kind: key of FORMS. secret: signs the request where the robot asks for it, else empty. now: seconds since 1970.
	"""
	form = FORMS[kind]
	return form.build(url, secret, cut(text, form.size, in_characters=form.in_characters), now)


def cut(text: str, size: int, *, in_characters: bool = False) -> str:
	"""`text`, or its beginning with an ellipsis where it is longer than `size` bytes (or characters). No character is split."""
	if in_characters:
		return text if len(text) <= size else text[: size - 1].rstrip() + ELLIPSIS
	encoded = text.encode()
	if len(encoded) <= size:
		return text
	return encoded[: size - len(ELLIPSIS.encode())].decode(errors="ignore").rstrip() + ELLIPSIS


def read(kind: str, status: int, body: str, retry_after: str | None = None) -> Answer:
	"""What the robot's answer means. status: of HTTP; body: as it came; retry_after: the header of that name."""
	form = FORMS[kind]
	if status == 429:
		return Answer(Outcome.LIMITED, _words(status, body), _seconds(retry_after) or form.pause)
	if status >= 500:
		return Answer(Outcome.TROUBLE, _words(status, body))
	if status >= 300:
		return Answer(Outcome.REFUSED, _words(status, body))
	if kind == "Slack":
		taken = body.strip() == "ok"
		return Answer(Outcome.TAKEN) if taken else Answer(Outcome.REFUSED, _words(status, body))
	return _read_code(form, status, body)


def _read_code(form: Form, status: int, body: str) -> Answer:
	try:
		said = json.loads(body)
	except ValueError:
		said = None
	code = _code(said) if isinstance(said, dict) else None
	if code is None:
		# a proxy's page, or an answer that was cut off: whether it was taken is not known
		return Answer(Outcome.TROUBLE, _words(status, body))
	if code == 0:
		return Answer(Outcome.TAKEN)
	outcome = form.codes.get(code, Outcome.REFUSED)
	reason = f"{code} {said.get('errmsg') or said.get('msg') or said.get('StatusMessage') or ''}".strip()
	return Answer(outcome, reason, form.pause if outcome is Outcome.LIMITED else 0)


def _code(said: dict[str, Any]) -> int | None:
	for key in ("errcode", "code", "StatusCode"):
		value = said.get(key)
		if isinstance(value, int) and not isinstance(value, bool):
			return value
	return None


def _words(status: int, body: str) -> str:
	return f"HTTP {status} {' '.join(body.split())[:200]}".strip()


def _seconds(value: str | None) -> int:
	return int(value) if value and value.isascii() and value.isdigit() else 0
