"""Three ways of knowing one dossier held against each other: the agency's list, our items, what was acknowledged."""
