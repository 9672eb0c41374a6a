"""The endpoints under /v1: parse, ask a service, present. Nothing is decided here."""
