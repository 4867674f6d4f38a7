"""Answers and memories: what is asked next, what an answer does, what a learner knows."""
