"""Templates that people write: what they may do, what they may not, and that what fails says so."""

import pytest
from markupsafe import Markup

from support_service.support_service.messaging.texts import rendering
from support_service.support_service.messaging.texts.rendering import BrokenTemplateError

VALUES = {"request": "SR-1", "customer": "<b>Li & Co</b>", "plan": Markup("<p>New fan</p>"), "engineer": ""}


def test_words_are_escaped_in_a_mail_and_not_in_a_text_message():
	assert rendering.fill("{{ customer }}", VALUES, html=True) == "&lt;b&gt;Li &amp; Co&lt;/b&gt;"
	assert rendering.fill("{{ customer }}", VALUES, html=False) == "<b>Li & Co</b>"
	assert rendering.fill("{{ plan }}", VALUES, html=True) == "<p>New fan</p>"


def test_conditions():
	template = "{% if engineer %}{{ engineer }}{% else %}Nobody{% endif %} {{ request | lower }}"
	assert rendering.fill(template, VALUES, html=False) == "Nobody sr-1"


@pytest.mark.parametrize(
	"template",
	[
		"{{ no_such_field }}",
		"{% if no_such_field %}x{% endif %}",
		"{{ request",
		"{% for x in %}",
		"{{ frappe.get_all('User') }}",
		"{{ ''.__class__.__mro__ }}",
		"{{ request.__class__ }}",
		"{{ request.format.__globals__ }}",
		"{{ '{0.__class__}'.format(request) }}",
		"{% for x in range(1000000000) %}x{% endfor %}",
		"{{ 'x' * 1000000000 }}",
		"{{ 9 ** 99999999 }}",
		"{{ 'x' | center(1000000000) }}",
		"{{ customer | safe }}",
		"{{ 1 / 0 }}",
		"{% include 'anything.html' %}",
		"{% import 'os' as os %}",
		"{{ request | no_such_filter }}",
		"{{ request.upper.x.y }}",
		"{{ lipsum() }}{{ cycler }}",
	],
)
@pytest.mark.parametrize("html", [True, False])
def test_what_is_refused(template: str, html: bool):
	with pytest.raises(BrokenTemplateError) as refused:
		rendering.fill(template, VALUES, html=html)
	assert str(refused.value)


def test_too_long():
	with pytest.raises(BrokenTemplateError):
		rendering.fill("{{ request }}" * 30_000, VALUES, html=False)
