"""The published roots: read by anybody, checked with nothing but what is published."""

import base64
import json
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from api.keyring import Keyring
from tests.api.house import House
from tests.tracking.office_scene import NOW, PROVINCE
from tracking import service


def _rooted(house: House, folder: Path) -> None:
    now = NOW + timedelta(days=2)
    with house.scene.database.transaction() as session:
        signer = Keyring(folder / "custody.keys").signer(now=now)
        service.make_roots(session, PROVINCE, signer=signer, now=now)


def test_a_stranger_checks_a_root_by_what_is_published(house: House, tmp_path: Path) -> None:
    house.scene.ready(3)
    _rooted(house, tmp_path)
    stranger = house.stranger()
    newest, first = stranger.get(f"/custody/{PROVINCE}/roots").json()
    assert (first["day"], first["count"], newest["previous"]) == ("2026-11-20", 3, first["root"])
    assert stranger.get(f"/custody/{PROVINCE}/roots/2026-11-20").json() == first
    statement = first["statement"].encode()
    Ed25519PublicKey.from_public_bytes(base64.b64decode(first["public_key"])).verify(
        base64.b64decode(first["signature"]), statement
    )
    told = json.loads(statement)
    assert {name: first[name] for name in ("day", "count", "root", "previous")} == {
        name: told[name] for name in ("day", "count", "root", "previous")
    }
    assert stranger.get(f"/custody/{PROVINCE}/roots/2026-11-27").json()["code"] == "C1000"


def test_the_citizens_page_says_which_root_its_chain_stands_under(house: House, tmp_path: Path) -> None:
    [key] = house.scene.ready(1)
    form = {"code": house.scene.item(key).tracking_code, "digits": "5678"}
    assert "20/11/2026. " not in house.stranger().post("/t", data=form).text
    _rooted(house, tmp_path)
    assert "gốc được ký và công bố của ngày 20/11/2026" in house.stranger().post("/t", data=form).text


def test_a_history_goes_out_as_epcis_to_who_may_see_the_item(house: House) -> None:
    [key] = house.scene.ready(1)
    told = house.person("agency").get(f"/v1/items/{key}/epcis").json()
    assert [one["epcList"] for one in told["epcisBody"]["eventList"]] == [[f"urn:uuid:{key}"]] * 2
    assert house.person("agency2").get(f"/v1/items/{key}/epcis").status_code == 404
