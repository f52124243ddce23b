"""Unique keys made of names, as long as a Data field is at most."""

from __future__ import annotations

from hashlib import sha256

LENGTH = 140


def key_of(*parts: object) -> str:
	"""The key of what is known as `parts`: ("Serial No", name), (DocType, row, number), (event, unit, DocType, name)."""
	key = "|".join(str(part) for part in parts)
	# two names that long which differ only at their end are still two
	return key if len(key) <= LENGTH else f"{key[: LENGTH - 33]}|{sha256(key.encode()).hexdigest()[:32]}"


def ends_anew(key: str, old: tuple[str, str], new: tuple[str, str]) -> str:
	"""`key`, made by `key_of` and ending with DocType and name `old`, as it is made with `new`; any other as it is."""
	mark = f"|{old[0]}|"
	place = key.find(mark)
	while place >= 0:
		# a key that was too long shows its end no more: it is made again and compared
		if key_of(key[:place], *old).casefold() == key.casefold():
			return key_of(key[:place], *new)
		place = key.find(mark, place + 1)
	return key
