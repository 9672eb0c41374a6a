"""A request in VROOM's words (its API 1.15), as frozen values.

Seconds, metres and [longitude, latitude]; times count from whatever origin the caller chose. Names are VROOM's own.
Each field's bounds stand in its type; what fields mean together is judged in `routing.vroom.review`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Literal

from annotated_types import Ge, Le, MaxLen, MinLen

# Read by whoever turns JSON into these values: no type stands for another, no field is unknown.
_STRICT = {"strict": True, "extra": "forbid", "allow_inf_nan": False}

Lon = Annotated[float, Ge(-180), Le(180)]
Lat = Annotated[float, Ge(-90), Le(90)]
Place = tuple[Lon, Lat]
Id = Annotated[int, Ge(0), Le(2**64 - 1)]
Index = Annotated[int, Ge(0), Le(65_535)]
Moment = Annotated[int, Ge(0), Le(2**40)]
Duration = Annotated[int, Ge(0), Le(10_000_000)]
Amount = Annotated[int, Ge(0), Le(10_000_000)]
Amounts = Annotated[tuple[Amount, ...], MaxLen(20)]
Skills = Annotated[tuple[Annotated[int, Ge(0), Le(2**32 - 1)], ...], MaxLen(1000)]
Priority = Annotated[int, Ge(0), Le(100)]
Window = tuple[Moment, Moment]
Windows = Annotated[tuple[Window, ...], MinLen(1), MaxLen(100)]
Text = Annotated[str, MaxLen(1000)]
Rate = Annotated[int, Ge(0), Le(1_000_000)]
Cell = Annotated[int, Ge(0), Le(10_000_000)]
Rows = tuple[tuple[Cell, ...], ...]
Kind = Literal["job", "pickup", "delivery"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentStep:
    """One end of a shipment: where, how long, when."""

    __pydantic_config__ = _STRICT
    id: Id
    description: Text | None = None
    location: Place | None = None
    location_index: Index | None = None
    setup: Duration = 0
    service: Duration = 0
    setup_per_type: Mapping[str, Duration] = field(default_factory=dict)
    service_per_type: Mapping[str, Duration] = field(default_factory=dict)
    time_windows: Windows = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A task at one place; `amount` is the deprecated name of `delivery`."""

    __pydantic_config__ = _STRICT
    id: Id
    description: Text | None = None
    location: Place | None = None
    location_index: Index | None = None
    setup: Duration = 0
    service: Duration = 0
    setup_per_type: Mapping[str, Duration] = field(default_factory=dict)
    service_per_type: Mapping[str, Duration] = field(default_factory=dict)
    amount: Amounts | None = None
    delivery: Amounts | None = None
    pickup: Amounts | None = None
    skills: Skills = ()
    priority: Priority = 0
    time_windows: Windows = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """Picked up at one place, handed over at another, by the same vehicle."""

    __pydantic_config__ = _STRICT
    pickup: ShipmentStep
    delivery: ShipmentStep
    amount: Amounts | None = None
    skills: Skills = ()
    priority: Priority = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What a vehicle costs: once, per hour of riding, per hour of set-up and service, per kilometre."""

    __pydantic_config__ = _STRICT
    fixed: Rate = 0
    per_hour: Rate = 3600
    per_task_hour: Rate = 0
    per_km: Rate = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A rest that begins inside one of its windows."""

    __pydantic_config__ = _STRICT
    id: Id
    time_windows: Windows = ()
    service: Duration = 0
    description: Text | None = None
    max_load: Amounts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleStep:
    """One step of a route the caller has in mind."""

    __pydantic_config__ = _STRICT
    type: Literal["start", "job", "pickup", "delivery", "break", "end"]
    id: Id | None = None
    service_at: Moment | None = None
    service_after: Moment | None = None
    service_before: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """Who drives: from where to where, when, how much, how fast, at what cost."""

    __pydantic_config__ = _STRICT
    id: Id
    profile: Annotated[str, MinLen(1), MaxLen(100)] = "car"
    description: Text | None = None
    start: Place | None = None
    start_index: Index | None = None
    end: Place | None = None
    end_index: Index | None = None
    capacity: Amounts | None = None
    costs: Costs = field(default_factory=Costs)
    skills: Skills = ()
    type: Text | None = None
    time_window: Window | None = None
    breaks: Annotated[tuple[Break, ...], MaxLen(20)] = ()
    speed_factor: Annotated[float, Ge(0.01), Le(5)] = 1.0
    max_tasks: Annotated[int, Ge(0), Le(10_000_000)] | None = None
    max_travel_time: Duration | None = None
    max_distance: Annotated[int, Ge(0), Le(10_000_000)] | None = None
    steps: Annotated[tuple[VehicleStep, ...], MaxLen(5000)] = ()

    @property
    def slowness(self) -> int:
        """Hundredths of a matrix second that one second of the matrix takes this vehicle, as VROOM rounds them."""
        return round(100 / self.speed_factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Travel of one profile between places known by index: row = from, column = to."""

    __pydantic_config__ = _STRICT
    durations: Rows | None = None
    distances: Rows | None = None
    costs: Rows | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`g` geometry, `c` plan mode, `l` seconds to search, `x` exploration 0-5, `t` threads."""

    __pydantic_config__ = _STRICT
    g: bool = False
    c: bool = False
    l: Annotated[float, Ge(0.2), Le(60)] | None = None  # noqa: E741  VROOM's own letter
    x: Annotated[int, Ge(0), Le(5)] | None = None
    t: Annotated[int, Ge(1), Le(64)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """All that is asked; `matrix` is the deprecated form: durations of whatever profile."""

    __pydantic_config__ = _STRICT
    vehicles: tuple[Vehicle, ...]
    jobs: tuple[Job, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    matrices: Mapping[str, Matrix] | None = None
    matrix: Rows | None = None
    options: Options = field(default_factory=Options)

    @property
    def travel(self) -> Mapping[str, Matrix]:
        """The custom matrices by profile; empty when places are known by coordinates alone."""
        if self.matrices is None and self.matrix is not None:
            return dict.fromkeys((vehicle.profile for vehicle in self.vehicles), Matrix(durations=self.matrix))
        return self.matrices or {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A job or one end of a shipment, with what they share; `pointer` is its place in the request."""

    kind: Kind
    body: Job | ShipmentStep
    delivery: tuple[int, ...]
    pickup: tuple[int, ...]
    skills: Sequence[int]
    priority: int
    pointer: str

    @property
    def key(self) -> str:
        """Its name among all tasks."""
        return f"{self.kind}/{self.body.id}"

    def setup_by(self, vehicle: Vehicle) -> int:
        """Seconds of set-up with a vehicle of this type."""
        return self.body.setup if vehicle.type is None else self.body.setup_per_type.get(vehicle.type, self.body.setup)

    def service_by(self, vehicle: Vehicle) -> int:
        """Seconds of service with a vehicle of this type."""
        own = None if vehicle.type is None else self.body.service_per_type.get(vehicle.type)
        return self.body.service if own is None else own


def tasks_of(request: Request) -> list[Task]:
    """Jobs, then pickup and delivery of each shipment."""
    return [*map(_job, range(len(request.jobs)), request.jobs), *_ends(request.shipments)]


def _job(n: int, job: Job) -> Task:
    return Task(
        kind="job",
        body=job,
        delivery=job.delivery if job.delivery is not None else job.amount or (),
        pickup=job.pickup or (),
        skills=job.skills,
        priority=job.priority,
        pointer=f"/jobs/{n}",
    )


def _ends(shipments: Sequence[Shipment]) -> Iterator[Task]:
    for n, one in enumerate(shipments):
        amount, at = one.amount or (), f"/shipments/{n}"
        end = partial(Task, skills=one.skills, priority=one.priority)
        yield end(kind="pickup", body=one.pickup, delivery=(), pickup=amount, pointer=f"{at}/pickup")
        yield end(kind="delivery", body=one.delivery, delivery=amount, pickup=(), pointer=f"{at}/delivery")


def dimensions(request: Request) -> int:
    """How many amounts are counted: the longest array given."""
    arrays = [vehicle.capacity or () for vehicle in request.vehicles]
    arrays += [amounts for task in tasks_of(request) for amounts in (task.delivery, task.pickup)]
    return max(map(len, arrays), default=0)
