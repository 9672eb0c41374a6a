"""A dossier system to try with: sends results, takes and verifies our events, fails as it is told, shows a page."""
