"""Who was met at a desk a moment ago may not hand in once they were signed out, blocked or given another role."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from api import store
from api.auth import Credential, sha256
from api.errors import SIGNED_OUT
from api.presenters.courier import proof_of
from api.proof_desks import Handed
from api.schemas.courier import ProofIn
from core.errors import CodedError
from core.ids import new_id
from tests.api.house import PASSWORD, House
from tests.api.test_bad_input import proof
from tests.api.test_proof_files import PHOTO, sha

Change = Callable[[House, Session], None]


def signed_out(house: House, session: Session) -> None:
    store.end_sessions(session, house.users["courier"].id)


def blocked(house: House, session: Session) -> None:
    store.set_active(session, house.users["courier"].id, active=False)


def promoted(house: House, session: Session) -> None:
    session.execute(text("UPDATE users SET role = 'manager' WHERE id = :id"), {"id": house.users["courier"].id})


def rows(house: House) -> tuple[int, int]:
    with house.runtime.database.reading() as session:
        counted = session.execute(
            text("SELECT (SELECT count(*) FROM proofs), (SELECT count(*) FROM proof_files)")
        ).one()
    return counted[0], counted[1]


@pytest.mark.parametrize(("change", "code"), [(signed_out, "A1001"), (blocked, "A1001"), (promoted, "A1004")])
def test_who_may_no_longer_hand_in_is_refused_at_once(house: House, change: Change, code: str) -> None:
    first, second = house.scene.out(2)
    claim = {"sha256": sha(PHOTO), "kind": "photo", "bytes_count": len(PHOTO)}
    client, proof_id = house.person("courier"), new_id()
    assert client.put(f"/v1/proofs/{proof_id}", json=proof(first, files=[claim])).status_code == 200
    with house.runtime.database.transaction() as session:
        change(house, session)
    photo = client.put(
        f"/v1/proofs/{proof_id}/files/{sha(PHOTO)}", content=PHOTO, headers={"Content-Type": "image/jpeg"}
    )
    said = client.put(f"/v1/proofs/{new_id()}", json=proof(second))
    assert [answer.json()["code"] for answer in (photo, said)] == [code, code]
    assert rows(house) == (1, 0)


def test_who_is_refused_hinders_nobody_in_the_same_batch(house: House) -> None:
    items = house.scene.out(3)
    stays, goes = house.person("courier"), house.stranger()
    assert goes.post("/v1/session", json={"login": "courier", "password": PASSWORD}).status_code == 201
    shown = [Credential("session", sha256(one.cookies["buuta_session"])) for one in (stays, goes, stays)]
    goes.headers["X-CSRF-Token"] = goes.cookies["buuta_csrf"]
    assert goes.delete("/v1/session").status_code == 204
    handed = [
        Handed(who, proof_of(new_id(), ProofIn.model_validate(proof(item))))
        for who, item in zip(shown, items, strict=True)
    ]
    with house.runtime.database.transaction() as session:
        first, refused, last = house.app.state.desks.proofs._work(session, handed)
    assert isinstance(refused, CodedError)
    assert refused.code == SIGNED_OUT.code
    assert [first.item_id, last.item_id] == [items[0], items[2]]
    assert rows(house) == (2, 0)
