"""The commands of `buuta`, one module for each."""
