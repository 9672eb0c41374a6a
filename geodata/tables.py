"""Tables of geodata (SQLAlchemy). Rows never leave store.py."""
