"""When a fact comes back: learner days, the memory model, fuzz, evidence, and the fold of the log."""
