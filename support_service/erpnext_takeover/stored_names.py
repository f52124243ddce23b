"""Names of ERPNext's records in what a takeover made of them; see foundation/names/stored_names.py."""

from __future__ import annotations

from support_service.erpnext_takeover.in_step import renames
from support_service.foundation.names.stored_names import (
	NUMBER_ON_THE_PIECE,
	CachedName,
	How,
	Shape,
	StoredName,
)

FINDING, RUN = "Takeover Finding", "Takeover Run"

STORED = (
	*(
		StoredName(
			holder.doctype,
			renames.KEY,
			(source,),
			"What became of a record is known by the record: it is neither taken over nor delivered twice.",
			before=renames.before_merge,
			follow=renames.follow,
			again=NUMBER_ON_THE_PIECE if source == "Serial No" else None,
		)
		for source, holder in renames.HOLDERS.items()
	),
	StoredName(
		FINDING,
		"entry_key",
		tuple(renames.HOLDERS),
		"A record is told of once in a run; another one may have its former name by then.",
		shape=Shape.TAIL,
		beside={"source_doctype": "doctype", "source_name": "name"},
	),
	StoredName(
		RUN,
		"checkpoint",
		tuple(renames.HOLDERS),
		"How far a run has come, in the order of names: a bound, not a record. The next run finds what moved before it.",
		how=How.KEEPS,
	),
	CachedName("support_service.erpnext_takeover.run.worker", (), "Empties Frappe's cache of a request."),
	CachedName("support_service.erpnext_takeover.run.runs", (), "Hints that a run was queued."),
)
