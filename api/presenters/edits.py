"""Edits in and out: bodies become commands, reckoned edits become figures and sentences."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from uuid import UUID

from api.schemas.edits import (
    BrokenOut,
    CommandIn,
    DropIn,
    EditOut,
    InsertIn,
    LockIn,
    MoveIn,
    ReorderIn,
    RouteChange,
    RouteFigures,
    SplitIn,
    SwapIn,
    TimeOut,
    UnlockIn,
    VersionList,
    VersionOut,
)
from api.schemas.plans import CostOut
from core.clock import instant
from routing.appraise import Broken, route_difference
from routing.commands import (
    Command,
    DropStops,
    InsertStops,
    LockStops,
    MoveStops,
    ReorderRound,
    SplitRound,
    SwapRoutes,
    UnlockStops,
)
from routing.editing import EditAnswer, steps_of
from routing.model import Route
from routing.standing import couriers_of, touched
from routing.store_versions import PlanVersion
from tracking.model import Courier

_COMMANDS: Mapping[type, type] = {
    MoveIn: MoveStops,
    ReorderIn: ReorderRound,
    LockIn: LockStops,
    UnlockIn: UnlockStops,
    SwapIn: SwapRoutes,
    SplitIn: SplitRound,
    DropIn: DropStops,
    InsertIn: InsertStops,
}
_KINDS = {command.__name__: kind.__name__.removesuffix("In").lower() for kind, command in _COMMANDS.items()}


def command_of(content: CommandIn) -> Command:
    """The command a body asks for."""
    values = content.model_dump(exclude={"kind"})
    make: Callable[..., Command] = _COMMANDS[type(content)]
    return make(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})


def edit_out(answer: EditAnswer, couriers: Mapping[UUID, Courier]) -> EditOut:
    """A reckoned edit."""
    day, found = answer.head.day, answer.appraisal
    changed = found.routes
    return EditOut(
        version=answer.version,
        overtaken=list(answer.overtaken),
        difference=cost_out(found.difference),
        routes=[
            RouteChange(
                courier_id=courier,
                courier_name=couriers[courier].name if courier in couriers else "",
                before=_figures(day, before),
                after=_figures(day, after),
                difference=cost_out(route_difference(before, after)),
            )
            for courier, (before, after) in changed.items()
        ],
        times=[one for _, after in changed.values() if after is not None for one in _times(day, after)],
        broken=broken_out(found.broken),
        remaining=broken_out(found.remaining),
    )


def version_list(versions: list[PlanVersion], names: Mapping[str, str], actor: str) -> VersionList:
    """The history of a plan with people's names."""
    undo, redo = steps_of(versions, actor)
    return VersionList(
        versions=[_version(one, names, actor) for one in versions],
        undo=undo.version if undo else None,
        redo=redo.version if redo else None,
    )


def _version(one: PlanVersion, names: Mapping[str, str], actor: str) -> VersionOut:
    return VersionOut(
        version=one.version,
        kind=one.kind,  # type: ignore[arg-type]
        concerns=one.concerns,
        command=_KINDS.get(one.command, one.command),
        visit_ids=sorted(name.removeprefix("visit/") for name in touched(one.changes) if name.startswith("visit/")),
        courier_ids=sorted(couriers_of(one.changes)),
        difference=cost_out(one.difference),
        made_at=one.made_at,
        made_by=names.get(one.made_by, ""),
        mine=one.made_by == actor,
    )


def _figures(day: date, route: Route | None) -> RouteFigures:
    if route is None:
        return RouteFigures(stops=0, distance_m=0, travel_s=0, wait_s=0, finish_at=None)
    return RouteFigures(
        stops=len(route.stops),
        distance_m=route.distance_m,
        travel_s=route.travel_s,
        wait_s=route.wait_s,
        finish_at=instant(day, max(one.return_s for one in route.rounds)),
    )


def _times(day: date, route: Route) -> Iterable[TimeOut]:
    for stop in route.stops:
        yield TimeOut(
            visit_id=stop.visit_id,
            courier_id=route.courier_id,
            round=stop.round,
            arrival_at=instant(day, stop.arrival_s),
            start_at=instant(day, stop.start_s),
        )


def broken_out(found: Iterable[Broken]) -> list[BrokenOut]:
    """Broken rules as sentences."""
    return [
        BrokenOut(
            code=one.mistake.code,
            detail=one.mistake.text("vi"),
            detail_en=one.mistake.text("en"),
            courier_id=one.courier_id,
            visit_id=one.visit_id,
            override=one.override,  # type: ignore[arg-type]
        )
        for one in found
    ]


def cost_out(terms: Mapping[str, int]) -> CostOut:
    """Cost by term with its sum."""
    return CostOut(total=sum(terms.values()), terms=dict(terms))
