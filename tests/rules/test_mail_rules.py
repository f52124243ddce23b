"""Reading messages and the rules of incoming mail, without a site."""

from datetime import UTC, datetime

import pytest

from support_service.service_intake.mail import letters, rules
from support_service.support_service.messaging import reply_tokens

KEY = b"key of the site"


@pytest.mark.parametrize(
	("raw", "sender"),
	[
		(b"From: Li <li@a.example>\n\nx", "li@a.example"),
		(b"From: =?utf-8?B?5p2O?= <LI@A.example>\n\nx", "li@a.example"),
		(b'From: "boss@bank.example" <thief@b.example>\n\nx', "thief@b.example"),
		(b"From: nobody\n\nx", None),
		(b"From: a@b\n\nx", None),
		(b"Sender: li@a.example\n\nx", "li@a.example"),
		(b"", None),
		(b"\xff\xfe\x00", None),
	],
)
def test_the_sender(raw, sender):
	letter = letters.read(raw)
	assert (letter.sender.address if letter.sender else None) == sender


@pytest.mark.parametrize(
	("charset", "text"),
	[("utf-8", "水泵漏水"), ("gb2312", "水泵漏水"), ("iso-8859-1", "Grüße"), ("no-such-charset", "Grüße")],
)
def test_charsets(charset, text):
	codec = {"gb2312": "gb18030", "no-such-charset": "utf-8"}.get(charset, charset)
	raw = f"From: a@b.example\nContent-Type: text/plain; charset={charset}\n\n".encode() + text.encode(codec)
	assert letters.read(raw).text == text


def test_references_from_the_nearest():
	letter = letters.read(b"In-Reply-To: <c@x>\nReferences: <a@x> <b@x>\n <c@x>\n\n")
	assert letter.answers == ["c@x", "b@x", "a@x"]


def test_copies_of_one_message_are_one():
	first = b"Received: a\nMessage-ID: <1@x>\nFrom: a@b.example\nSubject: s\n\nbody\n"
	copy = (
		b"Received: b\r\nReceived: a\r\nMessage-ID: <1@x>\r\nFrom: a@b.example\r\nSubject: s\r\n\r\nbody\r\n"
	)
	assert letters.read(first).content_hash == letters.read(copy).content_hash
	assert letters.read(first).content_hash != letters.read(first.replace(b"body", b"bode")).content_hash


def test_deep_nesting_ends():
	part = b"x"
	for number in range(800):
		part = b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n%s\n--b%d--\n' % (
			number,
			number,
			part,
			number,
		)
	assert letters.read(b"From: a@b.example\n" + part[:200_000]).sender


def test_serial_numbers():
	text = "Serial SN-4711/B, since 2026-11-20, model PX2000; call 12345"
	assert rules.serials_in(text) == ["SN-4711/B", "PX2000", "12345"]


@pytest.mark.parametrize(
	("subject", "text", "first"),
	[
		("Fwd: x", "-- Forwarded message --\nFrom: Li <li@a.example>", ("Li", "li@a.example")),
		("WG: x", "Von: Li [mailto:li@a.example]\nGesendet: heute", ("Li", "li@a.example")),
		("转发: 漏水", "发件人：李娜 <li@a.example>\n发送时间: …", ("李娜", "li@a.example")),
		("x", "Begin forwarded message:\n\n> From: li@a.example\n", ("", "li@a.example")),
		("Re: x", "From: Li <li@a.example>", None),
		("Fwd: x", "no header", None),
	],
)
def test_the_first_sender_of_what_is_forwarded(subject, text, first):
	assert rules.first_sender(subject, text) == first


@pytest.mark.parametrize("number", ["SR-2026-00012", "SR/26/12", "SR.26 12", "报修-00012", "12~A_B"])
def test_tokens(number):
	"""However the site numbers its requests, and although a mail server writes our Message-ID in lower case."""
	token = f"{reply_tokens.token(number, KEY)}.abc@site.example"
	assert not set("<>@ ").intersection(token.partition("@")[0]) and token.isascii()
	((case, signature),) = reply_tokens.signed_cases(["x@y", token.lower()])
	assert case == number and reply_tokens.is_signed(case, signature, KEY)
	assert not reply_tokens.is_signed("SR-2026-00013", signature, KEY)
	assert not reply_tokens.is_signed(case, signature, b"another key")


def test_numbers_and_days():
	assert rules.numbers_in("Re: [SR-2026-00012] and (#sr-2026-00013)") == ["SR-2026-00012", "SR-2026-00013"]
	assert rules.numbers_in("Re: [sr/26/12] We have received it") == ["SR/26/12"]
	now = datetime(2026, 11, 28, tzinfo=UTC)
	assert rules.joins(datetime(2026, 11, 20, tzinfo=UTC), now, 14)
	assert not rules.joins(datetime(2026, 11, 1, tzinfo=UTC), now, 14) and not rules.joins(None, now, 14)
	assert [rules.pause(number) for number in (1, 2, 8, 30)] == [2, 4, 240, 240]
