"""When a fact comes back: learner days, memory model, fuzz, evidence, the fold of the log."""
