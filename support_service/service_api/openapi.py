"""The description of the API (OpenAPI 3.1), made from the functions: nothing is written twice."""

from __future__ import annotations

from typing import Any

import frappe
import pydantic
from pydantic.json_schema import models_json_schema

from support_service.service_api import answers
from support_service.service_api.endpoint import ENDPOINTS, Endpoint
from support_service.service_api.errors import PREFIX

REF = "#/components/schemas/{model}"
REFUSALS = {
	"400": "The body is not JSON.",
	"401": "The key is missing or wrong.",
	"403": "The login may not do this.",
	"404": "No such record, or none the client may see.",
	"405": "Called with the wrong method.",
	"422": "The request is not as it should be; `fields` says where.",
	"429": "Too many requests; `Retry-After` says when to go on.",
	"503": "The service is busy; try again.",
}


class Error(pydantic.BaseModel):
	"""What is wrong. fields: parameter → what is wrong with it."""

	type: str
	message: str
	fields: dict[str, str]


class Refused(pydantic.BaseModel):
	"""The one shape of all errors."""

	error: Error


def document() -> dict[str, Any]:
	"""The whole description."""
	from support_service.service_api import v1  # noqa: F401 - it names the functions, and this module

	models: list[Any] = [(Refused, "serialization")]
	for one in ENDPOINTS.values():
		models += [(one.answer, "serialization"), (one.parameters, "validation")]
	schemas, definitions = models_json_schema(models, ref_template=REF)
	return {
		"openapi": "3.1.0",
		"info": {"title": "Service requests", "version": "1"},
		"servers": [{"url": frappe.utils.get_url().rstrip("/")}],
		"security": [{"token": []}],
		"paths": {
			f"{PREFIX}{name}": {one.method.lower(): _operation(one, schemas)}
			for name, one in ENDPOINTS.items()
		},
		"components": {
			"schemas": definitions.get("$defs", {}),
			"securitySchemes": {
				"token": {
					"type": "apiKey",
					"in": "header",
					"name": "Authorization",
					"description": "token <key>:<secret> of the API client's user",
				}
			},
		},
	}


def _operation(one: Endpoint, schemas: Any) -> dict[str, Any]:
	refused = {"application/json": {"schema": schemas[(Refused, "serialization")]}}
	answers_by_status: dict[str, Any] = {
		status: {"description": text, "content": refused} for status, text in REFUSALS.items()
	}
	answers_by_status[str(one.status)] = {
		"description": "Done.",
		"content": {"application/json": {"schema": schemas[(one.answer, "serialization")]}},
	}
	operation: dict[str, Any] = {
		"operationId": one.name,
		"summary": one.text.splitlines()[0],
		"responses": answers_by_status,
	}
	parameters = []
	if one.method == "GET":
		schema = one.parameters.model_json_schema(ref_template=REF)
		parameters = [
			{
				"name": name,
				"in": "query",
				"required": name in schema.get("required", ()),
				"schema": _of_query(what),
			}
			for name, what in schema["properties"].items()
		]
	else:
		content = {"application/json": {"schema": schemas[(one.parameters, "validation")]}}
		operation["requestBody"] = {"required": True, "content": content}
	if one.keyed:
		key = {"type": "string", "maxLength": answers.LONGEST, "pattern": "^[!-~]+$"}
		parameters.append({"name": answers.HEADER, "in": "header", "required": False, "schema": key})
	return operation | ({"parameters": parameters} if parameters else {})


def _of_query(schema: dict[str, Any]) -> dict[str, Any]:
	"""A query has no null: a parameter is left out instead."""
	kinds = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
	if not kinds:
		return schema
	rest = {name: value for name, value in schema.items() if name not in ("anyOf", "default")}
	return {**rest, **kinds[0]}
