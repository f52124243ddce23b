"""Filling in a template that somebody of the company wrote. No Frappe.

A template sees words, never documents: it is given the values it may use and nothing else, so it can neither read other
records nor change any. A name that is not among them is an error, not an empty place in a mail to a customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

LONGEST = 100_000  # characters
# they would let a customer's own words into a mail as markup, or make a short template into an endless text
WITHOUT_FILTERS = ("safe", "pprint", "xmlattr", "urlize", "center", "format", "indent")


class BrokenTemplateError(Exception):
	"""A template cannot be filled in; the text says why."""


class _Sandbox(ImmutableSandboxedEnvironment):
	intercepted_binops = frozenset(("*", "**"))

	def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
		if isinstance(left, str) or isinstance(right, str) or operator == "**":
			raise SecurityError(f"'{operator}'")
		return super().call_binop(context, operator, left, right)


def _environment(*, html: bool) -> _Sandbox:
	made = _Sandbox(autoescape=html, undefined=StrictUndefined)
	made.globals.clear()
	for name in WITHOUT_FILTERS:
		made.filters.pop(name, None)
	return made


_HTML, _PLAIN = _environment(html=True), _environment(html=False)


def fill(template: str, values: Mapping[str, Any], *, html: bool) -> str:
	"""`template` with `values`.

	html: values are words and are escaped, but for those that are markup themselves (`markupsafe.Markup`).

	:raises BrokenTemplateError: it is no template, names what there is not, or grows too long.
	"""
	try:
		text = (_HTML if html else _PLAIN).from_string(template).render(values)
	except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError) as error:
		line = getattr(error, "lineno", None)
		where = f" (line {line})" if line else ""
		raise BrokenTemplateError(f"{error}{where}"[:300]) from error
	except (RecursionError, MemoryError) as error:
		raise BrokenTemplateError(type(error).__name__) from error
	if len(text) > LONGEST:
		raise BrokenTemplateError(f"{len(text)} > {LONGEST}")
	return text
