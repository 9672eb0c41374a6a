"""Papers that an office prints and gives away."""
