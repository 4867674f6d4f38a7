"""Timings; kept out of the tests, because machines differ."""
