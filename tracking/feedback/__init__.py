"""What happened, told to dossier systems: at least once on the wire, exactly once in effect, in order per dossier."""
