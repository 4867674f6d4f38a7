"""Pure parts: question types, scheduling, formats, statistics, plots; no web, database or clock."""
