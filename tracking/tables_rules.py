"""Table of what procedures ask of the door."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, one_of
from tracking.rule_values import Otp


class ProcedureRuleRow(Base):
    """A rule for an agency (none: all) and a procedure (folded; empty: all), whose name stands as it was `written`."""

    __tablename__ = "procedure_rules"

    province_code: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID | None]
    procedure: Mapped[str] = mapped_column(Text)
    written: Mapped[str] = mapped_column(Text)
    in_person: Mapped[bool]
    authorised_agent: Mapped[bool]
    written_authorisation: Mapped[bool]
    slip_back: Mapped[bool]
    identity: Mapped[bool]
    otp: Mapped[str] = mapped_column(Text)
    skill: Mapped[str] = mapped_column(Text, server_default="")

    __table_args__ = (
        CheckConstraint(one_of("otp", Otp), name="otp"),
        Index(
            "uq_procedure_rules_agency",
            "province_code",
            "agency_id",
            "procedure",
            unique=True,
            postgresql_where=text("agency_id IS NOT NULL"),
        ),
        Index(
            "uq_procedure_rules_all",
            "province_code",
            "procedure",
            unique=True,
            postgresql_where=text("agency_id IS NULL"),
        ),
    )
