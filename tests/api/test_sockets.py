"""What only a real socket shows: a body refused while it is still being sent."""

import hashlib

import httpx

from core.ids import new_id
from tests.api.house import PASSWORD, House
from tests.api.serving import listening

_PHOTO = b"\xff\xd8\xff\xe0" + bytes(60_000_000)


def test_a_photo_of_60_mb_is_answered_with_its_code_before_it_is_read(house: House) -> None:
    path = f"/v1/proofs/{new_id()}/files/{hashlib.sha256(_PHOTO).hexdigest()}"
    with listening(house.app) as url, httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
        assert client.post("/v1/session", json={"login": "courier", "password": PASSWORD}).status_code == 201
        headers = {"X-CSRF-Token": client.cookies["buuta_csrf"], "Content-Type": "image/jpeg"}
        answer = client.put(path, content=_PHOTO, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (413, "A1108")
        # The phone goes on with the next thing it has to say.
        assert client.get("/v1/me").status_code == 200
