"""Figures about questions and about memory, each with its definition and its source."""
