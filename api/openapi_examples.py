"""Examples in the OpenAPI document: of what dossier systems send and get written by operation, of the rest composed."""

from typing import Any

from api.openapi_compose import Composer
from api.openapi_foreign import EPCIS, ROUTING_ANSWER, ROUTING_PROBLEM
from api.openapi_words import ADDRESS, CODE, ITEM_CODE, PROBLEM, PROCEDURE, TRACKING

ITEM = "0f0e3a6c-4c1e-7c1b-9d44-2f6f0c2b7a10"
AGENCY = "5b2f5d6e-3a42-7e0d-8f5e-1f4a9f3b2c01"
ENDPOINT = "7d9a1c3e-0b52-7f61-a3d8-94c2f6b1e085"

EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "4f4f1a55-6a43-5d3e-9c9b-d2f4b6ff1f10",
    "source": "urn:buuta:province:79",
    "type": "vn.buuta.item.attempt_failed",
    "subject": ITEM_CODE,
    "time": "2026-11-20T02:14:09Z",
    "recordedtime": "2026-11-20T02:14:31Z",
    "sequence": "0000000004",
    "datacontenttype": "application/json",
    "data": {
        "dossier_code": CODE,
        "item_code": ITEM_CODE,
        "tracking_code": TRACKING,
        "status": "attempt_failed",
        "portal_status": 9,
        "superseded": False,
        "reason": "absent",
        "action": "redeliver",
        "redelivery_on": "2026-11-23",
        "due_on": "2026-11-25",
    },
}
TEST: dict[str, Any] = EVENT | {
    "id": "01a1d5a2-7c3b-7f61-a3d8-94c2f6b1e085",
    "type": "vn.buuta.test",
    "subject": "BUUTA-TEST",
    "sequence": "0000000001",
    "data": EVENT["data"]
    | dict.fromkeys(("dossier_code", "item_code"), "BUUTA-TEST")
    | {"status": "ready"}
    | dict.fromkeys(("tracking_code", "reason", "action", "redelivery_on", "due_on")),
}
_ROW: dict[str, Any] = {
    "dossier_code": CODE,
    "procedure": PROCEDURE,
    "addressee": {"name": "Nguyễn Thị Bích Ngọc", "phone": "0999123456"},
    "address": ADDRESS,
    "due_on": "2026-11-25",
    "ready_at": "2026-11-19T15:30:00+07:00",
    "state_fee_vnd": 100_000,
}
_CREATED: dict[str, Any] = {
    "index": 0,
    "outcome": "created",
    "dossier_code": CODE,
    "item_id": ITEM,
    "tracking_code": TRACKING,
    "problems": [],
    "warnings": [],
}
_WRONG_PHONE: dict[str, Any] = {
    "index": 1,
    "outcome": "rejected",
    "dossier_code": "H29.16-261120-0002",
    "item_id": None,
    "tracking_code": None,
    "problems": [PROBLEM],
    "warnings": [],
}
_NAMED = {"rows": [{"dossier_code": CODE}]}
_BATCH = {
    "accepted": True,
    "counts": {"created": 1, "unchanged": 0, "updated": 0, "rejected": 1},
    "rows": [_CREATED, _WRONG_PHONE],
}
_ENDPOINT: dict[str, Any] = {
    "id": ENDPOINT,
    "agency_id": AGENCY,
    "url": "https://hoso.example.vn/buuta",
    "kind": "webhook",
    "group_id": None,
    "state": "active",
    "state_reason": None,
    "rotating_until": None,
    "public_key": "whpk_q6NnSVm8mLQ1bFvYkq0lT8y0uR1cYk0rJ1Yj0oQm9bM=",
    "keys_path": f"/.well-known/webhook-keys/79/{ENDPOINT}",
    "paused_until": None,
    "failures": 0,
    "last_success_at": "2026-11-20T02:14:32Z",
    "last_failure_at": None,
    "last_failure": None,
    "created_at": "2026-11-20T01:00:00Z",
    "pending": 0,
    "dead": 0,
    "oldest_waiting_at": None,
}
_RUN: dict[str, Any] = {
    "id": "3f1b7c52-9a04-7d18-8e6a-5b2c0d9f4e31",
    "agency_id": AGENCY,
    "agency_name": "Sở Nông nghiệp và Môi trường",
    "run_at": "2026-11-20T11:00:02Z",
    "by_night": False,
    "list_at": "2026-11-20T11:00:00Z",
    "pushed": True,
    "dossiers": 412,
    "kinds": {"due_differs": 1, "missing_here": 1},
    "differences": 2,
    "open": 2,
}
_MISSING: dict[str, Any] = {
    "dossier_code": CODE,
    "kind": "missing_here",
    "item_id": None,
    "here": None,
    "there": "with_post",
    "due_here": None,
    "due_there": "2026-11-25",
    "told": None,
    "acknowledged": None,
    "endpoints": [],
    "detail": "Cơ quan ghi đã giao bưu điện; bưu điện chưa nhận hồ sơ này.",
    "detail_en": "The agency has it as handed to the post; the post has never got it.",
    "repair": "take_in",
    "repaired_at": None,
}
_DATES: dict[str, Any] = _MISSING | {
    "dossier_code": "H29.16-261120-0002",
    "kind": "due_differs",
    "item_id": ITEM,
    "here": "out",
    "due_here": "2026-11-25",
    "due_there": "2026-11-27",
    "detail": "Ngày hẹn trả khác nhau: bưu điện ghi 25/11/2026, cơ quan ghi 27/11/2026.",
    "detail_en": "The due dates differ: the post has 25/11/2026, the agency 27/11/2026.",
    "repair": "take_date",
}
_COMPARED = {"run": _RUN, "found": [_MISSING, _DATES]}
_LISTED = {
    "listed_at": "2026-11-20T18:00:00+07:00",
    "entries": [
        {
            "dossier_code": CODE,
            "portal_status": 9,
            "due_on": "2026-11-25",
            "result": {name: _ROW[name] for name in _ROW if name not in ("dossier_code", "due_on")},
        },
        {"dossier_code": "H29.16-261120-0002", "portal_status": 9, "due_on": "2026-11-27"},
    ],
}
_MADE = {"endpoint": _ENDPOINT, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="}
_OPENCPS_URL = "https://hoso.example.vn/o/rest/v2/dossiers/vnpost"
_OPENCPS = _ENDPOINT | {"url": _OPENCPS_URL, "kind": "opencps", "group_id": "35417", "public_key": None}
_SOURCE: dict[str, Any] = {
    "id": "2c8b6a1e-5d40-7a93-b7c1-6e0f9d3a5b12",
    "agency_id": AGENCY,
    "url": "https://hoso.example.vn/results",
    "kind": "rows",
    "every_minutes": 5,
    "state": "active",
    "state_reason": None,
    "cursor": "n-1250",
    "failures": 0,
    "next_at": "2026-11-20T02:19:32Z",
    "last_ok_at": "2026-11-20T02:14:32Z",
    "last_error": None,
    "last_error_at": None,
    "rows_taken": 1249,
    "rows_refused": 1,
    "created_at": "2026-11-20T01:00:00Z",
}
_REFUSED = {
    "dossier_code": _WRONG_PHONE["dossier_code"],
    "row": _ROW | {"dossier_code": _WRONG_PHONE["dossier_code"], "addressee": {"name": "Trần Văn Bảy", "phone": "12"}},
    "problems": _WRONG_PHONE["problems"],
    "first_at": "2026-11-20T02:14:32Z",
    "last_at": "2026-11-20T02:14:32Z",
}
_PAGE = {"events": [EVENT], "next": "MTIzNDU2"}
_ORDER = {
    "CustomerCode": "CC01",
    "OrderNumber": CODE,
    "CODAmount": 100_000,
    "SenderName": "Sở Nông nghiệp và Môi trường",
    "SenderAddress": "Số 63 Lý Tự Trọng",
    "SenderTel": "02838290000",
    "ReceiverName": "Nguyễn Thị Bích Ngọc",
    "ReceiverAddress": "Số 12 Lê Lợi, phường Sài Gòn",
    "ReceiverTel": "0999123456",
    "Description": PROCEDURE,
}
_ORDERED: dict[str, Any] = {
    "Status": "100",
    "Message": "Đã tiếp nhận yêu cầu",
    "ItemCode": ITEM_CODE,
    "Errors": [],
    "Warnings": [],
}
_CANCELLED: dict[str, Any] = {
    "Status": "100",
    "Message": "Đã hủy yêu cầu",
    "ItemCode": None,
    "Errors": [],
    "Warnings": [],
}
_TRACKED = {
    "_size": 100,
    "_total_pages": 1,
    "_returned": 1,
    "_embedded": {
        "rh:doc": [
            {
                "_id": {"$oid": "00000000000000000000002a"},
                "CustomerCode": "CC01",
                "OrderNumber": CODE,
                "EventTime": "2026-11-20T09:14:09+07:00",
                "POSID": None,
                "ItemCode": ITEM_CODE,
                "StatusCode": 3,
                "StatusMessage": "Phát chưa thành công",
                "Notes": "absent",
            }
        ]
    },
}

REQUESTS: dict[str, Any] = {
    "post_results": {"rows": [_ROW]},
    "post_withdrawal": _NAMED,
    "post_due_dates": {"rows": [{"dossier_code": CODE, "due_on": "2026-11-27", "apology_slip": "XL-0042"}]},
    "post_endpoint": {"url": _ENDPOINT["url"]},
    "post_opencps_endpoint": {"url": _OPENCPS_URL, "credential": "buuta:mat-khau", "group_id": "35417"},
    "post_source": {"url": _SOURCE["url"], "secret": "khoa-doc-danh-sach", "every_minutes": 5},
    "post_replay": {"dossier_code": CODE, "from_sequence": 2},
    "post_list": _LISTED,
    "post_run": {},
    "post_repair": {"dossier_code": CODE, "kind": "missing_here"},
    "post_repair_undo": {"dossier_code": "H29.16-261120-0002", "kind": "due_differs"},
    "post_opencps_order": _ORDER,
    "post_opencps_cancel": {"CustomerCode": "CC01", "OrderNumber": CODE},
    "post_opencps_tracking": {"pageSize": 100, "lastId": "0" * 24},
    "post_solve": ROUTING_PROBLEM,
}
"""JSON bodies by operation."""

ANSWERS: dict[str, Any] = {
    "post_results": _BATCH,
    "post_withdrawal": {
        "rows": [
            {
                "index": 0,
                "outcome": "withdrawn",
                "dossier_code": CODE,
                "item_id": ITEM,
                "tracking_code": TRACKING,
                "problems": [],
            }
        ]
    },
    "post_due_dates": {
        "accepted": True,
        "counts": {"created": 0, "unchanged": 0, "updated": 1, "rejected": 0},
        "rows": [_CREATED | {"outcome": "updated"}],
    },
    "post_upload": _BATCH | {"accepted": False, "rows": [_CREATED | {"index": 2}, _WRONG_PHONE | {"index": 3}]},
    "get_events": _PAGE,
    "get_dossier_events": _PAGE | {"next": ""},
    "get_endpoints": {"endpoints": [_ENDPOINT]},
    "post_endpoint": _MADE,
    "post_opencps_endpoint": _OPENCPS,
    "get_sources": {"sources": [_SOURCE]},
    "post_source": _SOURCE,
    "post_poll": _SOURCE,
    "post_source_off": _SOURCE | {"state": "disabled", "state_reason": "user:…"},
    "post_source_on": _SOURCE,
    "get_refused": {"rows": [_REFUSED]},
    "post_rotate": _MADE | {"endpoint": _ENDPOINT | {"rotating_until": "2026-11-21T01:00:00Z"}},
    "post_disable": _ENDPOINT | {"state": "disabled"},
    "post_enable": _ENDPOINT,
    "post_replay": {"messages": 3},
    "get_dead_letters": {
        "letters": [
            {
                "id": EVENT["id"],
                "dossier_code": CODE,
                "sequence": 4,
                "type": EVENT["type"],
                "recorded_at": EVENT["recordedtime"],
                "settled_at": "2026-11-23T06:20:00Z",
                "attempts": 10,
                "status": 500,
                "error": "HTTP 500",
                "body": EVENT,
            }
        ]
    },
    "post_test": {
        "id": TEST["id"],
        "accepted": True,
        "status": 204,
        "error": None,
        "took_ms": 38,
        "headers": {
            "content-type": "application/cloudevents+json",
            "webhook-id": TEST["id"],
            "webhook-timestamp": "1795140869",
            "webhook-signature": "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
        },
        "body": TEST,
    },
    "post_list": _COMPARED,
    "post_list_file": _COMPARED,
    "post_run": _COMPARED,
    "get_run": _COMPARED,
    "get_runs": {"runs": [_RUN]},
    "get_newest_runs": {"runs": [_RUN]},
    "post_repair": _MISSING | {"repaired_at": "2026-11-20T11:02:10Z"},
    "post_repair_undo": _DATES,
    "post_opencps_token": {"access_token": "buuta_…", "token_type": "Bearer", "expires_in": 3600},
    "post_opencps_order": _ORDERED,
    "get_opencps_cancel": _CANCELLED,
    "post_opencps_cancel": _CANCELLED,
    "get_opencps_tracking": _TRACKED,
    "post_opencps_tracking": _TRACKED,
    "post_solve": ROUTING_ANSWER,
    "get_item_epcis": EPCIS,
}
"""JSON answers by operation."""


def put_examples(operation: dict[str, Any], composer: Composer) -> None:
    """Set an example of every body: the one written down above, else one composed of its schema."""
    name = operation["operationId"]
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if not _is_file(content):
            content["example"] = _example(REQUESTS, name, content, composer)
    for status, answer in operation["responses"].items():
        for kind, content in answer.get("content", {}).items():
            if status.startswith("2") and kind.endswith("json") and not _is_file(content):
                content["example"] = _example(ANSWERS, name, content, composer)


def _example(told: dict[str, Any], name: str, content: dict[str, Any], composer: Composer) -> Any:
    return told[name] if name in told else composer.compose(content["schema"], name)


def _is_file(content: dict[str, Any]) -> bool:
    """A picture or a paper, which no text shows."""
    return bool(content["schema"].get("format") == "binary")
