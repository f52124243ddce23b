"""The label on a device: its number, and a QR code that opens its page on the portal."""

from urllib.parse import quote

from frappe.utils import get_url


def url_of(unit: str) -> str:
	"""The address the label carries: the customer's page of the unit, which staff may open as well."""
	return get_url(f"/service/units/{quote(unit)}")


def qr_code(unit: str) -> str:
	"""The QR code of `url_of` as a data URI; error correction M, for labels that get scratched."""
	import segno  # every print of the site imports this module: none may fail because a library is missing

	# a PNG: wkhtmltopdf draws inline SVG with hair lines between the modules
	return segno.make(url_of(unit), error="m", micro=False).png_data_uri(scale=8, border=2)
