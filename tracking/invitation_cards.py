"""What an invitation card says: which paper waits where, until when, and what to bring; of the addressee no more than
is needed to bring the card to the right door.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from core.errors import NOT_FOUND, fail
from core.scope import Scope
from tracking import store, store_lists, store_offices
from tracking.errors_custody import NOT_INVITED
from tracking.invitations import stays_until
from tracking.model import Item, Office, Status
from tracking.privacy import mask_name
from tracking.procedure_rules import rules_of_items
from tracking.rule_values import Rule
from tracking.standard import load_calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationCard:
    """A card for one held paper. `number`: which invitation it is; `until`: the paper lies there at least that long."""

    item_code: str
    addressee: str
    address: str
    office: Office
    number: int
    invited_on: date
    until: date
    papers: int
    cod_vnd: int
    in_person: bool
    authorised_agent: bool
    slip_back: bool


def cards_of(session: Session, *, scope: Scope, item_ids: Sequence[UUID]) -> dict[UUID, InvitationCard]:
    """The cards of these items, in their order.

    Raises:
        CodedError: C1000 for one out of reach, T2413 for one that is not held or that nobody was invited for.
    """
    items = store.items_by_id(session, scope, item_ids)
    if any(key not in items for key in item_ids):
        raise fail(NOT_FOUND, what="item")
    return _cards(session, scope, [items[key] for key in dict.fromkeys(item_ids)])


def cards_on(session: Session, *, scope: Scope, on: date) -> dict[UUID, InvitationCard]:
    """The cards of all invitations of a day whose papers still lie there, in the order of their codes."""
    return _cards(session, scope, store_lists.invited_on(session, scope, on))


def _cards(session: Session, scope: Scope, items: Sequence[Item]) -> dict[UUID, InvitationCard]:
    calendar = load_calendar(session, scope.province_code)
    rules = rules_of_items(session, scope=scope, items=items)
    offices = {one.id: one for one in store_offices.offices(session, scope)}
    cards = {}
    for item in items:
        until = stays_until(item, calendar)
        if item.status is not Status.HELD or item.invited_on is None or until is None:
            raise fail(NOT_INVITED, item_code=item.item_code)
        cards[item.id] = _card(item, rules[item.id], offices[item.office_id], item.invited_on, until)
    return cards


def _card(item: Item, rule: Rule, office: Office, invited_on: date, until: date) -> InvitationCard:
    in_person = item.in_person or rule.in_person
    return InvitationCard(
        item_code=item.item_code,
        addressee=mask_name(item.addressee.name),
        address=item.address,
        office=office,
        number=item.invitations,
        invited_on=invited_on,
        until=until,
        papers=item.papers,
        cod_vnd=item.cod_vnd,
        in_person=in_person,
        authorised_agent=rule.authorised_agent and not in_person,
        slip_back=rule.slip_back,
    )
