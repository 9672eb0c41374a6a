"""Dossier systems that only publish: their lists are asked for again and again, each row taken once."""
