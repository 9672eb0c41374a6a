"""vietnamadminunits (MIT) as a peer: guarded, so that nothing leaves the machine.

Given an old address with a street in a split unit it asks an online geocoder (ArcGIS): here that is replaced by an
answer of "not found", after which it takes its own default commune. It must be told which of its modes to use; each
row is given the mode that suits how it was made, which is more than a real caller knows.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass

from geodata.gazetteer import Gazetteer
from geodata.names import toned_key

_NEW_FORMS = ("new_", "mixed_new_commune_old_province", "village")


@dataclass(slots=True)
class Peer:
    """The peer's answers as codes of today's communes."""

    gazetteer: Gazetteer
    codes: Mapping[tuple[str, str], str]
    asked_outside: int = 0

    @classmethod
    def guarded(cls, gazetteer: Gazetteer) -> "Peer":
        """The peer with its online geocoder stubbed out in every module that holds it."""
        codes = {
            (toned_key(c.commune.province), toned_key(c.commune.full_name)): code
            for code, c in gazetteer.communes.items()
        }
        peer = cls(gazetteer, codes)

        def refuse(_address: str) -> None:
            peer.asked_outside += 1

        for name in ("parser.utils", "converter.converter_2025"):
            vars(importlib.import_module(f"vietnamadminunits.{name}"))["get_geo_location"] = refuse
        return peer

    def resolve(self, text: str, form: str) -> str | None:
        """The code of the commune the peer gives, None when it gives none or fails."""
        package = importlib.import_module("vietnamadminunits")
        try:
            unit = package.parse_address(text) if form.startswith(_NEW_FORMS) else package.convert_address(text)
        except Exception:  # noqa: BLE001  whatever it raises is no answer
            return None
        if not unit.ward or not unit.short_province:
            return None
        return self.codes.get((toned_key(unit.short_province), toned_key(unit.ward)))
