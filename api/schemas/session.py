"""Sign-in and who one is."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from api.schemas.types import Input, Line, Output, PointOut

RoleName = Literal["admin", "dispatcher", "courier", "agency", "manager"]
Language = Literal["vi", "en"]


class SignIn(Input):
    login: Line
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class LanguageIn(Input):
    language: Language


class OfficeBrief(Output):
    id: UUID
    code: str
    name: str
    point: PointOut


class UserOut(Output):
    id: UUID
    name: str
    role: RoleName
    offices: list[OfficeBrief]
    province_code: str
    language: Language
    agency_id: UUID | None
    courier_id: UUID | None


class Me(Output):
    user: UserOut
