"""All question types, by name."""
