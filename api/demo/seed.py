"""Who there is on the demo day: created over HTTP by the administrator, the way an office would be set up."""

from dataclasses import dataclass

from api.auth import hash_password
from api.demo.client import Person
from api.demo.fast_clock import FastClock
from api.demo.places import AGENCY_CODE, AGENCY_NAME, OFFICES, PROVINCE, DemoOffice
from api.demo.sign_ins import SignIn, sign_ins
from api.identity import User
from api.roles import Role
from api.sandbox.link import Link
from api.store import add_user
from core.db import Database
from core.ids import new_id

_SHIFTS = [{"start": "07:20", "end": "11:30"}, {"start": "13:30", "end": "18:00"}]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """Ids by code, the agency, its key and the secret of its webhook endpoint."""

    offices: dict[str, str]
    couriers: dict[str, str]
    agency: str
    key: str
    webhook_secret: str


def add_admin(database: Database, password: str, clock: FastClock) -> None:
    """The first user, who cannot be made over HTTP."""
    admin = User(id=new_id(), province_code=PROVINCE, login="admin", name="Quản trị", role=Role.ADMIN, language="vi")
    with database.transaction() as session:
        add_user(session, admin, password_hash=hash_password(password), now=clock())


def seed(admin: Person, passwords: dict[str, str], *, hooks_url: str) -> Seeded:
    """Offices, couriers, agency, users, key and endpoint."""
    offices = {office.code: _office(admin, office) for office in OFFICES}
    couriers = {
        name: _courier(admin, name, offices[office.code], number)
        for office in OFFICES
        for number, name in enumerate(office.couriers)
    }
    agency = admin.post("/v1/agencies", {"code": AGENCY_CODE, "name": AGENCY_NAME})["id"]
    for person in sign_ins():
        if person.role != "admin":
            _user(admin, person, passwords[person.login], offices, couriers, agency)
    key = admin.post("/v1/keys", {"name": "Hệ thống một cửa (demo)", "agency_id": agency})["key"]
    link = Link(admin.base_url, key)
    secret = link.register(hooks_url)
    link.close()
    return Seeded(offices=offices, couriers=couriers, agency=agency, key=key, webhook_secret=secret)


def _office(admin: Person, office: DemoOffice) -> str:
    made = admin.post(
        "/v1/offices",
        {
            "code": office.code,
            "name": office.name,
            "address": office.address,
            "point": [office.lon, office.lat],
            "phone": "028 3999 0000",
            "cut_off": office.cut_off.isoformat(),
            "commune_codes": list(office.commune_codes),
        },
    )
    return str(made["id"])


def _courier(admin: Person, name: str, office_id: str, number: int) -> str:
    body = {"office_id": office_id, "name": name, "phone": f"099900{number:04d}", "shifts": _SHIFTS}
    return str(admin.post("/v1/couriers", body)["id"])


def _user(
    admin: Person, person: SignIn, password: str, offices: dict[str, str], couriers: dict[str, str], agency: str
) -> None:
    body = {
        "login": person.login,
        "name": person.name,
        "role": person.role,
        "password": password,
        "office_ids": [offices[person.office_code]] if person.office_code else [],
        "agency_id": agency if person.role == "agency" else None,
        "courier_id": couriers.get(person.courier),
    }
    admin.post("/v1/users", body)
