"""The API for programs and for our own pages' scripts: /api/v1, JSON, problem codes."""
