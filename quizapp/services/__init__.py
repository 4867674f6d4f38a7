"""What the app does: plain functions; one public writing function is one transaction."""
