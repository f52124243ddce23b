"""What of a letter is shown: safe HTML, or its text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from frappe.utils import escape_html, strip_html
from frappe.utils.html_utils import clean_email_html

from support_service.service_intake.mail.letters import Letter

LONGEST_QUERY = 8000  # characters that are searched for serial numbers and forwarded messages
TEXT_OF = re.compile(r"(?is)<(style|script|head)\b.*?</\1\s*>")
# elements that hold others; group 1 where it ends
TAG = re.compile(r"(?i)<(/?)(?!br|img|hr|meta|link|input|wbr|col\b|area|base|p\b|li\b|o:p|!)[a-z]")
DEEPEST = 150
BREAKS = re.compile(r"(?i)<(?:br|/p|/div|/tr|/li|hr)\b[^>]*>")


def shown(letter: Letter, files: Mapping[str, str] | None = None) -> str:
	"""The letter as safe HTML. files: Content-ID → address of the file that it shows."""
	if letter.html and _depth(letter.html) <= DEEPEST:
		page = letter.html
		for cid, url in (files or {}).items():
			page = page.replace(f"cid:{cid}", url)
		try:
			safe = clean_email_html(page)
			if strip_html(safe).strip() or "<img" in safe:
				return safe
		except Exception:
			pass
	return "<p>" + escape_html(text_of(letter)).replace("\r", "").replace("\n", "<br>") + "</p>"


def _depth(page: str) -> int:
	"""How deep its elements may be inside one another at most; cleaning takes the square of that in time."""
	depth = deepest = 0
	for closing in TAG.findall(page):
		depth = max(depth - 1, 0) if closing else depth + 1
		deepest = max(deepest, depth)
	return deepest


def text_of(letter: Letter) -> str:
	"""The letter as plain text."""
	if letter.text.strip() or not letter.html:
		return letter.text.strip()
	return strip_html(BREAKS.sub("\n", TEXT_OF.sub(" ", letter.html))).strip()
