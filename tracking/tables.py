"""Tables of tracking (SQLAlchemy). Rows never leave store.py."""
