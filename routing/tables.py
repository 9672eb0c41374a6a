"""Tables of routing (SQLAlchemy). Rows never leave store.py."""
