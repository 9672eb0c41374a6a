"""The order interface of today's dossier systems, in its own words."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.types import Output, ProblemOut

_TEXT = {"type": ["string", "number", "null"]}


def _text(description: str) -> dict[str, Any]:
    return _TEXT | {"description": description}


_SIDE = dict.fromkeys(("Name", "Tel", "Address", "District", "Province", "Email", "Desc"), _TEXT)
_SIDES = {
    side: {"type": ["object", "null"], "properties": _SIDE, "description": f"The same as `{side}Name`, `{side}Tel`, …"}
    for side in ("Sender", "Receiver")
}
_NAMED = {
    "CustomerCode": _text("The agency's number with the post; the key says whose order it is."),
    "OrderNumber": _text("The dossier code; with `__` and something behind it, a collection at the sender's home."),
    "govAgencyCode": _text("The agency's code. A hub's key must send it; with an agency's own key it says nothing."),
}
ORDER: dict[str, Any] = {
    **_NAMED,
    "CODAmount": {"type": ["number", "string", "null"], "description": "Whole dong, collected for the agency."},
    "Description": _text("The procedure."),
    "ItemCode": _text("The item code, when one is on the paper already."),
    "ma_bien_nhan": _text("The dossier's receipt code `D-…-…-…`, also as `ReceiptCode`."),
    "ReceiptCode": _text("The same under its other name; `ma_bien_nhan` goes first."),
    "FlagConfig": _text("2: the post fetches the paper, as it always does. Anything else is accepted with a warning."),
    "govAgencyName": _TEXT,
    **{f"{side}{name}": text for side in _SIDES for name, text in _SIDE.items()},
    **_SIDES,
}
CANCEL: dict[str, Any] = _NAMED
TRACKING: dict[str, Any] = _NAMED | {
    "OrderNumber": _text("That order alone."),
    "lastId": _text("`_id` of the last order read, 24 hexadecimal digits; all zeros, or none, at first."),
    "pageSize": {"type": ["integer", "string", "null"], "description": "At most 1,000, which it is without one."},
}


def sent_in_body(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields that stand in the body, as JSON or as a form."""
    schema = {
        "type": "object",
        "description": "Names without regard to case; unknown fields are passed over.",
        "properties": fields,
    }
    kinds = ("application/json", "application/x-www-form-urlencoded")
    return {"requestBody": {"required": True, "content": {kind: {"schema": schema} for kind in kinds}}}


def asked_by_query(fields: dict[str, Any]) -> dict[str, Any]:
    """The same fields behind the address, where a name's case says nothing either."""
    return {
        "parameters": [
            {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}
            | {"description": field["description"]}
            for name, field in fields.items()
        ],
    }


class TokenOut(Output):
    """OAuth 2.0 (RFC 6749, 5.1): the token is the key itself."""

    access_token: str
    token_type: str
    expires_in: int


class OrderResult(BaseModel):
    """`Status`: "100" accepted, "101" already there (a success too), else the code of the first problem.

    What was taken in otherwise than asked, or should be looked at, stands in `Warnings`, and behind the `Message`.
    """

    model_config = ConfigDict(frozen=True)

    Status: str
    Message: str
    ItemCode: str | None = None
    Errors: list[ProblemOut] = Field(default_factory=list)
    Warnings: list[ProblemOut] = Field(default_factory=list)


class OrderRecord(BaseModel):
    """How one order stands; `_id` is what to ask on with."""

    model_config = ConfigDict(frozen=True)

    id: dict[str, str] = Field(serialization_alias="_id")
    CustomerCode: str | None
    OrderNumber: str
    EventTime: str
    POSID: str | None
    ItemCode: str
    StatusCode: int
    StatusMessage: str
    Notes: str | None


class Embedded(BaseModel):
    model_config = ConfigDict(frozen=True)

    docs: list[OrderRecord] = Field(serialization_alias="rh:doc")


class TrackingOut(BaseModel):
    """`_embedded` is null past the end: systems that read on until they find their order stop there."""

    model_config = ConfigDict(frozen=True)

    size: int = Field(serialization_alias="_size")
    total_pages: int = Field(serialization_alias="_total_pages")
    returned: int = Field(serialization_alias="_returned")
    embedded: Embedded | None = Field(serialization_alias="_embedded")
