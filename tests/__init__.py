"""The tests: core (pure), services and web (SQLite and PostgreSQL), browser (a real Chromium)."""
