"""Every string a user reads is in main.pot, has a Chinese translation, and is marked where it stands in the source."""

import ast
import builtins
import importlib.util
import re
from pathlib import Path

import pytest

pytest.importorskip("frappe.gettext", reason="the extractors are Frappe's")

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "support_service"
LOCALE = APP / "locale"
NOT_READ = ("demo", "node_modules", "dist")  # the demo's data has languages of its own

PLACEHOLDER = re.compile(r"\{[a-z0-9_]*\}")
TAG = re.compile(r"</?[a-z][^>]*>")
LETTERS = re.compile(r"[A-Za-z]{2,}")


def load_catalog():
	spec = importlib.util.spec_from_file_location("catalog", ROOT / "dev" / "catalog.py")
	module = importlib.util.module_from_spec(spec)
	spec.loader.exec_module(module)
	return module


catalog = load_catalog()
TEMPLATE = catalog.read(LOCALE / "main.pot")
CHINESE = catalog.read(LOCALE / "zh.po")


def sources(*endings):
	for path in sorted(APP.rglob("*")):
		if path.suffix in endings and not set(path.relative_to(APP).parts) & set(NOT_READ):
			yield path


def keys(messages):
	return {(message.id, message.context) for message in messages if message.id}


# catalogs


def test_template_holds_what_the_source_holds():
	found, stored = keys(catalog.extract(ROOT)), keys(TEMPLATE)
	assert found - stored == set(), "strings missing in main.pot; run `make i18n`"
	assert stored - found == set(), "main.pot holds strings that are gone; run `make i18n`"


