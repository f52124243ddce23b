"""Makes a whitelisted function of the API of a plain typed one.

The parameters of the function are the body: pydantic checks them, an unknown one is refused (nobody sets a field that is not
offered), and `openapi.py` describes them. Each call is one transaction, repeated as a whole after a deadlock, stored before it is
answered and undone where it is refused.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import frappe
import pydantic
from werkzeug.wrappers import Response

from support_service.foundation import transactions
from support_service.service_api import answers, clients, errors

NO_PARAMETERS = ("cmd", "_")


def _storable(text: str) -> str:
	if any("\ud800" <= char <= "\udfff" or char == "\0" for char in text):
		raise ValueError("holds characters that cannot be stored")
	return text


Storable = Annotated[str, pydantic.AfterValidator(_storable)]
Answer = type[pydantic.BaseModel]


@dataclass(frozen=True, slots=True)
class Endpoint:
	"""One function of the API. keyed: whether it takes an idempotency key. parameters: the model made of its signature."""

	name: str
	method: str
	status: int
	keyed: bool
	work: Callable[..., pydantic.BaseModel]
	parameters: type[pydantic.BaseModel]
	answer: Answer
	text: str


ENDPOINTS: dict[str, Endpoint] = {}


def endpoint(method: str, *, status: int = 200, keyed: bool = False) -> Callable[[Callable[..., Any]], Any]:
	"""Decorator of a function that takes the client and typed parameters, and returns a pydantic model."""

	def make(work: Callable[..., Any]) -> Any:
		hints = inspect.signature(work, eval_str=True)
		fields = {
			name: (one.annotation, ... if one.default is one.empty else one.default)
			for name, one in hints.parameters.items()
			if name != "client"
		}
		model = pydantic.create_model(
			f"{work.__name__}_parameters", __config__=pydantic.ConfigDict(extra="forbid"), **fields
		)
		known = Endpoint(
			work.__name__,
			method,
			status,
			keyed,
			work,
			model,
			hints.return_annotation,
			inspect.getdoc(work) or "",
		)
		ENDPOINTS[work.__name__] = known

		def function(**_values: Any) -> Response:
			return _call(known)

		function.__module__, function.__doc__ = work.__module__, work.__doc__
		function.__name__ = function.__qualname__ = work.__name__
		# for whoever looks at the function: the parameters themselves are read from the request
		function.__signature__ = hints.replace(  # type: ignore[attr-defined]
			parameters=[one for name, one in hints.parameters.items() if name != "client"],
			return_annotation=inspect.Signature.empty,
		)
		return frappe.whitelist(methods=[method])(function)

	return make


def _call(called: Endpoint) -> Response:
	sent = {name: value for name, value in frappe.local.form_dict.items() if name not in NO_PARAMETERS}
	try:
		client = clients.of_request()
		values = called.parameters.model_validate(sent)
		return transactions.repeated(lambda: _once(called, client, values))
	except Exception as error:
		frappe.db.rollback()
		frappe.clear_messages()
		return errors.answer_to(error)


def _once(called: Endpoint, client: clients.Client, values: pydantic.BaseModel) -> Response:
	key, stored = None, None
	if called.keyed:
		key, stored = answers.begin(client.name, called.method, called.name, values.model_dump(mode="json"))
	if stored:
		return _answered(stored.status_code, stored.answer, replayed=True)
	answer = called.work(client, **{name: getattr(values, name) for name in type(values).model_fields})
	text = answer.model_dump_json()
	answers.keep(key, called.status, text)
	if called.method == "POST":
		frappe.db.commit()  # accepted means kept: stored before the client is told so
	return _answered(called.status, text)


def _answered(status: int, text: str, *, replayed: bool = False) -> Response:
	headers = {"Cache-Control": "no-store"} | ({"Idempotent-Replayed": "true"} if replayed else {})
	return Response(text, status=status, mimetype="application/json", headers=headers)
