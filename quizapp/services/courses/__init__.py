"""Courses: a class, what it is given, and what it knows."""
