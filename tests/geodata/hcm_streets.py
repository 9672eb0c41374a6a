"""The street index of the bundled road file, made once for all runs; its name carries the hash of file and code."""

import fcntl
import hashlib
from functools import lru_cache
from pathlib import Path

from geodata import street_archive, street_blocks, street_extract, street_text
from geodata.street_archive import build_streets
from geodata.street_index import StreetIndex
from tests.roads_fixture import HCM_PBF, ROOT

_CODE = (street_archive, street_blocks, street_extract, street_text)


@lru_cache(maxsize=1)
def hcm_archive() -> Path:
    """The archive, built by whichever process comes first."""
    digest = hashlib.sha256(HCM_PBF.read_bytes())
    for module in _CODE:
        digest.update(Path(str(module.__file__)).read_bytes())
    folder = ROOT / ".buuta" / "test-streets"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{digest.hexdigest()[:16]}.zip"
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.is_file():
            build_streets(HCM_PBF, target)
    return target


@lru_cache(maxsize=1)
def hcm_streets() -> StreetIndex:
    """The index on it."""
    return StreetIndex(hcm_archive())
