"""The marker for translatable texts that stand in data."""


def N_(text: str) -> str:
	"""Return `text` unchanged, but have it collected for translation; the code that shows it translates it with `_()`.

	The usual gettext marker, for texts in a table at module level, and for texts that go into a cache shared by readers of
	several languages (a form's `*_dashboard.py`, for example, is cached for everybody).
	"""
	return text
