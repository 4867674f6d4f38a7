"""Quizzes and attempts: starting, saving, handing in, results."""