def test_template_names_no_machine_and_no_moment():
	text = (LOCALE / "main.pot").read_text()
	assert not re.search(r"^#: (/|\.\.)", text, re.M)
	assert set(re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d", text)) == {"2026-01-01 00:00"}


def test_every_string_is_translated():
	theirs = catalog.platform_words("zh")
	missing = [key for key in keys(TEMPLATE) if not _translation(key) and key not in theirs]
	assert missing == [], "fill these in locale/zh.po"


def test_translations_are_settled():
	assert [message.id for message in CHINESE if message.id and message.fuzzy] == []
	assert keys(CHINESE) == keys(TEMPLATE), "run `make i18n`"


def test_translations_keep_placeholders_and_markup():
	broken = []
	for message in CHINESE:
		for pattern in (PLACEHOLDER, TAG):
			if (
				message.id
				and message.string
				and set(pattern.findall(message.id)) != set(pattern.findall(message.string))
			):
				broken.append((message.id, message.string))
	assert broken == []


def test_translations_are_chinese():
	"""What has a word in it has a Chinese character in its translation."""
	chinese = re.compile("[\u4e00-\u9fff]")
	latin = [m.id for m in CHINESE if m.string and LETTERS.search(m.id) and not chinese.search(m.string)]
	assert [text for text in latin if text] == []


def test_words_of_the_platform_are_left_alone():
	"""A word without context reads as Frappe and ERPNext have it: a translation of ours would replace theirs everywhere."""
	theirs = catalog.platform_words("zh")
	changed = {
		message.id: (message.string, theirs[message.id, None])
		for message in CHINESE
		if message.string and theirs.get((message.id, message.context), message.string) != message.string
	}
	assert changed == {}, "run `make i18n`, or give the word a context"


# What Frappe or ERPNext make of these words is another sense than ours: money received, a version published, rows sorted,
# a bank's loan, calm, a clause, a number.
FALSE_FRIENDS = (
	"Receive",
	"Release",
	"Order",
	"Loan",
	"Settled",
	"Split",
	"Condition",
	"Count",
	"Pending",
	"Requested",
	"Reserved",
	"Used",
	"Expected",
	"Difference",
)


@pytest.mark.parametrize("word", FALSE_FRIENDS)
def test_words_of_another_sense_have_a_context(word):
	assert (word, None) not in keys(TEMPLATE), "name what you mean, or add the context of the DocType"


def _translation(key):
	message = CHINESE.get(*key)
	return message and message.string


# sources

PYTHON_SHOWS = {"throw", "msgprint", "show_alert", "publish_progress", "confirm"}


def python_calls():
	for path in sources(".py"):
		for node in ast.walk(ast.parse(path.read_text())):
			if isinstance(node, ast.Call):
				name = (
					node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
				)
				yield f"{path.relative_to(ROOT)}:{node.lineno}", name, node


def test_python_translates_outside_of_f_strings():
	"""Before Python 3.12 an f-string is one piece of text: a `_()` in it is in no catalog, hence never translated."""
	hidden = [
		f"{path.relative_to(ROOT)}:{call.lineno}"
		for path in sources(".py")
		for node in ast.walk(ast.parse(path.read_text()))
		if isinstance(node, ast.JoinedStr)
		for call in ast.walk(node)
		if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("_", "_lt", "N_")
		if any(isinstance(part, ast.Constant) for part in call.args[:1])
	]
	assert hidden == [], 'write _("…") + f": {value}"'


def is_bare_text(node):
	"""A literal, an f-string, a sum of either or a literal's .format(): text no catalog can hold."""
	if isinstance(node, ast.JoinedStr):
		return any(is_bare_text(part) for part in node.values)
	if isinstance(node, ast.BinOp):
		return is_bare_text(node.left) or is_bare_text(node.right)
	if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
		return is_bare_text(node.func.value)
	return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(LETTERS.search(node.value))


def test_python_shows_no_bare_text():
	bare = []
	for place, name, node in python_calls():
		shown = name in PYTHON_SHOWS or (name.endswith("Error") and not hasattr(builtins, name))
		texts = [*node.args[:1], *(kw.value for kw in node.keywords if kw.arg in ("title", "msg"))]
		if shown and any(is_bare_text(text) for text in texts):
			bare.append(place)
	assert bare == [], "wrap the text in _()"


def test_python_translates_only_whole_literals():
	"""_(f"…"), _("…" + x) and _("…".format(x)) never meet their translation."""
	broken = []
	for place, name, node in python_calls():
		if name in ("_", "_lt", "N_") and node.args:
			text = node.args[0]
			plain = isinstance(text, ast.Constant | ast.Name | ast.Attribute | ast.Subscript)
			if not plain and is_bare_text(text):
				broken.append(place)
	assert broken == [], "translate the literal first, then .format()"


JS_SHOWS = re.compile(
	r"""(?: \b(?:label|title|placeholder|description|message|primary_action_label|subtitle)\s*:
		  | \.(?:msgprint|throw|show_alert|confirm|prompt|set_intro|set_title|add_custom_button|add_inner_button
			|set_primary_action|set_secondary_action|add_menu_item|set_indicator)\(
		)\s*(?P<text>"[^"\n]*"|'[^'\n]*'|`[^`]*`)""",
	re.X,
)
JS_BROKEN = re.compile(r"""(?<![\w.])__\(\s*(?:`|(?:"[^"\n]*"|'[^'\n]*')\s*\+)""")


def line_of(text, position):
	return text.count("\n", 0, position) + 1


def test_javascript_shows_no_bare_text():
	bare = []
	for path in sources(".js"):
		text = path.read_text()
		for match in JS_SHOWS.finditer(text):
			words = re.sub(r"\$\{[^}]*\}|<[^>]*>", "", match["text"])[1:-1]
			if LETTERS.search(words) and not re.fullmatch(r"[a-z0-9_-]+", words):  # not a field's name
				bare.append(f"{path.relative_to(ROOT)}:{line_of(text, match.start())} {match['text']}")
		text = re.sub(r"<kbd>.*?</kbd>", "", text)
		for match in re.finditer(r">\s*([A-Z][a-z]+(?: [a-z]+)*)[^<>$`(){};=]*<", text):
			bare.append(f"{path.relative_to(ROOT)}:{line_of(text, match.start())} {match[1]}")
	assert bare == [], "wrap the text in __()"


def test_javascript_translates_only_whole_literals():
	broken = []
	for path in sources(".js"):
		text = path.read_text()
		broken += [f"{path.relative_to(ROOT)}:{line_of(text, m.start())}" for m in JS_BROKEN.finditer(text)]
	assert broken == [], 'write __("… {0} …", [value])'


def visible_text(html):
	"""What a browser would show of a template, its expressions and tags taken away, and its readable attributes."""
	html = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", html, flags=re.S)
	html = re.sub(r"<!--.*?-->|<(script|style)\b.*?</\1>", "", html, flags=re.S)
	attributes = re.findall(r'\b(?:placeholder|title|alt|aria-label)\s*=\s*"([^"]*)"', html)
	return [*re.sub(r"<[^>]*>", "\n", html).splitlines(), *attributes]


def test_templates_show_no_bare_text():
	bare = []
	for path in sources(".html"):
		words = [line.strip() for line in visible_text(path.read_text()) if LETTERS.search(line)]
		bare += [f"{path.relative_to(ROOT)}: {word}" for word in words]
	assert bare == [], "wrap the text in _()"


# the scans themselves: what they are for must be found


@pytest.mark.parametrize("code", ['f"Case {x}"', '"Case " + x', '"Case {0}".format(x)', '"Case"'])
def test_bare_python_text_is_found(code):
	assert is_bare_text(ast.parse(code, mode="eval").body)


def test_marked_python_text_passes():
	assert not is_bare_text(ast.parse('_("Case {0}").format(x)', mode="eval").body)


@pytest.mark.parametrize(
	"code", ['label: "Case"', 'frappe.msgprint("No case")', "frm.set_intro(`Case ${x}`)"]
)
def test_bare_javascript_text_is_found(code):
	assert JS_SHOWS.search(code)


@pytest.mark.parametrize("code", ['label: __("Case")', 'frappe.msgprint(__("No case"))'])
def test_marked_javascript_text_passes(code):
	assert not JS_SHOWS.search(code)


def test_bare_template_text_is_found():
	html = '<p title="Tip {{ x }}">Case {{ _("Number") }}{% if x %}<b>open</b>{% endif %}</p>'
	assert [text.strip() for text in visible_text(html) if LETTERS.search(text)] == ["Case", "open", "Tip"]
