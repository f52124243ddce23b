"""Small hands for Frappe's desk and our portal: find a field, fill it, press, wait until the server has answered."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from support_service.foundation.desk import path

# Frappe 15 has a title in the page's head, 16 the way to the page
TITLE = ".page-head:visible :is(.title-text, .navbar-breadcrumbs):visible"


def goto(page: Page, within: str) -> None:
	"""Open a desk route, such as `service-request`, and wait until the desk has drawn it."""
	page.goto(path(within))
	page.wait_for_function("window.frappe?.get_route?.()?.[0]")
	page.locator(TITLE).first.wait_for()
	settle(page)


def arrives(page: Page, within: str) -> None:
	"""Wait until the browser is at a desk route; `*` stands for anything."""
	page.wait_for_url(f"**{path(within)}*")


def settle(page: Page) -> None:
	"""No request of the desk under way and nothing frozen."""
	page.wait_for_function("window.frappe && (!frappe.request || frappe.request.ajax_count === 0)")
	page.wait_for_function("!document.querySelector('#freeze')")


def field(scope: Page | Locator, fieldname: str) -> Locator:
	"""The visible control of a field, by its name."""
	return scope.locator(f'.frappe-control[data-fieldname="{fieldname}"]:visible').first


def fill(scope: Page | Locator, fieldname: str, text: str) -> None:
	control = field(scope, fieldname)
	box = control.locator("input:visible, textarea:visible, .ql-editor:visible").first
	box.fill(text)
	box.blur()


def fill_dialog(page: Page, **texts: str) -> None:
	"""Fill fields of the dialog in front and wait until the dialog has them all. On a busy machine the dialog may draw its
	fields once more after they were filled; a person would type again."""
	# Only a dialog that has come to rest puts the cursor into its first field. Filled before that, a link field would get the
	# cursor last and lay its suggestions over the dialog's button.
	page.wait_for_function("window.cur_dialog?.display")
	settle(page)
	has_them = " && ".join(f"window.cur_dialog?.get_value({fieldname!r})" for fieldname in texts)
	for _again in range(5):
		for fieldname, text in texts.items():
			fill(page.locator(".modal.show"), fieldname, text)
		try:
			page.wait_for_function(has_them, timeout=8000)
			return
		except PlaywrightTimeout:
			continue
	page.wait_for_function(has_them)


def choose(scope: Page | Locator, fieldname: str, option: str) -> None:
	field(scope, fieldname).locator("select").select_option(option)


def link(scope: Page | Locator, fieldname: str, name: str) -> None:
	"""Type into a link field and take the suggestion."""
	control = field(scope, fieldname)
	box = control.locator("input:visible").first
	box.click()
	box.fill(name)
	control.locator(".awesomplete [role=option]", has_text=name).first.click()
	# suggestions that arrive late would open over the next field
	box.blur()


def tab(page: Page, label: str) -> None:
	page.locator(".form-tabs .nav-link:visible", has_text=re.compile(f"^\\s*{re.escape(label)}\\s*$")).click()


def button(page: Page, label: str) -> Locator:
	"""A visible button of the page's head."""
	return page.locator(".page-head:visible").get_by_role("button", name=label, exact=True)


def press(page: Page, label: str) -> None:
	button(page, label).first.click()
	settle(page)


def answer_yes(page: Page) -> None:
	"""Confirm the question in front."""
	page.locator(".modal.show .btn-modal-primary, .modal.show .btn-primary").last.click()
	settle(page)


def status_is(page: Page, status: str) -> None:
	"""The indicator beside the title."""
	expect(page.locator(".page-head:visible .indicator-pill").first).to_have_text(status)


def sign(page: Page, fieldname: str = "signature") -> None:
	"""Draw on the signature pad."""
	canvas = field(page, fieldname).locator("canvas.jSignature")
	canvas.scroll_into_view_if_needed()
	box = canvas.bounding_box()
	assert box
	points = ((0.2, 0.6), (0.3, 0.3), (0.4, 0.7), (0.5, 0.3), (0.6, 0.6), (0.75, 0.45))
	x, y = box["x"], box["y"]
	page.mouse.move(x + box["width"] * points[0][0], y + box["height"] * points[0][1])
	page.mouse.down()
	for right, down in points[1:]:
		page.mouse.move(x + box["width"] * right, y + box["height"] * down, steps=6)
	page.mouse.up()


def overflow(page: Page) -> float:
	"""By how many pixels the page is wider than the window."""
	return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
