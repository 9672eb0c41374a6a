"""Differences in words: one sentence for each kind, Vietnamese and English."""

from collections.abc import Mapping
from dataclasses import asdict
from uuid import UUID

from api.presenters.results import details_of, person_of
from api.schemas.reconcile import DossierDifferenceOut, ListedIn, RunDetailOut, RunOut
from tracking.model import Person, ResultRow
from tracking.reconcile.runs import RunDetail
from tracking.reconcile.values import PORTAL, Kind, Listed
from tracking.store_reconcile import KeptDifference, Run

_WORDS: Mapping[Kind, tuple[str, str]] = {
    Kind.MISSING_HERE: (
        "Cơ quan ghi đã giao bưu điện; bưu điện chưa nhận hồ sơ này.",
        "The agency has it as handed to the post; the post has never got it.",
    ),
    Kind.MISSING_THERE: (
        "Bưu điện đang giữ kết quả; danh sách của cơ quan không có hồ sơ này.",
        "The post has the result; the agency's list does not name the dossier.",
    ),
    Kind.DELIVERED_UNACKNOWLEDGED: (
        "Đã phát tới tay người dân; hệ thống của cơ quan chưa nhận được tin phát.",
        "Delivered to the citizen; the agency's system has not taken the news of it.",
    ),
    Kind.DELIVERED_NOT_CLOSED: (
        "Đã phát tới tay người dân và không còn tin nào chờ gửi; hồ sơ bên cơ quan vẫn chưa kết thúc.",
        "Delivered to the citizen and no news waits to be sent; the agency has not closed the dossier.",
    ),
    Kind.CLOSED_NOT_DELIVERED: (
        "Cơ quan ghi đã trả kết quả; giấy tờ vẫn còn ở bưu điện.",
        "The agency has it as given back; the paper is still with the post.",
    ),
    Kind.ACKNOWLEDGED_BEHIND: (
        "Hệ thống của cơ quan mới nhận tin số {acknowledged} trong {told} tin của hồ sơ.",
        "The agency's system has taken news no. {acknowledged} of {told} of the dossier.",
    ),
    Kind.ACKNOWLEDGED_AHEAD: (
        "Tin phát đã được nhận rồi lần phát bị hủy; bên cơ quan có thể vẫn ghi đã trả. Hai bên cần xem lại hồ sơ.",
        "The news of a delivery was taken, then it was withdrawn; the agency may still have it as given back.",
    ),
    Kind.CANCELLED_THERE: (
        "Cơ quan đã dừng hoặc cho rút hồ sơ; ở bưu điện kết quả vẫn đang được phát.",
        "The agency has stopped or released the dossier; the post is still about to deliver it.",
    ),
    Kind.GONE_HERE: (
        "Cơ quan ghi bưu điện đang giữ; ở bưu điện kết quả đã được rút hoặc đã chuyển hoàn.",
        "The agency has it as with the post; here it was withdrawn or returned to the agency.",
    ),
    Kind.UNFINISHED_THERE: (
        "Bưu điện đang giữ kết quả; bên cơ quan hồ sơ chưa xử lý xong. Cơ quan hãy kết thúc xử lý hoặc rút lại.",
        "The post has the result; at the agency the dossier is not finished. Finish it there, or withdraw it.",
    ),
    Kind.DUE_DIFFERS: (
        "Ngày hẹn trả khác nhau: bưu điện ghi {due_here}, cơ quan ghi {due_there}.",
        "The due dates differ: the post has {due_here}, the agency {due_there}.",
    ),
}


_AT_ENDPOINTS = (" Nơi nhận còn thiếu: {}.", " Endpoint without it: {}.")
_HAND_IN = (" Hãy gửi danh sách đăng ký của nó.", " Hand it in by a register list.")


def listed_of(one: ListedIn) -> Listed:
    """A dossier of a list, for the domain."""
    told = one.result
    row = None
    if told is not None:
        row = ResultRow(
            dossier_code=one.dossier_code,
            procedure=told.procedure or "",
            addressee=person_of(told.addressee) if told.addressee else Person(name="", phone=""),
            address=told.address or "",
            due_on=one.due_on,
            ready_at=told.ready_at,
            **details_of(told),
        )
    return Listed(held=PORTAL[one.portal_status], due_on=one.due_on, row=row)


def run_out(run: Run, names: Mapping[UUID, str]) -> RunOut:
    """A run with the name of its agency."""
    differences = sum(run.kinds.values())
    return RunOut(
        id=run.id,
        agency_id=run.agency_id,
        agency_name=names.get(run.agency_id, ""),
        run_at=run.run_at,
        by_night=run.run_by == "system",
        list_at=run.list_at,
        pushed=run.pushed,
        dossiers=run.dossiers,
        kinds=run.kinds,
        differences=differences,
        open=differences - run.repaired,
    )


def detail_out(detail: RunDetail, names: Mapping[UUID, str]) -> RunDetailOut:
    """A run and what it found."""
    return RunDetailOut(run=run_out(detail.run, names), found=[difference_out(one) for one in detail.found])


def difference_out(kept: KeptDifference) -> DossierDifferenceOut:
    """One difference with its sentence in both languages."""
    one = kept.difference
    days = {
        name: f"{day:%d/%m/%Y}" if day else "-"
        for name, day in (("due_here", one.due_here), ("due_there", one.due_there))
    }
    vi, en = (words.format(acknowledged=one.acknowledged, told=one.told, **days) for words in _WORDS[one.kind])
    if one.kind is Kind.MISSING_HERE and kept.repair is None:
        vi, en = vi + _HAND_IN[0], en + _HAND_IN[1]
    if one.endpoints:
        vi, en = (
            said + more.format(", ".join(one.endpoints)) for said, more in zip((vi, en), _AT_ENDPOINTS, strict=True)
        )
    facts = {name: value for name, value in asdict(one).items() if name not in {"here", "endpoints"}}
    return DossierDifferenceOut(
        **facts,
        here=one.here.value if one.here else None,
        endpoints=list(one.endpoints),
        detail=vi,
        detail_en=en,
        repair=kept.repair,
        repaired_at=kept.repaired_at,
    )
