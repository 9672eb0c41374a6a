"""Speed and plan quality, each `python -m bench.NAME`."""
