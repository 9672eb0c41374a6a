"""VROOM's JSON: what others ask in its words, answered by our planner (fields and meanings in docs/vroom.md)."""
