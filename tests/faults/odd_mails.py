"""More than 300 odd messages, made anew for each run: what real mail programs, scanners, robots and attackers send."""

from __future__ import annotations

import base64
import itertools
import random
from collections.abc import Iterator
from email.message import EmailMessage

CHARSETS = (
	"utf-8",
	"gb2312",
	"gbk",
	"big5",
	"iso-8859-1",
	"iso-2022-jp",
	"windows-1252",
	"koi8-r",
	"utf-7",
	"x-unknown",
	"",
	"'utf-8'",
)
SUBJECTS = (
	"",
	"Re: ",
	"=?utf-8?B?5rC05rO1?=",
	"=?utf-8?B?broken",
	"=?no-such?Q?x?=",
	"a" * 5000,
	"\t tab \t",
	"😀" * 50,
	"SR-2026-00001",
	"Re: [SR-2020-99999]",
	"<script>alert(1)</script>",
	"'; drop table `tabUser`; --",
	"{{ 7*7 }}",
	"%s %d {0}",
)
FROMS = (
	"",
	"nobody",
	"a@b",
	"<>",
	"MAILER-DAEMON",
	'"a@x.example" <b@y.example>',
	"a@x.example, b@y.example",
	"Ünï <u@x.example>",
	"=?utf-8?Q?=E6=9D=8E?= <li@x.example>",
	"x" * 300 + "@x.example",
	"li@" + "x" * 300 + ".example",
	"li(comment)@x.example",
	"group: a@x.example, b@x.example;",
	"<a@x.example",
	"a b@x.example",
	"li@x.example;",
)
MACHINES = (
	"Auto-Submitted: auto-replied",
	"Auto-Submitted: auto-generated",
	"Precedence: bulk",
	"Precedence: auto_reply",
	"Return-Path: <>",
	"X-Autoreply: yes",
	"X-Failed-Recipients: a@x.example",
	"X-Auto-Response-Suppress: All",
	"Precedence: list",
	"Auto-Submitted: no",
)
PAYLOADS = (
	"<script>alert(1)</script>",
	"<img src=x onerror=alert(1)>",
	"<a href='javascript:alert(1)'>x</a>",
	"<svg onload=alert(1)>",
	"<style>@import 'http://x'</style>",
	"<iframe src='file:///etc/passwd'></iframe>",
	"<form action='http://x'><input></form>",
	"<div>" * 3000,
	"<table><tr><td>" * 500,
	"<!--[if mso]><p>x</p><![endif]-->",
	"&lt;script&gt;",
	"<base href='http://x'>",
	"<meta http-equiv=refresh content='0;url=http://x'>",
	"<object data=x></object>",
	"<p>\x01</p>",
)
NAMES = (
	"../../etc/passwd",
	"a\\b\\c.txt",
	"x" * 400 + ".txt",
	".htaccess",
	"a.php.txt",
	"нет.txt",
	"=?utf-8?B?5rC0?=.txt",
	"",
	".",
	"a\r\nb.txt",
	"page.html",
	"picture.svg",
	"run.exe",
	"a b.txt",
)


def corpus(to: str) -> Iterator[bytes]:
	"""Raw messages to `to`; each has a number, so that no two are the same."""
	numbers, run = itertools.count(), to.partition("@")[0]
	chance = random.Random(4711)
	for body in (*_headers(to, chance), *_bodies(to), *_structures(to, chance), *_threads(to)):
		yield body.replace(b"@@NUMBER@@", f"{run}{next(numbers)}".encode())


def _raw(
	to: str,
	*lines: str,
	sender: str | None = "li@x.example",
	body: bytes = b"It drips. @@NUMBER@@",
	subject: str = "Odd",
	ids: bool = True,
) -> bytes:
	head = [f"From: {sender}"] if sender is not None else []
	head += [f"To: {to}", f"Subject: {subject}"]
	if ids:
		head += ["Message-ID: <odd-@@NUMBER@@@x.example>", "Date: Sat, 28 Nov 2026 08:00:00 +0000"]
	return "\n".join([*head, *lines]).encode("utf-8", "surrogateescape") + b"\n\n" + body + b"\n"


def _headers(to: str, chance: random.Random) -> Iterator[bytes]:
	for sender in FROMS:
		yield _raw(to, sender=sender)
		yield _raw(to, sender=sender, ids=False)
	for subject in SUBJECTS:
		yield _raw(to, subject=subject)
		yield _raw(to, subject=subject, ids=False)
	for line in MACHINES:
		yield _raw(to, line)
		yield _raw(to, line, sender=to)
		yield _raw(to, line, sender="mailer-daemon@x.example")
	for date in (
		"",
		"yesterday",
		"Thu, 1 Jan 1970 00:00:00 +0000",
		"Fri, 31 Dec 9999 23:59:59 +0000",
		"Sat, 28 Nov 2026 08:00:00 +9999",
		"0",
	):
		yield _raw(to, f"Date: {date}", "Message-ID: <d-@@NUMBER@@@x>", ids=False)
	for identity in (
		"",
		"<>",
		"no brackets",
		"<a b>",
		"<" + "i" * 900 + ">",
		"<same@x.example>",
		"<same@x.example>",
		"<ü@x>",
	):
		yield _raw(to, f"Message-ID: {identity}", ids=False)
	for _ in range(60):
		noise = bytes(chance.randrange(1, 256) for _ in range(chance.randrange(2000))).replace(b"\n.", b"\n,")
		yield noise.replace(b"\r", b" ") + b"@@NUMBER@@\n"
	yield _raw(to, *(f"X-Header-{number}: {number}" for number in range(3000)))
	yield _raw(to, "Cc: " + ", ".join(f"p{number}@x.example" for number in range(2000)))
	yield _raw(to, sender=None)
	yield b"@@NUMBER@@"


