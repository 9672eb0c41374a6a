"""Citizens are told of invitations to collect a held paper: to which office, by when, the first time and again."""

from datetime import timedelta

import pytest

from tests.tracking.notification_scene import Provider, Telling
from tests.tracking.office_scene import NOW, TODAY
from tests.tracking.test_handovers import LATER, done
from tests.tracking.test_holding import held, on
from tracking import service
from tracking.invitations import DAYS_BETWEEN
from tracking.model import NextAction
from tracking.notifications.values import Kind

pytestmark = pytest.mark.db
# TODAY is a Friday, the Tuesday after it a holiday.
SECOND = TODAY + timedelta(days=5)


def invitations(sms: Provider) -> list[str]:
    return [said for said, kind in zip(sms.texts, sms.kinds, strict=True) if kind == "invited"]


def test_both_invitations_reach_the_citizen_once_each(telling: Telling, sms: Provider) -> None:
    assert DAYS_BETWEEN == 2
    key = held(telling.scene)
    code = telling.scene.item(key).dossier_codes[0]
    telling.at = LATER
    for _ in range(2):
        done(telling.scene, service.invite, item_id=key, now=telling.at)
        telling.tell()
    done(telling.scene, service.invite, item_id=key, now=on(SECOND))
    telling.at = on(SECOND)
    telling.tell()
    first, second = invitations(sms)
    asks = f"đến Bưu cục Sài Gòn nhận kết quả hồ sơ {code}. Mang giấy tờ tùy thân."
    assert f"Mời {asks} Xin đến chậm nhất ngày {SECOND:%d/%m}." in first
    assert f"Mời lần nữa: {asks} Sau ngày {SECOND:%d/%m} có thể chuyển trả cơ quan cấp." in second
    # What the message promises, the office keeps.
    back = {"item_id": key, "action": NextAction.RETURN}
    with pytest.raises(Exception, match="T2411"):
        done(telling.scene, service.decide_next, now=on(SECOND), **back)
    done(telling.scene, service.decide_next, now=on(SECOND + timedelta(days=1)), **back)


def test_an_invitation_waits_for_the_morning_and_is_no_news_once_the_paper_goes_out_again(
    telling: Telling, sms: Provider
) -> None:
    night = NOW + timedelta(hours=14)
    waits, moves = held(telling.scene), held(telling.scene)
    for key in (waits, moves):
        done(telling.scene, service.invite, item_id=key, now=night)
    telling.at = night
    telling.tell()
    assert invitations(sms) == []
    again = {"action": NextAction.REDELIVER, "redelivery_on": TODAY + timedelta(days=1)}
    done(telling.scene, service.decide_next, item_id=moves, now=night, **again)
    telling.at = NOW + timedelta(hours=23)  # 07:00
    telling.tell()
    [only] = invitations(sms)
    assert telling.scene.item(waits).dossier_codes[0] in only


def test_a_province_that_does_not_tell_of_invitations_tells_of_none(telling: Telling, sms: Provider) -> None:
    telling.policy(channels=("sms",), kinds=tuple(kind for kind in Kind if kind is not Kind.INVITED))
    key = held(telling.scene)
    telling.at = LATER
    done(telling.scene, service.invite, item_id=key, now=LATER)
    telling.tell()
    assert invitations(sms) == []
