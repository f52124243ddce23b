"""The API for other systems, version 1: `/api/method/support_service.service_api.v1.<function>`. See docs/api.md.

What is here stays as it is: parameters are added with a default, answers get new fields; everything else is a new version.
"""

from typing import Annotated, Literal

import frappe
from pydantic import Field
from werkzeug.wrappers import Response

from support_service.service_api import cases, openapi
from support_service.service_api.clients import Client
from support_service.service_api.endpoint import Storable, endpoint

Name = Annotated[Storable, Field(min_length=1, max_length=140)]
Text = Annotated[Storable, Field(max_length=10_000)]
Short = Annotated[Storable, Field(max_length=140)]
FileName = Annotated[Storable, Field(min_length=1, max_length=140, pattern=r"^[^/\\\x00-\x1f]+$")]
Level = Literal["High", "Medium", "Low"]
RequestType = Literal[
	"Fault",
	"Inquiry",
	"Repair",
	"Installation",
	"Training",
	"Complaint",
	"Change Request",
	"Upgrade",
	"Spare Part",
]


@endpoint("POST", status=201, keyed=True)
def create_request(
	client: Client,
	subject: Name,
	description: Text = "",
	request_type: RequestType = "Fault",
	impact: Level = "Medium",
	urgency: Level = "Medium",
	customer: Short | None = None,
	installed_unit: Short | None = None,
	contact_name: Short | None = None,
	contact_phone: Annotated[Storable, Field(max_length=140, pattern=r"^[0-9 +()./-]*$")] | None = None,
) -> cases.Request:
	"""Open a request. A customer's client opens it for that customer; ours names customer or unit."""
	request = cases.open_request(
		client,
		subject=subject,
		description=description,
		request_type=request_type,
		impact=impact,
		urgency=urgency,
		customer=customer or None,
		installed_unit=installed_unit or None,
		contact_name=contact_name or None,
		contact_phone=contact_phone or None,
	)
	return cases.shown_new(request)


@endpoint("GET")
def get_request(client: Client, request: Name) -> cases.Request:
	"""One request with its promises, next visit and messages."""
	return cases.shown(cases.find(client, request))


@endpoint("GET")
def list_requests(
	client: Client,
	state: Literal["open", "all"] = "open",
	cursor: Short | None = None,
	limit: Annotated[int, Field(ge=1, le=100)] = 20,
) -> cases.Requests:
	"""The requests that the client may see, newest first, page by page."""
	return cases.page(client, only_open=state == "open", cursor=cursor, limit=limit)


@endpoint("POST", status=201, keyed=True)
def add_comment(
	client: Client, request: Name, text: Annotated[Storable, Field(min_length=1, max_length=10_000)]
) -> cases.Stored:
	"""Write on a request: a customer's client to the service, ours a comment for staff."""
	return cases.Stored(name=cases.comment(client, cases.find(client, request), text))


@endpoint("POST", status=201, keyed=True)
def attach_file(
	client: Client,
	request: Name,
	file_name: FileName,
	content: Annotated[Storable, Field(max_length=14_000_000)],
) -> cases.Stored:
	"""Attach a private file of at most 10 MB; `content` is Base64."""
	return cases.Stored(name=cases.attach(client, cases.find(client, request), file_name, content))


@frappe.whitelist(allow_guest=True, methods=["GET"])
def openapi_json() -> Response:
	"""The description of this API (OpenAPI 3.1), made from the functions above."""
	return Response(frappe.as_json(openapi.document()), mimetype="application/json")
