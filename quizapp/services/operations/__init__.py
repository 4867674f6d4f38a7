"""Jobs and their worker; backup, restore and checks."""
