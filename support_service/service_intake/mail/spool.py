"""The raw messages: files below `private/files/service_mail`, byte for byte as the mail server gave them.

There they are in every backup with files. Nobody can fetch them by an address: no File document names them. A file is named
by the SHA-256 of its content, so that writing the same message again, after a crash say, changes nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import frappe
from frappe import _

FOLDER = "service_mail"


class RawMessageMissingError(frappe.ValidationError):
	"""The file with the raw message is not there, or is not what was stored."""


def keep(raw: bytes) -> str:
	"""Store `raw` so that it survives a power cut; returns its SHA-256."""
	digest = hashlib.sha256(raw).hexdigest()
	path = path_of(digest)
	if path.exists() and path.stat().st_size == len(raw):
		return digest
	path.parent.mkdir(parents=True, exist_ok=True)
	new = path.with_name(f"{path.name}.{os.getpid()}.{frappe.generate_hash(length=8)}.new")
	with open(new, "wb") as file:
		file.write(raw)
		file.flush()
		os.fsync(file.fileno())
	os.replace(new, path)
	folder = os.open(path.parent, os.O_RDONLY)
	try:
		os.fsync(folder)
	finally:
		os.close(folder)
	return digest


def read(digest: str) -> bytes:
	"""The raw message with this SHA-256; raises RawMessageMissingError."""
	if not digest:
		frappe.throw(_("This message was erased at the wish of who wrote it."), RawMessageMissingError)
	try:
		raw = path_of(digest).read_bytes()
	except OSError:
		raw = b""
	if hashlib.sha256(raw).hexdigest() != digest:
		frappe.throw(
			_("The stored message {0} is missing or damaged. Restore it from a backup with files.").format(
				path_of(digest).name
			),
			RawMessageMissingError,
		)
	return raw


def forget(digest: str) -> None:
	path_of(digest).unlink(missing_ok=True)


def remove() -> None:
	"""All raw messages: the app is being uninstalled."""
	shutil.rmtree(frappe.get_site_path("private", "files", FOLDER), ignore_errors=True)


def path_of(digest: str) -> Path:
	return Path(frappe.get_site_path("private", "files", FOLDER, digest[:2], f"{digest}.eml"))
