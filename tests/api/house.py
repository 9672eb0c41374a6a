"""What the tests of the doors share: the province of `office_scene`, people who sign in, a server over it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import auth, store
from api.app import create_app
from api.identity import ApiKey, User
from api.roles import Role
from api.runtime import Runtime, WebOptions
from core.blobs import BlobStore
from core.db import Database
from core.ids import new_id
from tests.tracking.office_scene import NOW, PROVINCE, RESOLVER, SYSTEM, Scene, build_scene
from tracking import service
from tracking.feedback.secrets import SecretBox
from tracking.model import Agency

PASSWORD = "mat-khau-dai-du"
LOGINS = ("admin", "manager", "dispatcher", "dispatcher2", "courier", "courier2", "agency", "agency2")


@lru_cache(maxsize=1)
def password_hash() -> str:
    """One slow hash for the whole run."""
    return auth.hash_password(PASSWORD)


@dataclass
class StillClock:
    """A clock that stands until it is moved."""

    shows: datetime = NOW

    def __call__(self) -> datetime:
        return self.shows

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.shows += by


@dataclass(kw_only=True)
class House:
    """A server with its people. `dispatcher` works at the first office, `dispatcher2` at the second; couriers alike."""

    scene: Scene
    runtime: Runtime
    clock: StillClock
    users: dict[str, User]
    other_agency: Agency
    app: FastAPI
    clients: dict[str, TestClient] = field(default_factory=dict)

    def stranger(self, **options: Any) -> TestClient:
        """Somebody who has not signed in."""
        return TestClient(self.app, **options)

    def person(self, login: str) -> TestClient:
        """Somebody who has; writes carry the anti-forgery token."""
        if login not in self.clients:
            client = self.stranger()
            answer = client.post("/v1/session", json={"login": login, "password": PASSWORD})
            assert answer.status_code == 201, answer.text
            client.headers["X-CSRF-Token"] = client.cookies["buuta_csrf"]
            self.clients[login] = client
        return self.clients[login]

    def system(self, agency_id: UUID | None = None) -> TestClient:
        """A dossier system with a key."""
        return self._with_key(role=Role.AGENCY, agency_id=agency_id or self.scene.agency.id)

    def hub(self) -> TestClient:
        """The LGSP of both agencies, with one key."""
        return self._with_key(role=Role.HUB, agency_ids=(self.scene.agency.id, self.other_agency.id))

    def _with_key(self, **reach: Any) -> TestClient:
        key = ApiKey(id=new_id(), province_code=PROVINCE, name="test", **reach)
        with self.runtime.database.transaction() as session:
            secret = auth.issue_key(session, key, now=self.clock())
        return self.stranger(headers={"Authorization": f"Bearer {secret}"})


def build_house(database: Database, folder: Path, options: Callable[[], WebOptions] | None = None) -> House:
    """The province, its people and a server over them; nothing runs until a client asks."""
    scene, clock = build_scene(database), StillClock()
    other = Agency(id=new_id(), code="H29.17", name="Sở Tư pháp")
    users = {user.login: user for user in _people(scene, other)}
    with database.transaction() as session:
        service.save_agency(session, scope=SYSTEM, agency=other)
        for user in users.values():
            store.add_user(session, user, password_hash=password_hash(), now=clock())
    runtime = Runtime(
        database=database,
        blobs=BlobStore(str(folder / "blobs")),
        secrets=SecretBox([Fernet.generate_key()]),
        identity_key=b"k" * 32,
        clock=clock,
        options=options() if options else WebOptions(web_dist=folder / "dist", data_dir=folder),
        load_resolver=lambda: RESOLVER,
    )
    return House(scene=scene, runtime=runtime, clock=clock, users=users, other_agency=other, app=create_app(runtime))


def _people(scene: Scene, other: Agency) -> list[User]:
    first, second = scene.office.id, scene.other_office.id
    return [
        _user("admin", Role.ADMIN),
        _user("manager", Role.MANAGER),
        _user("dispatcher", Role.DISPATCHER, office_ids=(first,)),
        _user("dispatcher2", Role.DISPATCHER, office_ids=(second,)),
        _user("courier", Role.COURIER, office_ids=(first,), courier_id=scene.couriers[0].id),
        _user("courier2", Role.COURIER, office_ids=(second,), courier_id=scene.couriers[2].id),
        _user("agency", Role.AGENCY, agency_id=scene.agency.id),
        _user("agency2", Role.AGENCY, agency_id=other.id),
    ]


def _user(login: str, role: Role, **reach: Any) -> User:
    name = f"Người {login}"
    return User(id=new_id(), province_code=PROVINCE, login=login, name=name, role=role, language="vi", **reach)
