"""What was found: frozen records, and the memory plan."""
