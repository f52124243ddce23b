"""What our Message-IDs say: which request a mail is about, signed, so that an answer to it is known for certain. No Frappe.

A mail program puts the Message-ID of what it answers into *In-Reply-To* and *References*. Nobody can make up one of ours for
another request without the site's key; whoever has got a mail of ours has its Message-ID, so that the sender counts, too.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from urllib.parse import quote, unquote

TOKEN = re.compile(r"^ss\.([\w%-]{1,400})\.([0-9a-f]{20})\.[\w.-]+@", re.IGNORECASE)


def token(case: str, secret: bytes) -> str:
	"""The part of our Message-IDs before the random one: which request a mail of ours is about, and proof that it is ours."""
	# a site may number its requests with other signs than a Message-ID may have, or with dots
	name = quote(case, safe="").replace(".", "%2e").replace("~", "%7e")
	return f"ss.{name}.{_signature(case, secret)}".lower()


def signed_cases(ids: Iterable[str]) -> list[tuple[str, str]]:
	"""(request in upper case, signature) of those Message-IDs that claim to be ours, in their order."""
	return [(unquote(found[1]).upper(), found[2].lower()) for found in map(TOKEN.match, ids) if found]


def is_signed(case: str, signature: str, secret: bytes) -> bool:
	return hmac.compare_digest(_signature(case, secret), signature)


def _signature(case: str, secret: bytes) -> str:
	return hmac.new(secret, case.upper().encode(), hashlib.sha256).hexdigest()[:20]
