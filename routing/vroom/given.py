"""Plan mode: routes driven as given, with the best times they allow and every constraint they break."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.errors import CodedError
from core.errors import problem as mistake
from routing import errors_vroom as errors
from routing.solver.etas import Eta, Moment, times_of
from routing.vroom.ground import Ground
from routing.vroom.request import Vehicle, VehicleStep
from routing.vroom.trips import Broken, Call, Load, Step, Trip, place_of, steps_of, times_at

Windows = Sequence[tuple[int, int]]


def given_trips(ground: Ground) -> list[Trip]:
    """The trips of the vehicles that have steps. Raises R5122 where hard times contradict each other."""
    trips, wrong = [], []
    for n, vehicle in enumerate(ground.request.vehicles):
        if vehicle.steps:
            trip = _trip(ground, vehicle)
            if trip is None:
                wrong.append(mistake(errors.STEP_TIMES, pointer=f"/vehicles/{n}/steps", id=vehicle.id))
            else:
                trips.append(trip)
    if wrong:
        raise CodedError(wrong)
    return trips


def _trip(ground: Ground, vehicle: Vehicle) -> Trip | None:
    given = _with_ends(vehicle.steps)
    calls = [_call(ground, vehicle, step) for step in given]
    etas = times_of(list(_moments(ground, vehicle, given, calls)))
    if etas is None:
        return None
    steps = steps_of(ground, vehicle, [_timed(call, eta) for call, eta in zip(calls, etas, strict=True)])
    judged = _judged(vehicle, steps)
    return Trip(vehicle=vehicle, steps=tuple(judged), violations=tuple(_whole(vehicle, steps)))


def _with_ends(steps: Sequence[VehicleStep]) -> list[VehicleStep]:
    """Start and end are there, said or not."""
    first = [] if steps[0].type == "start" else [VehicleStep(type="start")]
    last = [] if steps[-1].type == "end" else [VehicleStep(type="end")]
    return [*first, *steps, *last]


def _call(ground: Ground, vehicle: Vehicle, step: VehicleStep) -> Call:
    rests = {rest.id: rest for rest in vehicle.breaks}
    return Call(
        type=step.type,
        at=0,
        task=ground.task_of.get(f"{step.type}/{step.id}"),
        rest=None if step.type != "break" or step.id is None else rests[step.id],
    )


def _timed(call: Call, eta: Eta) -> Call:
    return replace(call, at=eta.at, before=eta.ridden_s)


def _moments(ground: Ground, vehicle: Vehicle, given: Sequence[VehicleStep], calls: Sequence[Call]) -> Iterator[Moment]:
    seconds, place, met = ground.seconds_of(vehicle), ground.start(vehicle), False
    for step, call in zip(given, calls, strict=True):
        here = place_of(ground, vehicle, call)
        ride = 0 if here is None or place is None else int(seconds[place, here])
        busy = call.rest.service if call.rest is not None else 0
        if call.task is not None:
            busy = sum(times_at(vehicle, call.task, moved=here != place or not met))
            met = True
        low, high = _hard(step)
        yield Moment(
            windows=tuple(_wanted(vehicle, call)),
            low=low,
            high=high,
            busy_s=busy,
            ride_s=ride,
            pause=call.type == "break",
        )
        place = place if here is None else here


def _hard(step: VehicleStep) -> tuple[int | None, int | None]:
    """First and last moment the step may begin."""
    lows = [at for at in (step.service_at, step.service_after) if at is not None]
    highs = [at for at in (step.service_at, step.service_before) if at is not None]
    return max(lows, default=None), min(highs, default=None)


def _wanted(vehicle: Vehicle, call: Call) -> Windows:
    if call.task is not None:
        return call.task.body.time_windows
    if call.rest is not None:
        return call.rest.time_windows
    return () if vehicle.time_window is None else (vehicle.time_window,)


def _judged(vehicle: Vehicle, steps: Sequence[Step]) -> Iterator[Step]:
    """Every step with what it breaks."""
    picked: set[int] = set()
    handed = {step.call.task.body.id for step in steps if step.call.task and step.call.task.kind == "delivery"}
    done = 0
    for step in steps:
        broken = [*_missed(_wanted(vehicle, step.call), step.call.at), *_overload(vehicle, step)]
        task = step.call.task
        if task is not None:
            done += 1
            if vehicle.max_tasks is not None and done > vehicle.max_tasks:
                broken.append(Broken(cause="max_tasks"))
            if not set(task.skills) <= set(vehicle.skills):
                broken.append(Broken(cause="skills"))
            if (task.kind == "delivery" and task.body.id not in picked) or (
                task.kind == "pickup" and task.body.id not in handed
            ):
                broken.append(Broken(cause="precedence"))
            if task.kind == "pickup":
                picked.add(task.body.id)
        yield replace(step, violations=tuple(broken))


def _missed(windows: Windows, at: int) -> Iterator[Broken]:
    """Seconds to the nearest window: too early or too late for it."""
    if not windows or any(start <= at <= end for start, end in windows):
        return
    early = min((start - at for start, _ in windows if start > at), default=None)
    late = min((at - end for _, end in windows if end < at), default=None)
    if late is None or (early is not None and early < late):
        yield Broken(cause="lead_time", duration=early)
    else:
        yield Broken(cause="delay", duration=late)


def _overload(vehicle: Vehicle, step: Step) -> Iterator[Broken]:
    if _above(step.load, vehicle.capacity or ()):
        yield Broken(cause="load")
    rest = step.call.rest
    if rest is not None and rest.max_load is not None and _above(step.load, rest.max_load):
        yield Broken(cause="max_load")


def _above(load: Load, most: Load) -> bool:
    return any(amount > room for amount, room in zip(load, most, strict=False))


def _whole(vehicle: Vehicle, steps: Sequence[Step]) -> Iterator[Broken]:
    """What the way breaks as a whole."""
    last, taken = steps[-1], {step.call.rest.id for step in steps if step.call.rest is not None}
    if any(rest.id not in taken for rest in vehicle.breaks):
        yield Broken(cause="missing_break")
    if vehicle.max_travel_time is not None and last.duration > vehicle.max_travel_time:
        yield Broken(cause="max_travel_time")
    if vehicle.max_distance is not None and last.distance > vehicle.max_distance:
        yield Broken(cause="max_distance")
