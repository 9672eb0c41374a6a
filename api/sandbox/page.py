"""The sandbox's one page: what came, how each dossier stands, switches for the faults. Works without script."""

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from api.pages.texts import ACTION, REASON
from api.sandbox.dossiers import Delivery, Dossiers
from api.sandbox.faults import Fault
from api.sandbox.words import FAULT, OUTCOME, STATUS, TEXT, Language, pick
from core.clock import VIETNAM

_SHOWN = 60
# What the citizen reads of a failure, this page says too.
_WHY: Mapping[str, Mapping[str, Mapping[Any, str]]] = {"reason": REASON, "action": ACTION}
_STYLE = """:root{color-scheme:light}body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:64rem;
padding:0 1rem;color:#1B1F24}h1{color:#0B3D91;margin:0}h2{font-size:1.05rem;margin:1.6rem 0 .4rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}td,th{text-align:left;padding:.35rem .6rem;
border-bottom:1px solid #dde2e8;vertical-align:top}b{font-size:1.3rem}a{color:#0B3D91}
.sums,.switches{display:flex;flex-wrap:wrap;gap:.6rem 2rem;margin:1rem 0}.switches{gap:.5rem}form{margin:0}
button{font:inherit;padding:.35rem .8rem;border:1px solid #7c8794;border-radius:.4rem;background:#fff;cursor:pointer}
button[aria-pressed=true]{background:#8a1c1c;border-color:#8a1c1c;color:#fff}.note{background:#fff4d6;
padding:.5rem .8rem;border-left:4px solid #b07900}.scroll{overflow-x:auto}pre{overflow-x:auto;background:#f4f6f8;
padding:1rem}header{display:flex;justify-content:space-between;align-items:baseline;gap:1rem}small{color:#4a5561}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the page shows beside the dossiers; `token` proves that a click came from the page itself."""

    language: Language
    token: str
    faults: frozenset[Fault]
    share: float
    has_secret: bool
    can_send: bool


def page(dossiers: Dossiers, view: View) -> str:
    """The whole page."""
    with dossiers.lock:
        counts, journal = dict(dossiers.counts), list(dossiers.journal)
    latest = dossiers.latest()
    sums = (
        (len(latest), "dossiers"),
        (dossiers.returned(), "returned"),
        *((counts.get(name, 0), name) for name in ("applied", "faults", "repeated")),
        (counts.get("out_of_order", 0), "late"),
        (counts.get("refused", 0), "refused"),
    )
    say = _sayer(view.language)
    warning = "" if view.has_secret else f'<p class="note">▲ {say("no_secret")}</p>'
    return _document(
        view.language,
        f'<header><h1>{say("title")}</h1><a href="?lang={_other(view.language)}">{say("other")}</a></header>'
        f"<p>{say('lead')}</p>{warning}<div class=sums>"
        + "".join(f"<span><b>{number}</b><br>{say(name)}</span>" for number, name in sums)
        + f"</div>{_switches(view)}{_states(latest, view.language)}{_journal(journal, view.language)}",
        refresh=True,
    )


def dossier_page(dossier_code: str, chain: list[dict[str, Any]], language: Language) -> str:
    """Every event of a dossier as it came."""
    raw = html.escape(orjson.dumps(chain, option=orjson.OPT_INDENT_2).decode())
    say = _sayer(language)
    back = f'<p><a href="/?lang={language}">{say("back")}</a></p>'
    heading = f"<h1>{html.escape(dossier_code)}</h1>{back}<h2>{say('raw')}</h2>"
    return _document(language, f"{heading}<pre>{raw}</pre>", refresh=False)


def _document(language: Language, body: str, *, refresh: bool) -> str:
    renew = '<meta http-equiv="refresh" content="2">' if refresh else ""
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">{renew}'
        f'<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f"<title>{_sayer(language)('title')}</title>"
        f"<style>{_STYLE}</style>{body}"
    )


def _switches(view: View) -> str:
    say = _sayer(view.language)
    buttons = [_switch(fault, view) for fault in Fault]
    share = say("share").format(share=f"{view.share * 100:.0f}")
    sending = "".join(
        _button("/send", "count", str(n), f"{say('send')}: {n}", view, None) for n in (1, 20) if view.can_send
    )
    shown = f"<h2>{say('switches')} <small>({share})</small></h2><div class=switches>{''.join(buttons)}</div>"
    return shown + (f"<div class=switches>{sending}</div>" if sending else "")


def _switch(fault: Fault, view: View) -> str:
    is_on = fault in view.faults
    label = f"{pick(FAULT[fault], view.language)}: {pick(TEXT['on' if is_on else 'off'], view.language)}"
    return _button("/faults", "fault", fault, label, view, is_on)


def _button(action: str, name: str, value: str, label: str, view: View, pressed: bool | None) -> str:
    state = "" if pressed is None else f' aria-pressed="{str(pressed).lower()}"'
    return (
        f'<form method="post" action="{action}?lang={view.language}"><input type="hidden" name="token" '
        f'value="{view.token}"><button name="{name}" value="{value}"{state}>{html.escape(label)}</button></form>'
    )


def _states(latest: list[dict[str, Any]], language: Language) -> str:
    say = _sayer(language)
    if not latest:
        return f"<p>{say('empty')}</p>"
    rows = (_state_cells(event, language) for event in latest[:_SHOWN])
    return _table([say(name) for name in ("code", "status", "portal", "why", "at")], rows)


def _state_cells(event: dict[str, Any], language: Language) -> list[str]:
    data = event["data"]
    code, status = html.escape(str(data["dossier_code"])), str(data["status"])
    reason = " → ".join(_in_words(data, key, texts[language]) for key, texts in _WHY.items() if data.get(key))
    words = pick(STATUS[status], language) if status in STATUS else status
    link = f'<a href="/dossiers/{code}?lang={language}">{code}</a>'
    return [link, html.escape(words), str(data["portal_status"]), html.escape(reason), _clock(event["time"])]


def _in_words(data: Mapping[str, Any], key: str, texts: Mapping[Any, str]) -> str:
    """What a reason or an action is called; one that this page does not know, as it came."""
    return texts.get(data[key], str(data[key]))


def _journal(journal: Iterable[Delivery], language: Language) -> str:
    say = _sayer(language)
    rows = [
        [
            f"{one.at.astimezone(VIETNAM):%H:%M:%S}",
            html.escape(one.dossier_code),
            html.escape(one.sequence.lstrip("0")),
            html.escape(pick(OUTCOME[one.outcome], language)),
            f"<small>{html.escape(one.message_id)}</small>",
        ]
        for one in journal
    ]
    heads = [say("at"), say("code"), "sequence", say("made_of_it"), "webhook-id"]
    return f"<h2>{say('journal')}</h2>{_table(heads, rows)}" if rows else ""


def _table(heads: list[str], rows: Iterable[list[str]]) -> str:
    shown = "".join("<tr>" + "".join(f"<td>{cell}" for cell in row) + "</tr>" for row in rows)
    return f"<div class=scroll><table><tr>{''.join(f'<th>{head}' for head in heads)}</tr>{shown}</table></div>"


def _clock(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(VIETNAM):%d/%m %H:%M:%S}"


def _sayer(language: Language) -> Any:
    return lambda name: html.escape(pick(TEXT[name], language))


def _other(language: Language) -> Language:
    return "vi" if language == "en" else "en"
