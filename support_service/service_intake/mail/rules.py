"""Rules of incoming mail that need no site: what a text, an address or a Message-ID says. No Frappe."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

# addresses that everybody can get: their domain says nothing about whom somebody works for
FREE_DOMAINS = frozenset(
	(
		"126.com",
		"139.com",
		"163.com",
		"189.cn",
		"aliyun.com",
		"aol.com",
		"bluewin.ch",
		"foxmail.com",
		"free.fr",
		"freenet.de",
		"gmail.com",
		"gmx.at",
		"gmx.ch",
		"gmx.com",
		"gmx.de",
		"gmx.net",
		"googlemail.com",
		"hey.com",
		"hotmail.co.uk",
		"hotmail.com",
		"hotmail.de",
		"hotmail.fr",
		"icloud.com",
		"laposte.net",
		"libero.it",
		"live.cn",
		"live.com",
		"live.de",
		"mac.com",
		"mail.com",
		"mail.ru",
		"me.com",
		"msn.com",
		"orange.fr",
		"outlook.com",
		"outlook.de",
		"pm.me",
		"proton.me",
		"protonmail.com",
		"qq.com",
		"rediffmail.com",
		"sina.cn",
		"sina.com",
		"sohu.com",
		"t-online.de",
		"tom.com",
		"vip.163.com",
		"vip.qq.com",
		"web.de",
		"yahoo.cn",
		"yahoo.co.in",
		"yahoo.co.jp",
		"yahoo.co.uk",
		"yahoo.com",
		"yahoo.de",
		"yahoo.fr",
		"yandex.com",
		"yandex.ru",
		"yeah.net",
		"ymail.com",
		"zoho.com",
	)
)
# the first line of what a mail program puts above a message that is forwarded
FORWARDED = re.compile(
	r"^\W*(?:begin forwarded message|forwarded message|original message|weitergeleitete nachricht|ursprüngliche nachricht"
	r"|message transféré|message d'origine|转发的?邮件信息|转发邮件|原始邮件|转发的邮件)\W*$",
	re.IGNORECASE | re.MULTILINE,
)
FORWARDED_FROM = re.compile(
	r"^[>*\s]*(?:from|von|de|发件人)\**\s*[:：]\**\s*(.+)$", re.IGNORECASE | re.MULTILINE
)
FORWARDED_SUBJECT = re.compile(r"^\s*(?:fwd?|wg|tr|转发|转)\s*[:：]", re.IGNORECASE)
ADDRESS = re.compile(r"[\w.+'&=-]{1,64}@[\w-]+(?:\.[\w-]+)+")
NAME_BEFORE = re.compile(r"^\s*\"?([^\"<\[(]*?)\"?\s*[<\[(]")
# a number of a request, as our subjects and people write it
NUMBER = re.compile(r"[A-Za-z]{1,10}-(?:[\w]{1,10}-){0,3}\d{3,10}(?![\w-])")
# our subjects begin with it in brackets, however the site numbers its requests
IN_BRACKETS = re.compile(r"\[([^\[\]]{3,140})\]")
SERIAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.-]{3,38}[A-Za-z0-9]")
MAX_SERIALS = 80
LONGEST_PAUSE = 240  # minutes
ATTEMPTS = 8


def domain_of(address: str) -> str:
	return address.rpartition("@")[2].lower()


def tells_company(domain: str) -> bool:
	"""Whether people with an address of this domain work for one company."""
	return bool(domain) and domain not in FREE_DOMAINS


def numbers_in(subject: str) -> list[str]:
	"""What may be numbers of requests in a subject, in upper case, in their order."""
	found = [*IN_BRACKETS.findall(subject), *NUMBER.findall(subject)]
	return list(dict.fromkeys(one.strip().upper() for one in found))[:10]


def serials_in(*texts: str) -> list[str]:
	"""Words that may be serial numbers: at least five characters with a digit, no date, no number of hours or money."""
	found: dict[str, None] = {}
	for text in texts:
		for word in SERIAL.findall(text[:20_000]):
			plain = re.sub(r"[/_.-]", "", word)
			if len(plain) < 5 or not re.search(r"\d", plain) or _is_date(word):
				continue
			found[word] = None
			if len(found) >= MAX_SERIALS:
				return list(found)
	return list(found)


def first_sender(subject: str, text: str, attached: Sequence[tuple[str, str]] = ()) -> tuple[str, str] | None:
	"""(name, address) of whoever wrote the message that was forwarded; None where nothing was.

	attached: (name, address) of the senders of messages that are attached.
	"""
	mark = FORWARDED.search(text)
	marked = bool(mark) or bool(FORWARDED_SUBJECT.match(subject))
	if not marked:
		return None
	for line in FORWARDED_FROM.finditer(text, mark.end() if mark else 0):
		address = ADDRESS.search(line[1])
		if address:
			name = NAME_BEFORE.match(line[1])
			return (name[1].strip() if name else "", address[0].lower())
	return attached[0] if attached else None


def pause(attempts: int) -> int:
	"""Minutes until a message is tried again after so many failures."""
	return min(1 << min(attempts, 16), LONGEST_PAUSE)


def joins(closed_on: datetime | None, now: datetime, days: int) -> bool:
	"""Whether an answer to a request closed on `closed_on` still belongs to it."""
	return closed_on is not None and now - closed_on <= timedelta(days=days)


def written_to(addresses: Iterable[str], ours: Sequence[str]) -> str | None:
	"""Which of our addresses a letter went to: the first of its addresses that is ours, else our first."""
	known = set(ours)
	return next((address for address in addresses if address in known), ours[0] if ours else None)


def _is_date(word: str) -> bool:
	return bool(re.fullmatch(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}", word))
