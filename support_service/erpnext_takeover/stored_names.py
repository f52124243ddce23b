"""Where this room stores names of ERPNext's records outside of links; see foundation/names/stored_names.py."""

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
			"What a record became is found by this key, so that it is not taken over or delivered twice.",
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
		"A run lists each record once; another record may have its former name by then.",
		shape=Shape.TAIL,
		beside={"source_doctype": "doctype", "source_name": "name"},
	),
	StoredName(
		RUN,
		"checkpoint",
		tuple(renames.HOLDERS),
		"How far a run has come in the order of names. A record renamed to an earlier name is found by the next run.",
		how=How.KEEPS,
	),
	CachedName("support_service.erpnext_takeover.run.worker", (), "Empties Frappe's caches of one request."),
	CachedName("support_service.erpnext_takeover.run.runs", (), "Notes that a run was queued."),
)
