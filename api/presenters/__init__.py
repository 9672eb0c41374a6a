"""From domain values to what goes out: pure, masked by role."""
