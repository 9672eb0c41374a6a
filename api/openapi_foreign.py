"""Examples in words that are not ours: VROOM's, and GS1's EPCIS."""

from typing import Any

ROUTING_PROBLEM: dict[str, Any] = {
    "vehicles": [
        {
            "id": 1,
            "description": "Trần Văn Bảy",
            "start_index": 0,
            "end_index": 0,
            "capacity": [80],
            "time_window": [0, 14400],
        }
    ],
    "jobs": [
        {"id": 11, "description": "Số 12 Lê Lợi", "location_index": 1, "service": 180, "delivery": [1]},
        {
            "id": 12,
            "description": "Số 63 Lý Tự Trọng",
            "location_index": 2,
            "service": 180,
            "delivery": [1],
            "time_windows": [[3600, 7200]],
        },
    ],
    "matrices": {
        "car": {
            "durations": [[0, 420, 300], [410, 0, 240], [310, 250, 0]],
            "distances": [[0, 2100, 1500], [2050, 0, 1200], [1550, 1250, 0]],
        }
    },
}
"""A courier with two doors, by travel times of the caller's own."""

# Of the one route, and so of all.
_SUMS: dict[str, Any] = {
    "cost": 960,
    "delivery": [2],
    "pickup": [0],
    "amount": [2],
    "setup": 0,
    "service": 360,
    "duration": 960,
    "waiting_time": 3300,
    "priority": 0,
    "distance": 4800,
    "violations": [],
}
ROUTING_ANSWER: dict[str, Any] = {
    "code": 0,
    "summary": {"routes": 1, "unassigned": 0} | _SUMS,
    "unassigned": [],
    "routes": [
        {
            "vehicle": 1,
            "description": "Trần Văn Bảy",
            "steps": [
                {
                    "type": "start",
                    "location_index": 0,
                    "setup": 0,
                    "service": 0,
                    "waiting_time": 0,
                    "load": [2],
                    "arrival": 0,
                    "duration": 0,
                    "violations": [],
                    "distance": 0,
                },
                {
                    "type": "job",
                    "location_index": 2,
                    "id": 12,
                    "description": "Số 63 Lý Tự Trọng",
                    "setup": 0,
                    "service": 180,
                    "waiting_time": 3300,
                    "job": 12,
                    "load": [1],
                    "arrival": 300,
                    "duration": 300,
                    "violations": [],
                    "distance": 1500,
                },
                {
                    "type": "job",
                    "location_index": 1,
                    "id": 11,
                    "description": "Số 12 Lê Lợi",
                    "setup": 0,
                    "service": 180,
                    "waiting_time": 0,
                    "job": 11,
                    "load": [0],
                    "arrival": 4030,
                    "duration": 550,
                    "violations": [],
                    "distance": 2750,
                },
                {
                    "type": "end",
                    "location_index": 0,
                    "setup": 0,
                    "service": 0,
                    "waiting_time": 0,
                    "load": [0],
                    "arrival": 4620,
                    "duration": 960,
                    "violations": [],
                    "distance": 4800,
                },
            ],
        }
        | _SUMS
    ],
    "notes": [],
}
"""What is answered to that."""

_OFFICE = {"id": "urn:uuid:9c6f7751-6313-53e7-b051-8b196422b4c3"}
EPCIS: dict[str, Any] = {
    "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
    "type": "EPCISDocument",
    "schemaVersion": "2.0",
    "creationDate": "2026-11-20T03:00:00.000Z",
    "epcisBody": {
        "eventList": [
            {
                "type": "ObjectEvent",
                "eventID": "ni:///sha-256;9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08?ver=CBV2.0",
                "eventTime": "2026-11-20T02:14:09.000Z",
                "recordTime": "2026-11-20T02:14:31.000Z",
                "eventTimeZoneOffset": "+07:00",
                "epcList": ["urn:uuid:0f0e3a6c-4c1e-7c1b-9d44-2f6f0c2b7a10"],
                "action": "DELETE",
                "bizStep": "dispensing",
                "disposition": "dispensed",
                "readPoint": _OFFICE,
                "bizLocation": _OFFICE,
            }
        ]
    },
}
