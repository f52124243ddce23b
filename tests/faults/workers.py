"""Processes with a database connection of their own that submit visits."""

import multiprocessing
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any, NoReturn

import frappe

from tests import connections

SPAWN = multiprocessing.get_context("spawn")  # own interpreter, own connections: as different web workers


@dataclass(frozen=True)
class Outcome:
	"""How one submit ended: `error` is the name of the exception's class, empty when it went through."""

	visit: str
	error: str
	message: str


Act = Callable[[str, str, Callable[[], Any]], Outcome]  # user, document, what to call when ready


class Crew:
	"""Workers that stay alive from round to round; in each, the first `n` do their work at the same moment.

	act: what each does with its user and document, a function of a module; by default the submission of a visit.
	"""

	def __init__(self, site: str, sizes: tuple[int, ...], act: Act | None = None) -> None:
		self.barriers = {size: SPAWN.Barrier(size) for size in sizes}
		self.pipes: list[Connection] = []
		self.processes = []
		for _number in range(max(sizes)):
			ours, theirs = SPAWN.Pipe()
			process = SPAWN.Process(
				target=_serve, args=(site, os.getcwd(), theirs, self.barriers, act or _submit), daemon=True
			)
			process.start()
			self.pipes.append(ours)
			self.processes.append(process)

	def submit(self, work: list[tuple[str, str]]) -> list[Outcome]:
		"""Submit the (user, visit) pairs, one per worker, all at once."""
		for pipe, pair in zip(self.pipes, work, strict=False):
			pipe.send((len(work), *pair))
		return [pipe.recv() for pipe in self.pipes[: len(work)]]

	def stop(self) -> None:
		for pipe, process in zip(self.pipes, self.processes, strict=True):
			pipe.send(None)
			process.join(timeout=10)
			if process.is_alive():
				process.kill()


def _serve(site: str, sites_path: str, pipe: Connection, barriers: dict[int, Barrier], act: Act) -> None:
	while (order := pipe.recv()) is not None:
		size, user, visit = order
		frappe.init(site, sites_path=sites_path)  # what Frappe caches, it caches for one request
		frappe.connect()
		pipe.send(act(user, visit, barriers[size].wait))
		frappe.destroy()


def _submit(user: str, visit: str, ready: Callable[[], Any]) -> Outcome:
	error, message = "", ""
	frappe.set_user(user)
	doc = frappe.get_doc("Engineer Visit", visit)
	ready()
	try:
		doc.submit()
		frappe.db.commit()
	except Exception as raised:
		error, message = type(raised).__name__, str(raised)
		frappe.db.rollback()
	return Outcome(visit, error, message)


def fork_and_submit(site: str, user: str, visit: str) -> int:
	"""Submit in a forked process with its own connection; returns its pid. It ends with 0 after the commit."""
	sites_path = os.getcwd()
	pid = os.fork()
	if pid:
		return pid
	_submit_and_exit(site, sites_path, user, visit)


def _submit_and_exit(site: str, sites_path: str, user: str, visit: str) -> NoReturn:
	code = 1
	try:
		connections.leave_the_parents()
		frappe.init(site, sites_path=sites_path, force=True)
		frappe.connect()
		outcome = _submit(user, visit, lambda: None)
		if outcome.error:
			print(outcome, file=sys.stderr)
		code = 1 if outcome.error else 0
	finally:
		os._exit(code)
