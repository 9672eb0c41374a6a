"""`buuta doctor`: what is there, what is missing, what to do."""

from collections.abc import Callable

import typer
from sqlalchemy.exc import ProgrammingError

from api import store_health
from api.commands.ground import opened, operator_scope
from api.commands.output import AsJson, Exit, coded_errors, say
from api.migrate import current_revision, newest_revision
from api.runtime import Runtime
from api.settings import Settings, load_settings
from core.errors import CodedError
from geodata.osrm_programs import find_programs
from geodata.road_dataset import current_dataset
from tracking.feedback import endpoints
from tracking.notifications import desk
from tracking.reconcile.runs import still_differing
from tracking.sources import registry

Check = Callable[[Settings, Runtime], str]


def doctor(as_json: AsJson = False) -> None:
    """Kiểm tra mọi thứ cần để chạy · check all that is needed; exit code 4 when something is missing."""
    with coded_errors(as_json=as_json):
        settings = load_settings()
        with opened(settings) as runtime:
            answers = {name: _answer(check, settings, runtime) for name, check in CHECKS.items()}
    lines = [f"{'●' if good else '▲'} {name:10} {words}" for name, (good, words) in answers.items()]
    body = {name: {"ok": good, "detail": words} for name, (good, words) in answers.items()}
    say(body, as_json=as_json, text="\n".join(lines))
    if not all(good for good, _ in answers.values()):
        raise typer.Exit(Exit.NOT_READY)


def _answer(check: Check, settings: Settings, runtime: Runtime) -> tuple[bool, str]:
    try:
        return True, check(settings, runtime)
    except CodedError as missing:
        return False, "; ".join(f"{one.code} {one.text('vi')}" for one in missing.problems)
    except ProgrammingError:
        # A table that is asked for is not there.
        return False, "buuta migrate"
    except LookupError as missing:
        return False, str(missing.args[0])


def _database(_: Settings, runtime: Runtime) -> str:
    with runtime.database.reading() as session:
        return f"PostgreSQL {store_health.server_version(session)}"


def _postgis(_: Settings, runtime: Runtime) -> str:
    with runtime.database.reading() as session:
        found = store_health.postgis_version(session)
    if found is None:
        raise LookupError("PostGIS: buuta migrate")
    return found


def _schema(_: Settings, runtime: Runtime) -> str:
    have, want = current_revision(runtime.database), newest_revision()
    if have != want:
        raise LookupError(f"{have} → {want}: buuta migrate")
    return want


def _communes(_: Settings, runtime: Runtime) -> str:
    with runtime.database.reading() as session:
        count = store_health.count_communes(session)
    if not count:
        raise LookupError("0: buuta communes load")
    return str(count)


def _workers(_: Settings, runtime: Runtime) -> str:
    with runtime.database.reading() as session:
        count = store_health.count_workers(session)
    if not count:
        raise LookupError("0: buuta worker")
    return str(count)


def _programs(settings: Settings, _: Runtime) -> str:
    return str(find_programs(settings.data_dir).bin_dir)


def _roads(settings: Settings, _: Runtime) -> str:
    dataset = current_dataset(settings.data_dir)
    if dataset is None:
        raise LookupError("buuta roads import <osm.pbf>")
    return dataset.id


def _web(_: Settings, runtime: Runtime) -> str:
    dist = runtime.options.web_dist
    if not dist.is_dir():
        raise LookupError("web/dist: make setup")
    return str(dist)


def _blobs(settings: Settings, runtime: Runtime) -> str:
    runtime.blobs.put("doctor", b"ok")
    if runtime.blobs.get("doctor") != b"ok":
        raise LookupError(settings.blob_location)
    runtime.blobs.delete("doctor")
    return settings.blob_location


def _secrets(settings: Settings, runtime: Runtime) -> str:
    # Opened with another key than the one they were shut with, endpoints would get nothing, sources would not be asked
    # and citizens not told: better told here.
    scope, box = operator_scope(settings), runtime.secrets
    with runtime.database.reading() as session:
        checks = (endpoints.check_secrets, registry.check_secrets, desk.check_secrets)
        return str(sum(check(session, scope=scope, box=box) for check in checks))


def _dossiers(settings: Settings, runtime: Runtime) -> str:
    with runtime.database.reading() as session:
        counts = still_differing(session, scope=operator_scope(settings))
    if counts:
        raise LookupError(
            f"{sum(counts.values())} khác biệt · differences, {len(counts)} cơ quan · agencies: buuta reconcile"
        )
    return "0"


CHECKS: dict[str, Check] = {
    "database": _database,
    "postgis": _postgis,
    "schema": _schema,
    "communes": _communes,
    "workers": _workers,
    "osrm": _programs,
    "roads": _roads,
    "web": _web,
    "blobs": _blobs,
    "secrets": _secrets,
    "dossiers": _dossiers,
}
