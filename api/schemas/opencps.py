"""The order interface of today's dossier systems, in its own words."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.types import Output, ProblemOut

_TEXTS = (
    "CustomerCode", "OrderNumber", "ItemCode", "Description", "FlagConfig", "SenderProvince", "SenderDistrict",
    "SenderAddress", "SenderName", "SenderEmail", "SenderTel", "SenderDesc", "ReceiverName", "ReceiverAddress",
    "ReceiverTel", "ReceiverProvince", "ReceiverDistrict", "ReceiverEmail", "lastId",
)  # fmt: skip
_ANY = {"type": ["string", "number", "null"]}
_ORDER = {
    "type": "object",
    "description": "Names without regard to case, `Sender` and `Receiver` also as objects; unknown fields are ignored.",
    "properties": {
        **{name: {**_ANY} for name in _TEXTS},
        "CODAmount": {"type": ["number", "string", "null"], "description": "Whole dong, collected for the agency."},
        "pageSize": {"type": ["integer", "string", "null"]},
    },
}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": _ORDER} for kind in ("application/json", "application/x-www-form-urlencoded")},
    }
}


class TokenOut(Output):
    """OAuth 2.0 (RFC 6749, 5.1): the token is the key itself."""

    access_token: str
    token_type: str
    expires_in: int


class OrderResult(BaseModel):
    """`Status`: "100" accepted, "101" already there (a success too), else the code of the first problem."""

    model_config = ConfigDict(frozen=True)

    Status: str
    Message: str
    ItemCode: str | None = None
    Errors: list[ProblemOut] = Field(default_factory=list)


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
