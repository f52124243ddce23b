"""Formatted text as plain text, and back. No Frappe."""

from __future__ import annotations

import re
from html import escape, unescape

_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|/h\d|/tr|hr)\b[^>]*>", re.I)
_HIDDEN = re.compile(r"<\s*(script|style)\b.*?<\s*/\s*\1\s*>|<!--.*?-->", re.I | re.S)
_TAG = re.compile(r"<[a-zA-Z/!][^>]*>")
_SPACES = re.compile(r"[ \t\u00a0]+")


def plain_text(formatted: str | None) -> str:
	"""The words of a formatted text, a line for each paragraph."""
	text = _HIDDEN.sub(" ", formatted or "")
	text = unescape(_TAG.sub(" ", _BREAK.sub("\n", text)))
	lines = (_SPACES.sub(" ", line).strip() for line in text.splitlines())
	return "\n".join(line for line in lines if line)


def paragraphs(text: str) -> str:
	"""A plain text as formatted text, a paragraph for each line."""
	return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())


def excerpt(formatted: str | None, length: int) -> str:
	"""The beginning of a formatted text in one line."""
	text = " ".join(plain_text(formatted).split())
	return text if len(text) <= length else text[: length - 1].rstrip() + "…"
