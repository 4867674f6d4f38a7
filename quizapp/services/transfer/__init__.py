"""Banks in and out: importing and exporting files."""