def _bodies(to: str) -> Iterator[bytes]:
	for charset in CHARSETS:
		for text in (
			"水泵漏水 Grüße".encode(),
			"水泵漏水".encode("gb18030"),
			"Grüße".encode("latin-1"),
			b"\xff\xfe\x80",
		):
			kind = (
				f"Content-Type: text/plain; charset={charset}"
				if charset
				else "Content-Type: text/plain; charset"
			)
			yield _raw(to, kind, body=text + b" @@NUMBER@@")
	for encoding in ("base64", "quoted-printable", "7bit", "x-uuencode", "no-such"):
		for body in (b"=", b"====", b"a=ZZ", base64.b64encode(b"whole"), b"not base64 \xff"):
			yield _raw(to, f"Content-Transfer-Encoding: {encoding}", body=body + b"\n@@NUMBER@@")
	for page in PAYLOADS:
		yield _raw(to, "Content-Type: text/html; charset=utf-8", body=page.encode() + b"<p>@@NUMBER@@</p>")
		yield _raw(to, "Content-Type: text/plain", body=page.encode() + b" @@NUMBER@@")


def _structures(to: str, chance: random.Random) -> Iterator[bytes]:
	for name in NAMES:
		lines = ('Content-Type: multipart/mixed; boundary="b"',)
		part = f'--b\nContent-Type: text/plain\n\nx\n--b\nContent-Type: application/octet-stream\nContent-Disposition: attachment; filename="{name}"\n\nfile @@NUMBER@@\n--b--'
		yield _raw(to, *lines, body=part.encode())
	for body in (
		b"",
		b"--b",
		b"--b--",
		b"--b\n--b\n--b--",
		b"--c\n\nx\n--c--",
		b"--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--",
	):
		yield _raw(to, "Content-Type: multipart/mixed; boundary=b", body=body + b"\n@@NUMBER@@")
	yield _raw(to, "Content-Type: multipart/mixed", body=b"no boundary @@NUMBER@@")
	for depth in (5, 50, 400):
		inner = b"Content-Type: text/plain\n\ndeep @@NUMBER@@\n"
		for number in range(depth):
			inner = b'Content-Type: multipart/mixed; boundary="n%d"\n\n--n%d\n%s\n--n%d--\n' % (
				number,
				number,
				inner,
				number,
			)
		yield (
			b"From: li@x.example\nTo: "
			+ to.encode()
			+ b"\nSubject: Deep\nMessage-ID: <deep-@@NUMBER@@@x>\n"
			+ inner
		)
	for count in (1, 3, 25, 60):
		mail = EmailMessage()
		mail["From"], mail["To"], mail["Subject"] = "li@x.example", to, "Many files"
		mail["Message-ID"] = "<files-@@NUMBER@@@x.example>"
		mail.set_content("files")
		for number in range(count):
			mail.add_attachment(
				bytes(chance.randrange(256) for _ in range(50)),
				maintype="application",
				subtype="octet-stream",
				filename=f"f{number}.bin",
			)
		yield mail.as_bytes()
	inner = EmailMessage()
	inner["From"], inner["Subject"] = "inner@y.example", "Inner"
	inner.set_content("inner words")
	for _ in range(4):
		outer = EmailMessage()
		outer["From"], outer["To"], outer["Subject"] = "li@x.example", to, "With a message"
		outer["Message-ID"] = "<inner-@@NUMBER@@@x.example>"
		outer.set_content("see attached")
		outer.add_attachment(inner)
		inner = outer
		yield outer.as_bytes()
	large = base64.encodebytes(b"x" * 18 * 1024 * 1024)
	head = "Content-Type: application/zip\nContent-Disposition: attachment; filename=large.zip\nContent-Transfer-Encoding: base64\n\n"
	yield _raw(
		to,
		"Content-Type: multipart/mixed; boundary=b",
		body=b"--b\n\nlarge @@NUMBER@@\n--b\n" + head.encode() + large + b"--b--",
	)


def _threads(to: str) -> Iterator[bytes]:
	for reference in (
		"<nothing@x>",
		"<" * 50,
		"<a@x> " * 500,
		"<ss.sr-2026-00001.00000000000000000000.x@y>",
		"garbage",
		f"<odd-{to.partition('@')[0]}1@x.example>",
	):
		yield _raw(to, f"In-Reply-To: {reference}")
		yield _raw(to, f"References: {reference}", sender="stranger@y.example")
	for _ in range(10):
		yield _raw(to, sender=to)  # a loop
	report = b"--b\n\nnot delivered @@NUMBER@@\n--b\nContent-Type: message/delivery-status\n\nAction: failed\n--b--"
	yield _raw(to, "Content-Type: multipart/report; report-type=delivery-status; boundary=b", body=report)
	yield _raw(to, "Authentication-Results: mx; dmarc=fail", subject="SR-2026-00001")
