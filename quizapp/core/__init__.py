"""Pure parts: question types, scheduling, formats, statistics and plots; no web, no database, no clock."""
