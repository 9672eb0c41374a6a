"""Public routing benchmarks read into our own `Problem`."""
