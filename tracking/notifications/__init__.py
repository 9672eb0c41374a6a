"""Telling citizens of their papers: what is said, when, by which channel, and never twice."""
