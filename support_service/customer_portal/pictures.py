"""Pictures that a guest sends with a report: looked at by content, and drawn anew, so that nothing but the picture is kept."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

import frappe
from frappe import _
from frappe.utils import escape_html
from PIL import Image, ImageOps
from werkzeug.datastructures import FileStorage

MOST_FILES = 3
MOST_BYTES = 10 * 1024 * 1024
# a picture of these is decoded at a fraction of its size (JPEG), or needs about 100 MB while it is looked at
MOST_PIXELS = {"JPEG": 64_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
LONGEST_SIDE = 2560
QUALITY = 85


class PictureRefusedError(frappe.ValidationError):
	"""Too many pictures, or one that is too large or none at all."""


def uploaded(fieldname: str = "files") -> list[FileStorage]:
	"""Pictures of the present multipart request as new JPEG files with names of ours; raises PictureRefusedError."""
	files = [file for file in frappe.request.files.getlist(fieldname) if file.filename]
	if len(files) > MOST_FILES:
		frappe.throw(_("Please attach {0} files at most.").format(MOST_FILES), PictureRefusedError)
	return list(_drawn(files))


def _drawn(files: Iterable[FileStorage]) -> Iterable[FileStorage]:
	for number, file in enumerate(files, 1):
		content = file.stream.read(MOST_BYTES + 1)
		drawn = draw_anew(content) if len(content) <= MOST_BYTES else None
		if drawn is None:
			frappe.throw(
				_("{0} cannot be taken. Please send pictures (JPEG, PNG, WebP) of at most {1} MB.").format(
					frappe.bold(escape_html(file.filename[:140])), MOST_BYTES // 1024**2
				),
				PictureRefusedError,
			)
		yield FileStorage(BytesIO(drawn), filename=f"photo-{number}.jpg")


def draw_anew(content: bytes) -> bytes | None:
	"""The picture in `content` as a JPEG without anything else, such as the place where it was taken; None if it is none."""
	try:
		with Image.open(BytesIO(content), formats=list(MOST_PIXELS)) as picture:
			if picture.width * picture.height > MOST_PIXELS[picture.format]:
				return None
			picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
			turned = ImageOps.exif_transpose(picture)
			turned.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
			made = BytesIO()
			_on_white(turned).save(made, "JPEG", quality=QUALITY)
			return made.getvalue()
	except Exception:  # a broken picture raises anything; whatever it is, it is not taken
		return None


def _on_white(picture: Image.Image) -> Image.Image:
	if "A" not in picture.getbands() and "transparency" not in picture.info:
		return picture.convert("RGB")
	clear = picture.convert("RGBA")
	page = Image.new("RGB", clear.size, "white")
	page.paste(clear, mask=clear.getchannel("A"))
	return page
