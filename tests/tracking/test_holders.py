"""Who holds a paper after each event of its chain."""

from uuid import UUID

from tests.tracking.office_scene import SYSTEM, Scene, delivery
from tests.tracking.test_handovers import LATER, collected, done, tally
from tracking import service
from tracking.evidence import holders_after
from tracking.model import NextAction


def holders(scene: Scene, key: UUID) -> list[str]:
    """Those that differ from the one before."""
    with scene.database.reading() as session:
        events = service.item_history(session, scope=SYSTEM, item_id=key)
        found = holders_after(service.find_item(session, scope=SYSTEM, item_id=key), events)
    return [one for n, one in enumerate(found) if n == 0 or found[n - 1] != one]


def test_a_collected_dossier_is_with_its_courier_until_it_is_handed_in(scene: Scene) -> None:
    (key,) = scene.planned(leg="collect")
    done(scene, service.record_proof, scope=scene.courier_scope(), proof=collected(key), now=LATER)
    scene.hand_back([key], now=LATER)
    counter = {"office_id": scene.office.id, "agency_id": scene.agency.id, "tally": tally(key, counterpart="Quầy 1")}
    done(scene, service.give_to_agency, **counter)
    courier, office, agency = scene.couriers[0].id, scene.office.id, scene.agency.id
    assert holders(scene, key) == ["citizen", f"courier:{courier}", f"office:{office}", f"agency:{agency}"]


def test_a_late_report_gives_the_paper_to_nobody(scene: Scene) -> None:
    (key,) = scene.out()
    scene.hand_back([key], now=LATER)
    done(scene, service.decide_next, item_id=key, action=NextAction.RETURN, now=LATER)
    counter = {"office_id": scene.office.id, "agency_id": scene.agency.id, "tally": tally(key, counterpart="Quầy 1")}
    done(scene, service.give_to_agency, **counter)
    late = done(scene, service.record_proof, scope=scene.courier_scope(), proof=delivery(key), now=LATER)
    assert "superseded" in late.flags
    assert holders(scene, key)[-1] == f"agency:{scene.agency.id}"
