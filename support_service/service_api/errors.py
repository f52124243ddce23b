"""Errors of the API, all in one shape: `{"error": {"type", "message", "fields"}}`.

Functions raise; `answer_to` makes the answer. What Frappe refuses before a function of ours runs (a wrong key, a body that is no
JSON, an unknown function) is put into the same shape by the hook `after_request`.
"""

from __future__ import annotations

import json
from typing import Any

import frappe
import pydantic
from frappe import _
from frappe.utils import strip_html
from werkzeug.wrappers import Response

from support_service.foundation import rate_limits
from support_service.foundation.rate_limits import TooManyRequestsError
from support_service.foundation.transactions import TRANSIENT
from support_service.service_intake.alerts import proof

PREFIX = "/api/method/support_service.service_api.v1."
PATHS = (PREFIX, f"/api/method/{proof.RECEIVE}")
# how often a minute one address is told that its key is wrong
WRONG_PER_MINUTE = 100


class ApiError(frappe.ValidationError):
	"""An error with a status of its own. fields: parameter → what is wrong with it."""

	http_status_code = 422
	kind = "InvalidInput"

	def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
		super().__init__(message)
		self.fields = fields or {}


class NotFoundError(ApiError):
	"""No such record, or none that the client may see; the answer does not say which."""

	http_status_code = 404
	kind = "NotFound"


class NotAllowedError(ApiError):
	"""The login may not use the API."""

	http_status_code = 403
	kind = "NotAllowed"


class NotProvenError(ApiError):
	"""No key was sent."""

	http_status_code = 401
	kind = "NotProven"


class KeyReusedError(ApiError):
	"""The idempotency key came with another body before."""

	kind = "IdempotencyKeyReused"


def shaped(
	status: int, kind: str, message: str, fields: dict[str, str] | None = None, **headers: str
) -> Response:
	"""The one shape of an error."""
	error = {"type": kind, "message": message, "fields": fields or {}}
	return Response(
		json.dumps({"error": error}, ensure_ascii=False),
		status=status,
		mimetype="application/json",
		headers={
			"Cache-Control": "no-store",
			**{name.replace("_", "-"): text for name, text in headers.items()},
		},
	)


def answer_to(error: Exception) -> Response:
	"""The answer to an error that a function has raised."""
	if isinstance(error, pydantic.ValidationError):
		fields = {_place(one): one["msg"] for one in error.errors(include_url=False, include_input=False)}
		return shaped(422, "InvalidInput", _("The request is not as it should be."), fields)
	if isinstance(error, TooManyRequestsError):
		return shaped(429, "TooManyRequests", str(error), Retry_After=str(error.retry_after))
	if isinstance(error, ApiError):
		return shaped(error.http_status_code, error.kind, _plain(error), error.fields)
	if isinstance(error, TRANSIENT):
		return shaped(503, "Busy", _("The service is busy. Please try again."), Retry_After="1")
	if isinstance(error, frappe.PermissionError):
		return shaped(403, "NotAllowed", _plain(error) or _("This is not allowed for you."))
	if isinstance(error, frappe.ValidationError):
		return shaped(422, type(error).__name__.removesuffix("Error"), _plain(error))
	frappe.log_error(title=_("API: {0}").format(type(error).__name__)[:140])
	return shaped(500, "ServerError", _("Something went wrong on our side. Nothing was changed."))


def after_request(response: Any = None, request: Any = None) -> None:
	"""Hook `after_request`: Frappe's own refusals under our paths in our shape."""
	if response is None or request is None or not request.path.startswith(PATHS):
		return
	response.headers["Cache-Control"] = "no-store"
	if response.status_code < 400:
		return
	if not _is_shaped(response):
		_put(response, *_meaning(response, request))
	if response.status_code == 401:
		_count_wrong(response)


def _count_wrong(response: Any) -> None:
	"""Whoever tries keys is told to wait, counted by the address that the server sees. A right key is let in all the same."""
	try:
		rate_limits.count("api-wrong", WRONG_PER_MINUTE, subject=rate_limits.remote_address(), seconds=60)
	except TooManyRequestsError as error:
		frappe.clear_messages()
		_put(response, 429, "TooManyRequests", str(error))
		response.headers["Retry-After"] = str(error.retry_after)


def _put(response: Any, status: int, kind: str, message: str) -> None:
	response.set_data(shaped(status, kind, message).get_data())
	response.status_code = status
	response.mimetype = "application/json"


def _meaning(response: Any, request: Any) -> tuple[int, str, str]:
	status = response.status_code
	if request.is_json and not _is_json(request.get_data()):
		return 400, "NotJson", _("The body is not JSON.")
	if status == 401 or (status == 403 and frappe.session.user == "Guest"):
		return 401, "NotProven", _("The key is missing or wrong.")
	if request.path.startswith(PREFIX) and (refused := _refused_route(request)):
		return refused
	if status == 403:
		return 403, "NotAllowed", _("This is not allowed for you.")
	if status == 422:
		return 422, "InvalidInput", _message_in(response)
	if status < 500:
		return status if status != 417 else 422, "InvalidInput", _("The request is not as it should be.")
	return 500, "ServerError", _("Something went wrong on our side. Nothing was changed.")


def _refused_route(request: Any) -> tuple[int, str, str] | None:
	from support_service.service_api.endpoint import ENDPOINTS

	endpoint = ENDPOINTS.get(request.path.removeprefix(PREFIX).strip("/"))
	if endpoint is None:
		return 404, "NotFound", _("There is no such function.")
	if request.method != endpoint.method:
		return 405, "WrongMethod", _("This function is called with {0}.").format(endpoint.method)
	return None


def _message_in(response: Any) -> str:
	try:
		messages = json.loads(json.loads(response.get_data())["_server_messages"])
		return strip_html(json.loads(messages[-1])["message"])
	except (ValueError, KeyError, IndexError, TypeError):
		return _("The request is not as it should be.")


def _is_shaped(response: Any) -> bool:
	return response.get_data()[:10] == b'{"error": '


def _is_json(body: bytes) -> bool:
	try:
		return isinstance(json.loads(body or b"{}"), dict)
	except (ValueError, RecursionError):
		return False


def _place(error: Any) -> str:
	return ".".join(str(part) for part in error["loc"]) or "body"


def _plain(error: Exception) -> str:
	message = str(error.args[0]) if error.args else ""
	return strip_html(message)[:500]
