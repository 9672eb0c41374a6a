"""Tables of api (SQLAlchemy). Rows never leave store.py."""
