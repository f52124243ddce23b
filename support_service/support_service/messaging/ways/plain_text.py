"""The words of a mail for what shows only words: a text message, a group chat."""

from __future__ import annotations

from bs4 import BeautifulSoup, NavigableString, Tag

LINES = ("p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol", "br")
CELLS = ("td", "th")


def of_html(html: str) -> str:
	"""One line per paragraph, row or item; the cells of a row side by side; a link as its words and its address."""
	# a line end inside the text of a mail is a space there
	text = " ".join((html or "").split())
	if "<" not in text and "&" not in text:
		return text
	soup = BeautifulSoup(text, "html.parser")
	for link in soup.find_all("a", href=True):
		words, address = link.get_text(" ", strip=True), str(link["href"])
		link.replace_with(NavigableString(address if words in ("", address) else f"{words}: {address}"))
	for tag in soup.find_all(CELLS):
		tag.insert_after(NavigableString(" "))
	for tag in soup.find_all(LINES):
		_break_around(tag)
	lines = (" ".join(line.split()) for line in soup.get_text().split("\n"))
	return "\n".join(line for line in lines if line)


def _break_around(tag: Tag) -> None:
	tag.insert_before(NavigableString("\n"))
	tag.insert_after(NavigableString("\n"))
