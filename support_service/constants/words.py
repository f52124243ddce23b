"""Marking of words that are data."""


def N_(text: str) -> str:
	"""Return `text` unchanged; tells the translation template that it is shown, translated where it is shown.

	The usual gettext marker for strings that stand in a table and cannot be translated there, or that end up in a cache
	which readers of several languages share: what a form's `*_dashboard.py` says is kept with the form for everybody.
	"""
	return text
