"""Clients of the API: one of a customer, one of ours, each with its key."""

from __future__ import annotations

import json
from typing import Any

import frappe

from tests import factories
from tests.http_server import Client, Server, api_token

V1 = "/api/method/support_service.service_api.v1."


def make_api_client(user: str, **overrides: Any) -> Any:
	values = {"client_name": factories.unique("Client"), "user": user, "requests_per_minute": 10_000}
	return factories.insert("Service API Client", values, overrides)


class Api:
	"""One caller of the API."""

	def __init__(self, server: Server, user: str | None) -> None:
		self.user = user
		self.client: Client = server.client(api_token(user) if user else None)
		frappe.db.commit()

	def call(
		self, function: str, key: str | None = None, headers: dict | None = None, **values: Any
	) -> tuple[int, Any]:
		"""(status, answer) of a POST."""
		sent = dict(headers or {}) | ({"Idempotency-Key": key} if key else {})
		status, text = self.client.send("POST", V1 + function, json=values, headers=sent)
		return status, json.loads(text)

	def get(self, function: str, headers: dict | None = None, **values: Any) -> tuple[int, Any]:
		status, text = self.client.send("GET", V1 + function, params=values, headers=headers or {})
		return status, json.loads(text)


def of_customer(server: Server, **client: Any) -> tuple[Api, str]:
	"""A client on the side of a new customer, and the customer."""
	customer = factories.make_customer().name
	user = factories.make_customer_user(customer).name
	make_api_client(user, **client)
	frappe.db.commit()
	return Api(server, user), customer


def of_staff(server: Server, role: str = "Service Desk Agent", **client: Any) -> Api:
	user = factories.make_user(role).name
	make_api_client(user, **client)
	frappe.db.commit()
	return Api(server, user)
