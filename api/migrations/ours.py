"""Which objects of a database are ours to migrate: not PostGIS's, not procrastinate's, not monthly partitions."""

import re
from typing import Any

_PARTITION = re.compile(r"_(\d{6}|default)$")
_OTHERS = ("procrastinate_", "spatial_ref_sys")


def is_ours(thing: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """Alembic's filter; procrastinate keeps its own tables, partitions follow their parent."""
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", name)
    if table is None:
        return True
    return not (table.startswith(_OTHERS) or _PARTITION.search(table))
