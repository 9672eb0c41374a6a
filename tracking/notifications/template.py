"""How a provider's HTTP interface is spoken to: what is sent is a template, what is read from its answer too."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import orjson

from core.errors import Problem, problem
from tracking.feedback.sender import Answer
from tracking.notifications.errors import BAD_CHANNEL
from tracking.notifications.values import Kind, Letter, Outcome, Result

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_HEADER = re.compile(r"^[A-Za-z0-9-]{1,80}$")
PLACEHOLDERS = frozenset(
    {
        "address", "text", "subject", "message_id", "kind", "secret", "template",
        "dossiers", "when", "money", "next", "at", "office", "track", "stop",
    }
)  # fmt: skip
# In headers goes what is no person's.
_HEADER_PLACEHOLDERS = frozenset({"secret", "message_id"})
_LONGEST = 8_000
# Nothing was sent when the connection never came to be.
_NOT_SENT = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout"})
_ASKS_TO_WAIT = frozenset({429, 503})
_PHONE_FORMS = ("0", "84", "+84")
_NO_OBJECT = ("phải là một đối tượng", "it must be an object")


def template_mistakes(config: Mapping[str, Any]) -> Iterator[Problem]:
    """All that is wrong with a template but its URL."""
    if _PLACEHOLDER.search(str(config.get("url", ""))):
        yield _bad(
            "url", "địa chỉ không được có chỗ trống: nó vào nhật ký", "it may hold no placeholders: it is logged"
        )
    if config.get("body_form", "json") not in ("json", "form"):
        yield _bad("body_form", "phải là json hoặc form", "it must be json or form")
    yield from _header_mistakes(config.get("headers", {}))
    yield from _body_mistakes(config)
    yield from _success_mistakes(config.get("success", {}))
    if len(orjson.dumps(dict(config))) > _LONGEST:
        yield _bad("body", f"dài quá {_LONGEST} ký tự", f"it is longer than {_LONGEST} characters")
    if config.get("phone_form", "0") not in _PHONE_FORMS:
        yield _bad("phone_form", "phải là 0, 84 hoặc +84", "it must be 0, 84 or +84")


def _body_mistakes(config: Mapping[str, Any]) -> Iterator[Problem]:
    body, templates = config.get("body"), config.get("templates", {})
    for name, part in (("body", body), ("templates", templates)):
        if not isinstance(part, dict):
            yield _bad(name, *_NO_OBJECT)
    if not isinstance(body, dict) or not isinstance(templates, dict):
        return
    if config.get("body_form") == "form" and not all(isinstance(value, str) for value in body.values()):
        yield _bad("body", "mẫu form chỉ có chữ", "a form holds texts only")
    used = {name for text in _texts_of(body) for name in _PLACEHOLDER.findall(text)}
    for name in sorted(used - PLACEHOLDERS):
        yield _bad("body", f"không có chỗ trống {{{name}}}", f"there is no placeholder {{{name}}}")
    if "address" not in used or not used & {"text", "template"}:
        yield _bad("body", "cần {address} và {text} hoặc {template}", "{address} and {text} or {template} are needed")
    missing = [kind for kind in Kind if kind not in templates]
    if "template" in used and missing:
        names = ", ".join(missing)
        yield _bad("templates", f"thiếu mẫu cho {names}", f"a template is missing for {names}")


def _header_mistakes(headers: object) -> Iterator[Problem]:
    if not isinstance(headers, dict):
        yield _bad("headers", *_NO_OBJECT)
        return
    for name, value in headers.items():
        if not _HEADER.match(name) or not isinstance(value, str) or not value.isascii() or not value.isprintable():
            yield _bad("headers", f"tiêu đề «{name[:80]}» sai", f"header “{name[:80]}” is wrong")
        elif not set(_PLACEHOLDER.findall(value)) <= _HEADER_PLACEHOLDERS:
            yield _bad("headers", "chỉ được {secret} và {message_id}", "only {secret} and {message_id} may stand there")


def _success_mistakes(success: object) -> Iterator[Problem]:
    if not isinstance(success, dict):
        yield _bad("success", *_NO_OBJECT)
        return
    if not isinstance(success.get("field", ""), str):
        yield _bad("success", "field phải là chữ", "field must be a text")
    for name in ("values", "again"):
        codes = success.get(name, [])
        # An answer's code is compared as a text: a number would never be met.
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            yield _bad("success", f"{name} phải là các chữ", f"{name} must be texts")


def body_of(config: Mapping[str, Any], letter: Letter, secret: str) -> tuple[str, dict[str, str]]:
    """The body and the headers of one message."""
    values = letter.words.fields | {
        "address": _address(letter.to, config.get("phone_form", "0")),
        "subject": letter.words.subject,
        "message_id": str(letter.message_id),
        "kind": letter.kind.value,
        "secret": secret,
        "template": str(config.get("templates", {}).get(letter.kind.value, "")),
    }
    filled = _filled(config["body"], values)
    headers = {name: _fill(value, values) for name, value in config.get("headers", {}).items()}
    if config.get("body_form", "json") == "form":
        return urlencode(filled), headers | {"content-type": "application/x-www-form-urlencoded"}
    return orjson.dumps(filled).decode(), headers | {"content-type": "application/json"}


def outcome_of(config: Mapping[str, Any], answer: Answer) -> Outcome:
    """What a provider said. Where it cannot be known whether it took the message, it may have."""
    if answer.status is None:
        return Outcome(result=Result.LATER if answer.error in _NOT_SENT else Result.UNSURE, error=answer.error)
    if answer.status in _ASKS_TO_WAIT:
        return Outcome(result=Result.LATER, error=answer.error)
    if answer.status >= 500 or answer.status == 408:
        return Outcome(result=Result.UNSURE, error=answer.error)
    if not 200 <= answer.status < 300:
        return Outcome(result=Result.REFUSED, error=answer.error)
    return _read(config.get("success") or {}, answer.body)


def _read(success: Mapping[str, Any], body: bytes) -> Outcome:
    if not success.get("field"):
        return Outcome(result=Result.SENT)
    try:
        found = orjson.loads(body)
        for name in str(success["field"]).split("."):
            found = found[int(name)] if isinstance(found, list) else found[name]
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError, ValueError):
        return Outcome(result=Result.UNSURE, error="answer not understood")
    code = str(found).lower() if isinstance(found, bool) else str(found)
    if code in success.get("values", ()):
        return Outcome(result=Result.SENT)
    result = Result.LATER if code in success.get("again", ()) else Result.REFUSED
    return Outcome(result=result, error=f"answer {code[:40]}")


def _filled(part: object, values: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {key: _filled(value, values) for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, values) for value in part]
    return _fill(part, values) if isinstance(part, str) else part


def _fill(text: str, values: Mapping[str, str]) -> str:
    # One pass: what was filled in is not looked at again.
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def _texts_of(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        for value in part.values():
            yield from _texts_of(value)
    elif isinstance(part, list):
        for value in part:
            yield from _texts_of(value)
    elif isinstance(part, str):
        yield part


def _address(to: str, form: str) -> str:
    """A Vietnamese number as the provider writes it; what is none stays."""
    return form + to[1:] if to.startswith("0") else to


def _bad(field: str, why: str, why_en: str) -> Problem:
    return problem(BAD_CHANNEL, pointer=field, field=field, why=why, why_en=why_en)
