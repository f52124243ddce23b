"""Unique keys made of names, at most as long as a Data field."""

from __future__ import annotations

from hashlib import sha256

LENGTH = 140


def key_of(*parts: object) -> str:
	"""The key made of `parts`, for example ("Serial No", name), (DocType, row, number) or (event, unit, DocType, name)."""
	key = "|".join(str(part) for part in parts)
	# the hash keeps long keys apart that differ only at their end
	return key if len(key) <= LENGTH else f"{key[: LENGTH - 33]}|{sha256(key.encode()).hexdigest()[:32]}"


def with_new_end(key: str, old: tuple[str, str], new: tuple[str, str]) -> str:
	"""`key`, made by `key_of`, with (DocType, name) `new` in place of `old` at its end; unchanged if it does not end so."""
	mark = f"|{old[0]}|"
	place = key.find(mark)
	while place >= 0:
		# the end of a key that was too long is only in its hash: so make the key again and compare
		if key_of(key[:place], *old).casefold() == key.casefold():
			return key_of(key[:place], *new)
		place = key.find(mark, place + 1)
	return key
