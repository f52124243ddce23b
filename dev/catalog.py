"""Regenerate locale/main.pot and bring every .po beside it up to date. Run by `make i18n`; the tests import it.

The same extractors and rules as `bench generate-pot-file` and `bench update-po-files`, but without a site, a clock,
line numbers or the name of a machine in the result: a file changes only when a string does.
"""

from __future__ import annotations

import csv
import io
import os
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import erpnext
import frappe
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

APP = "support_service"
TITLE = "After-Sales Service"
TEAM = "support_service@example.com"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # a fixed date: the history is in git
KEYWORDS = {**DEFAULT_KEYWORDS, "_lt": None}


def extract(root: Path) -> Catalog:
	"""Every string of the checkout at `root` that a user may read, as a template."""
	catalog = _catalog(None)
	found = extract_from_dir(root, _methods(root), keywords=KEYWORDS, directory_filter=_is_ours)
	for path, _line, message, comments, context in found:
		if message:
			catalog.add(message, locations=[(path, 0)], auto_comments=comments, context=context)
	return catalog


def read(path: Path) -> Catalog:
	"""The catalog in a .pot or .po file."""
	with path.open("rb") as stream:
		return read_po(stream)


def merged(template: Catalog, known: Catalog, locale: str) -> Catalog:
	"""`template` with the translations of `known`; what the template no longer has is dropped.

	A word without context that Frappe or ERPNext translate stays empty, or keeps exactly their translation: another of
	ours would replace theirs on their screens. A translation that is kept is for the version that lacks the word. Where we
	mean something else, the word needs a context (see OWN_MEANING in locale/extractors.py).
	"""
	theirs = platform_words(locale)
	result = _catalog(locale)
	for message in template:
		if not message.id:
			continue
		old = known.get(message.id, message.context)
		string = old.string if old else ""
		result.add(
			message.id,
			string=string if theirs.get((message.id, message.context), string) == string else "",
			locations=message.locations,
			auto_comments=message.auto_comments,
			context=message.context,
		)
	return result


@cache
def platform_words(locale: str) -> dict[tuple[str, str | None], str]:
	"""(word, None) -> what Frappe and ERPNext, as installed, make of it; ERPNext has the last word, as on a site."""
	words = {}
	for app in (frappe, erpnext):
		package = Path(app.__file__).resolve().parent
		table = package / "translations" / f"{locale}.csv"
		if table.exists():
			with table.open() as stream:
				rows = [row for row in csv.reader(stream) if len(row) == 2 or (len(row) == 3 and not row[2])]
			words.update({(row[0], None): row[1].strip() for row in rows})
		po = package / "locale" / f"{locale}.po"
		if po.exists():
			words.update({(m.id, None): m.string for m in read(po) if m.id and m.string and not m.context})
	return words


def as_bytes(catalog: Catalog) -> bytes:
	"""The text of a catalog file."""
	stream = io.BytesIO()
	write_po(stream, catalog, width=0, sort_output=True, ignore_obsolete=True, include_lineno=False)
	lines = stream.getvalue().splitlines(keepends=True)
	return b"".join(line for line in lines if not line.startswith(b'"Generated-By:'))


def update(root: Path) -> int:
	"""Write main.pot and all .po files of the checkout; returns how many strings still lack a translation."""
	folder = root / APP / "locale"
	template = extract(root)
	(folder / "main.pot").write_bytes(as_bytes(template))
	missing = 0
	for path in sorted(folder.glob("*.po")):
		catalog = merged(template, read(path), path.stem)
		path.write_bytes(as_bytes(catalog))
		theirs = platform_words(path.stem)
		gaps = [m.id for m in catalog if m.id and not m.string and (m.id, m.context) not in theirs]
		missing += len(gaps)
		print(f"{path.name}: {len(catalog)} strings, {len(gaps)} without a translation")
		for gap in gaps:
			print(f"  {gap!r}")
	return missing


def _catalog(locale: str | None) -> Catalog:
	return Catalog(
		locale=locale,
		project=TITLE,
		copyright_holder="support_service contributors",
		msgid_bugs_address=TEAM,
		last_translator=TEAM,
		language_team=TEAM,
		creation_date=EPOCH,
		revision_date=EPOCH,
		header_comment=f"# {TITLE}. Made by `make i18n`; see docs/translating.md.",
		fuzzy=False,
	)


def _methods(root: Path) -> list[tuple[str, str]]:
	"""(pattern, extractor): ours first, then Frappe's; the first that matches a file reads it."""
	frappes = Path(frappe.__file__).resolve().parents[1]
	rows = []
	for folder in (root, frappes):
		with (folder / "babel_extractors.csv").open() as stream:
			rows += [(row[0], row[1]) for row in csv.reader(stream)]
	return rows


def _is_ours(folder: str | os.PathLike[str]) -> bool:
	return not Path(folder).name.startswith((".", "_"))


if __name__ == "__main__":
	sys.exit(1 if update(Path(__file__).resolve().parents[1]) else 0)
