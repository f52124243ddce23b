"""Searching 10,000 articles in two languages against Frappe's global search on the same words, and suggestions while somebody
types against one empty request.

Both searches read the same texts: each article stands in Frappe's index, too. One operation is all of QUERIES, half of them
Chinese, half of them with a model number. Both answer an engineer, as a list of ten.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import count
from pathlib import Path

import frappe
import requests
from frappe.utils import global_search

from benchmarks.api import _server
from benchmarks.harness import Result, pairs, size
from support_service.constants.roles import ENGINEER
from support_service.foundation import rows
from support_service.service_knowledge.search import find, index, vocabulary
from tests.factories import make_user
from tests.http_server import api_token

ARTICLES = size("KNOWLEDGE_ARTICLES", 10_000, 200)
TEXT = Path(__file__).parents[1] / "tests/site/data/knowledge_questions.txt"
PEER = "Issue"  # a DocType that Frappe's global search covers; only its rows in the index are made
MARK = "benchmark of the knowledge search"
CHUNK = 500
LIMIT = 10
QUERIES = 20


def run() -> list[Result]:
	_clear()
	try:
		queries = _fill()
		# Frappe's search shows its reader only what they may read: Issues are read by the Support Team
		user = make_user(ENGINEER, "Support Team").name
		token = api_token(user)
		frappe.db.commit()
		frappe.set_user(user)
		return [_search(queries), _suggest(queries, token)]
	finally:
		frappe.set_user("Administrator")
		_clear()


def _search(queries: list[str]) -> Result:
	def ours() -> list[list]:
		return [find.for_staff(query, limit=LIMIT) for query in queries]

	def peer() -> list[list]:
		return [global_search.search(query, limit=LIMIT, doctype=PEER) for query in queries]

	answered = [sum(map(bool, operation())) for operation in (ours, peer)]
	result = pairs("knowledge-search", lambda: ours, lambda: peer, n=40)
	result.extra.update({"articles": ARTICLES, "queries": QUERIES, "answered": answered})
	return result


def _suggest(queries: list[str], token: str) -> Result:
	"""One suggestion against Frappe's smallest function, by the same user over the same connection."""
	headers = {"Authorization": f"token {token}", "X-Frappe-Site-Name": frappe.local.site}
	turn = count()
	with _server() as base, requests.Session() as session:

		def call(method: str, **values: str) -> Callable[[], None]:
			def operation() -> None:
				answer = session.post(
					f"{base}/api/method/{method}", data=values, headers=headers, timeout=120
				)
				assert answer.ok, answer.text[:500]

			return operation

		def ours() -> Callable[[], None]:
			return call(
				"support_service.service_knowledge.api.suggest", text=queries[next(turn) % len(queries)]
			)

		result = pairs("knowledge-suggest", ours, lambda: call("ping"), n=80, warmup=20)
	result.extra.update({"articles": ARTICLES})
	return result


def _fill() -> list[str]:
	"""Articles of real fault descriptions with other model numbers each; returns what is searched for."""
	dice = random.Random(7)
	faults = [line.split("|") for line in TEXT.read_text().splitlines() if not line.startswith("#")]
	queries: list[str] = []
	for start in range(0, ARTICLES, CHUNK):
		lines, terms, texts = [], [], []
		for number in range(start, min(start + CHUNK, ARTICLES)):
			product, *cells = (cell.strip() for cell in faults[number // 2 % len(faults)])
			kind, model = product.split()[0], f"{product.split()[1][:3]}{number // 2 + 100}"
			chinese = number % 2
			title, answer = cells[4:6] if chinese else cells[:2]
			story = [dice.choice(faults)[5 if chinese else 1].strip() for _sentence in range(6)]
			symptom = " ".join(story)
			name = f"KB-{number:06d}"
			row = {
				"name": name,
				"title": title,
				"symptom": f"<p>{symptom}</p>",
				"cause": f"<p>{dice.choice(story)}</p>",
				"solution": f"<p>{answer}</p>",
				"models": f"{kind} {model}",
				"keywords": MARK,
				"state": "Published",
				"audience": "Staff",
			}
			lines.append(row)
			doc = frappe._dict(row, versions="", item=None, item_group=None, category=None)
			terms.append(
				{
					"name": name,
					"article": name,
					"terms": index.terms_of(doc),
					"made_by": index.VERSION,
					"counted": 1,
				}
			)
			texts.append((PEER, name, f"{title} {symptom} {answer} {kind} {model}", 0, title, ""))
			if number % (ARTICLES // QUERIES + 2) < 2 and len(queries) < QUERIES:
				question = cells[6 if chinese else 2]
				queries.append(f"{question} {model}" if len(queries) % 4 < 2 else question)
		rows.insert("Knowledge Article", lines)
		rows.insert("Knowledge Index", terms)
		global_search.sync_values(texts)
		frappe.db.commit()
	vocabulary.recount()
	return queries


def _clear() -> None:
	"""What an earlier run has left, too."""
	of_ours = {"keywords": MARK}
	names = frappe.get_all("Knowledge Article", of_ours, pluck="name", order_by=None)
	for start in range(0, len(names), CHUNK):
		chunk = ("in", names[start : start + CHUNK])
		frappe.db.delete("Knowledge Article", {"name": chunk})
		frappe.db.delete("Knowledge Index", {"name": chunk})
		frappe.db.delete("__global_search", {"doctype": PEER, "name": chunk})
		frappe.db.commit()
	if names:
		vocabulary.recount()
