"""What happened: items, life cycle, custody, proof, service standard, feedback."""
