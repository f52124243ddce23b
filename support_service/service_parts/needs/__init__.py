"""Parts before the visit: what a case needs, where it is, reserving it, and getting it there."""
