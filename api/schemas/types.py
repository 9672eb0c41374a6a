"""Strict building blocks: an instant has an offset, a date is a date, `false` is not `0.0`."""

import re
from datetime import date, datetime, time
from typing import Annotated, Any, NoReturn
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticCustomError

from api.errors import BAD_DATE, BAD_TIME
from core.clock import NO_OFFSET
from core.errors import ErrorSpec
from geodata.model import LonLat
from tracking.errors import TEXT_NOT_PRINTABLE
from tracking.fields import is_printable

# The body of a file in the OpenAPI description.
BINARY = {"schema": {"type": "string", "format": "binary"}}


def answers_file(*kinds: str) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that answers a file of one of these kinds."""
    return {200: {"content": dict.fromkeys(kinds, BINARY)}}


# Outside these years a mistyped date would break reckoning with days and offsets.
_YEARS = range(1900, 2200)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK = re.compile(r"\d{2}:\d{2}(:\d{2})?")


def coded(spec: ErrorSpec, **values: object) -> PydanticCustomError:
    """A validation error that keeps our code: the problem handler reads it back from `type` and `ctx`."""
    return PydanticCustomError(spec.code, "{detail}", {"detail": spec.en.format_map(values), "values": values})


def _instant(value: object) -> object:
    parsed: datetime | None
    if isinstance(value, datetime):
        parsed = value
    else:
        try:
            parsed = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
        except ValueError:
            parsed = None
    if parsed is None or parsed.year not in _YEARS:
        raise coded(BAD_TIME, value=str(value)[:60])
    if parsed.tzinfo is None:
        raise coded(NO_OFFSET, value=str(value)[:60])
    return parsed


def _date(value: object) -> date:
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            # Alone, it would also take 20261120 and week dates.
            value = date.fromisoformat(value)
    except ValueError:
        return _no_date(value)
    if isinstance(value, date) and not isinstance(value, datetime) and value.year in _YEARS:
        return value
    return _no_date(value)


def _no_date(value: object) -> NoReturn:
    raise coded(BAD_DATE, value=str(value)[:60])


def _clock(value: object) -> object:
    if isinstance(value, str) and not _CLOCK.fullmatch(value):
        raise coded(BAD_DATE, value=value[:60])
    return value


Id = Annotated[UUID, Field(strict=False)]
Instant = Annotated[datetime, BeforeValidator(_instant), Field(strict=False)]
LocalDate = Annotated[date, BeforeValidator(_date), Field(strict=False)]
# JSON Schema's format "time" demands an offset (RFC 3339); a time of the local day has none.
_LOCAL_TIME = {"type": "string", "pattern": r"^\d{2}:\d{2}(:\d{2})?$", "examples": ["16:30:00"]}
LocalTime = Annotated[time, BeforeValidator(_clock), Field(strict=False), WithJsonSchema(_LOCAL_TIME)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]
PointIn = Annotated[tuple[Lon, Lat], Field(strict=False, description="[longitude, latitude] in degrees, WGS 84")]


def _lon_lat(value: object) -> object:
    return (value.lon, value.lat) if isinstance(value, LonLat) else value


PointOut = Annotated[
    tuple[float, float],
    BeforeValidator(_lon_lat),
    Field(description="[longitude, latitude] in degrees, WGS 84"),
]


class Input(BaseModel):
    """What a caller sends: nothing coerced, nothing unknown."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @field_validator("*")
    @classmethod
    def _is_printable(cls, value: object, info: ValidationInfo) -> object:
        """Text that no database takes never gets as far as one."""
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and not is_printable(text):
                raise coded(TEXT_NOT_PRINTABLE, field=info.field_name)
        return value


class Output(BaseModel):
    """What a caller gets; every field is always there."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class PersonIn(Input):
    name: Line
    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""


class PersonOut(Output):
    name: str
    phone: str


class WindowIn(Input):
    start_at: Instant
    end_at: Instant


class WindowOut(Output):
    start_at: datetime
    end_at: datetime


class ProblemOut(Output):
    """One thing wrong: `detail` is Vietnamese."""

    code: str
    detail: str
    detail_en: str
    pointer: str | None = None


class ProblemDocument(BaseModel):
    """RFC 9457 problem details. `detail` follows Accept-Language; both languages stand in `errors`."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    detail_en: str
    errors: list[ProblemOut]
    incident: str | None = None
