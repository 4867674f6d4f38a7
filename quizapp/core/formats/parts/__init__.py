"""Parts of single formats that are too long for one file; those of several are in `shared`."""
