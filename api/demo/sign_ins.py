"""The demo's people and their passwords, made once per data folder and readable by its owner only."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from api.demo.places import OFFICES

_WORDS = ("song", "nui", "lua", "tre", "sen", "may", "gio", "bien", "rung", "dua", "cau", "phuong")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A user of the demo; `office_code` empty: the whole province; `courier` is the courier's full name."""

    login: str
    name: str
    role: str
    office_code: str = ""
    courier: str = ""


def sign_ins() -> list[SignIn]:
    """An administrator, a manager, the agency, a dispatcher per office and every courier."""
    people = [
        SignIn(login="admin", name="Quản trị", role="admin"),
        SignIn(login="quanly", name="Lãnh đạo Bưu điện Thành phố", role="manager"),
        SignIn(login="motcua", name="Cán bộ một cửa", role="agency"),
    ]
    for office in OFFICES:
        code = office.code.lower()
        title = f"Điều phối {office.name}"
        people.append(SignIn(login=f"dp.{code}", name=title, role="dispatcher", office_code=office.code))
        people += [
            SignIn(login=f"bt.{code}{n}", name=name, role="courier", office_code=office.code, courier=name)
            for n, name in enumerate(office.couriers, start=1)
        ]
    return people


def passwords(data_dir: Path) -> dict[str, str]:
    """Password by login, the same at every start of this data folder (file mode 0600)."""
    path = data_dir / "demo" / "sign-ins.json"
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        if kept.keys() == {person.login for person in sign_ins()}:
            return kept
    made = {person.login: _password() for person in sign_ins()}
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        json.dump(made, out, indent=1)
    return made


def _password() -> str:
    return "-".join(secrets.choice(_WORDS) for _ in range(3)) + f"-{secrets.randbelow(9000) + 1000}"
