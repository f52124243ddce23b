"""Commands for admins: `bench --site SITE support-service …`."""

from __future__ import annotations

import click
import frappe
from frappe.commands import get_site, pass_context

KINDS = (
	"serial_nos",
	"assets",
	"issues",
	"warranty_claims",
	"maintenance_visits",
	"maintenance_schedules",
	"portal_access",
)


@click.group("support-service")
def support_service() -> None:
	"""After-sales service: what an admin does from the command line."""


@support_service.command("takeover")
@click.option("--dry-run", is_flag=True, help="Only tell what would be made and why something is skipped.")
@click.option(
	"--kind",
	"chosen",
	multiple=True,
	type=click.Choice(KINDS),
	help="May be given several times; all if left out.",
)
@click.option("--company", help="Records of this company only.")
@click.option("--customer", help="Records of this customer only.")
@click.option("--since", help="Documents dated on or after this day, as YYYY-MM-DD.")
@click.option("--resume", metavar="RUN", help="Go on with a run that was stopped or killed.")
@pass_context
def takeover(
	context: dict,
	dry_run: bool,
	chosen: tuple[str, ...],
	company: str | None,
	customer: str | None,
	since: str | None,
	resume: str | None,
) -> None:
	"""Take existing ERPNext records over: delivered serial numbers, assets, issues, claims, maintenance.

	Safe to stop or kill at any moment and to repeat: what was taken over already is left alone.
	"""
	from support_service.erpnext_takeover.run import foreground

	frappe.init(get_site(context))
	frappe.connect()
	try:
		options = {"dry_run": int(dry_run), "company": company, "customer": customer, "from_date": since}
		failed = foreground.run(resume, options, chosen or KINDS)
	finally:
		frappe.destroy()
	if failed:
		raise SystemExit(1)


commands = [support_service]
