"""The sandbox's way to Bưu Tá: an agency's key, its results, its endpoint."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import httpx

from api.sandbox.errors import RECEIVER_UNREACHABLE, SERVER_REFUSED
from core.errors import fail

_BATCH = 100
_PATIENCE_S = 60.0


class Link:
    """Calls as a dossier system does. Raises A8001 when nobody answers and A8003 when the server says no."""

    def __init__(self, base_url: str, key: str) -> None:
        self._http = httpx.Client(
            base_url=base_url, timeout=_PATIENCE_S, trust_env=False, headers={"Authorization": f"Bearer {key}"}
        )

    def register(self, hooks_url: str) -> str:
        """Set the endpoint and return its secret. One that was there already gets a new secret, the old one signs on
        for a day.
        """
        made = self._post("/v1/endpoints", {"url": hooks_url})
        if made["secret"] is None:
            made = self._post(f"/v1/endpoints/{made['endpoint']['id']}/rotate", None)
        return str(made["secret"])

    def send(self, rows: Sequence[dict[str, Any]]) -> tuple[Counter[str], list[dict[str, Any]]]:
        """Hand results in; how many came to which outcome, and the answer of each row."""
        counts: Counter[str] = Counter()
        answers: list[dict[str, Any]] = []
        for first in range(0, len(rows), _BATCH):
            answer = self._post("/v1/results:batch", {"rows": list(rows[first : first + _BATCH])})
            counts.update(answer["counts"])
            answers += answer["rows"]
        return counts, answers

    def close(self) -> None:
        """Drop the connections."""
        self._http.close()

    def _post(self, path: str, body: Any) -> Any:
        try:
            answer = self._http.post(path, json=body) if body is not None else self._http.post(path)
        except httpx.TransportError as broken:
            url = str(self._http.base_url)
            raise fail(RECEIVER_UNREACHABLE, url=url, reason=type(broken).__name__) from broken
        if answer.is_error:
            raise fail(SERVER_REFUSED, path=path, status=answer.status_code, reason=answer.text[:400])
        return answer.json()
