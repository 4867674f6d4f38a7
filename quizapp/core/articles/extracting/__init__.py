"""How each kind of source is read for its article: one file per kind, and what they share."""
