"""What comes in and goes out over HTTP: strict pydantic models, at the edge only."""
