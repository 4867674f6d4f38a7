"""Articles: fetched, read and drafted from, reviewed question by question, and published."""
