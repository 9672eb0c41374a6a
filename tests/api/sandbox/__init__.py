"""The sandbox dossier system and the conformance test."""
