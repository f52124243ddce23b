"""A rung of the ladder is known by a key of its own: whatever is renamed or moved around it, it is told once."""

from __future__ import annotations

import frappe
import pytest

from support_service.patches.v0_4 import keep_ladder_keys
from support_service.service_level.clock import recompute
from support_service.service_level.clock.escalation_steps import STEP
from tests import factories
from tests.site.ladder_world import escalations, make_ladder_case, play, step


@pytest.fixture(autouse=True)
def stored(clean_transaction):
	yield
	frappe.db.rollback()


@pytest.fixture
def role():
	name = frappe.get_doc({"doctype": "Role", "role_name": factories.unique("Role")}).insert().name
	user = factories.make_user("Service Manager", name).name
	yield frappe._dict(name=name, user=user)


def to_role(role, value: float = 50) -> dict:
	return step(whom="Role", role=role.name, value=value)


def renamed(role) -> None:
	role.name = frappe.rename_doc("Role", role.name, f"{role.name} New", force=True, show_alert=False)


def told(world) -> list[str]:
	return [f"{row.told_to} {row.step.split('|')[1]}" for row in escalations(world.clock)]


def save(policy, ladder: list[dict] | None = None) -> None:
	policy.reload()
	if ladder is not None:
		policy.set("ladder", ladder)
	policy.save()
	recompute.run()


def test_a_renamed_role_is_not_told_again(role):
	world = make_ladder_case(to_role(role), to_role(role, 80))
	play(2.1)
	assert told(world) == [f"{role.user} 50"]
	renamed(role)
	play(2.2)
	save(world.policy)
	play(2.3)
	assert told(world) == [f"{role.user} 50"]
	play(3.3)
	assert told(world) == [f"{role.user} 50", f"{role.user} 80"], (
		"what it was not told yet it is told by its new name"
	)


def test_a_ladder_sent_anew_is_the_same_ladder(role):
	"""A form or an import replaces the rows; moved rungs stay told, new ones are told."""
	world = make_ladder_case(to_role(role), step(value=60))
	play(2.5)
	lead = world.team.lead
	before = [f"{role.user} 50", f"{lead} 60"]
	assert told(world) == before
	renamed(role)
	save(world.policy, [step(value=60), to_role(role)])
	play(2.6)
	assert told(world) == before
	save(world.policy, [step(value=60), step(value=40, whom="Director"), to_role(role)])
	play(2.7)
	assert told(world) == [*before, f"{world.team.director} 40"]


def test_a_rung_that_says_something_else_is_another_one(role):
	world = make_ladder_case(to_role(role))
	play(2.1)
	ladder = [to_role(role)]
	ladder[0]["whom"], ladder[0]["role"] = "Director", None
	world.policy.reload()
	world.policy.ladder[0].update({"whom": "Director", "role": None})
	world.policy.save()
	recompute.run()
	play(2.2)
	assert told(world) == [f"{role.user} 50", f"{world.team.director} 50"]


def test_the_same_rung_of_another_policy_is_the_same(role):
	first = make_ladder_case(to_role(role))
	renamed(role)
	second = make_ladder_case(to_role(role))
	assert first.policy.reload().ladder[0].step_key == second.policy.reload().ladder[0].step_key


def test_a_new_role_of_the_old_name_is_another_one(role):
	world = make_ladder_case(to_role(role))
	old = role.name
	play(2.1)
	renamed(role)
	frappe.get_doc({"doctype": "Role", "role_name": old}).insert()
	user = factories.make_user("Service Manager", old).name
	other = frappe._dict(name=old, user=user)
	save(world.policy, [to_role(role), to_role(other)])
	play(2.2)
	assert told(world) == [f"{role.user} 50", f"{user} 50"]


def test_the_patch_keeps_the_keys_the_ledger_has(role):
	world = make_ladder_case(to_role(role), step(value=60))
	play(2.5)
	before, keys = told(world), frappe.get_all(STEP, {"parent": world.policy.name}, ["name", "step_key"])
	frappe.db.set_value(STEP, {"parent": world.policy.name}, "step_key", None)
	for _again in range(2):
		keep_ladder_keys.execute()
		assert frappe.get_all(STEP, {"parent": world.policy.name}, ["name", "step_key"]) == keys
	frappe.clear_document_cache("Service Level Policy", world.policy.name)
	renamed(role)
	frappe.db.set_value("Service Clock", world.clock, "next_utc", "2020-01-01")
	play(2.6)
	assert told(world) == before
