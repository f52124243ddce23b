"""A customer's browser without the browser: logs in with a password, keeps cookies, sends forms with the CSRF token."""

import re
from typing import Any

import frappe
import requests

API = "/api/method/support_service.customer_portal.api."
PASSWORD = "Test-pass-2026"


def forget_rate_limits() -> None:
	"""The visitors share one address; limits per hour are the business of the tests that reach them."""
	frappe.cache.delete_keys("rl:")
	frappe.cache.delete_keys("support_service:limit:")


class PortalClient:
	"""One visitor of the portal; a guest until `log_in`."""

	def __init__(self, base_url: str, site: str) -> None:
		self.base_url = base_url
		self.session = requests.Session()
		self.session.headers["X-Frappe-Site-Name"] = site
		self.csrf_token = ""

	def log_in(self, user: str) -> "PortalClient":
		answer = self.session.post(
			f"{self.base_url}/api/method/login", data={"usr": user, "pwd": PASSWORD}, timeout=60
		)
		answer.raise_for_status()
		return self

	def get(self, path: str) -> requests.Response:
		"""A page as the browser gets it; remembers its CSRF token."""
		answer = self.session.get(self.base_url + path, timeout=120, allow_redirects=False)
		if found := re.search(r'frappe\.csrf_token = "(\w+)"', answer.text):
			self.csrf_token = found.group(1)
		return answer

	def scan(self, path: str) -> None:
		"""What scanners of mail do with a link: open it, and send it as a form, too."""
		for method in ("GET", "HEAD", "POST"):
			self.session.request(method, self.base_url + path, timeout=120, allow_redirects=True)

	def call(self, function: str, files: Any = None, **values: Any) -> requests.Response:
		"""POST a form to one of the portal's functions."""
		headers = {"Accept": "application/json"}
		if self.csrf_token:
			headers["X-Frappe-CSRF-Token"] = self.csrf_token
		return self.session.post(
			self.base_url + API + function, data=values, files=files, headers=headers, timeout=120
		)

	def download(self, function: str, **values: Any) -> requests.Response:
		return self.session.get(self.base_url + API + function, params=values, timeout=120)
