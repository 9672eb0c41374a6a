"""Random requests in VROOM's JSON, with a matrix of their own."""

import random
from typing import Any

Json = dict[str, Any]
_DAY = 36_000


def random_request(rng: random.Random, tasks: int, vehicles: int, *, rich: bool = True) -> Json:
    """Places in the plane; `rich` adds every kind of rule, else windows and loads only."""
    places = [(rng.random() * 4000, rng.random() * 4000) for _ in range(tasks * 2 + vehicles + 1)]
    durations = [
        [round(((a - c) ** 2 + (b - d) ** 2) ** 0.5 * rng.uniform(1, 1.1)) for c, d in places] for a, b in places
    ]
    for n in range(len(places)):
        durations[n][n] = 0
    distances = [[8 * second for second in row] for row in durations]
    free = iter(range(vehicles + 1, len(places)))
    shipments = tasks // 4 if rich else 0
    request: Json = {
        "vehicles": [_vehicle(rng, n, rich=rich) for n in range(vehicles)],
        "jobs": [_job(rng, n, next(free), rich=rich) for n in range(tasks - 2 * shipments)],
        "matrices": {"car": {"durations": durations, "distances": distances}},
        "options": {"l": 4.0},
    }
    if shipments:
        request["shipments"] = [_shipment(rng, n, next(free), next(free)) for n in range(shipments)]
    return request


def _vehicle(rng: random.Random, n: int, *, rich: bool) -> Json:
    vehicle: Json = {
        "id": n,
        "start_index": n if rich else 0,
        "end_index": n if rich else 0,
        "capacity": [rng.randint(8, 14), 60],
        "time_window": [rng.randrange(0, 7200), _DAY - rng.randrange(0, 7200)],
    }
    if not rich:
        return vehicle
    vehicle["skills"] = [1, 2] if n % 2 == 0 else [1]
    if rng.random() < 0.2:
        del vehicle["end_index"]
    elif rng.random() < 0.2:
        del vehicle["start_index"]
    if rng.random() < 0.4:
        opens = rng.randrange(12_000, 20_000)
        vehicle["breaks"] = [{"id": 1, "service": 1200, "time_windows": [[opens, opens + 2400]]}]
    if rng.random() < 0.3:
        vehicle["speed_factor"] = rng.choice([0.8, 1.25, 1.5])
    if rng.random() < 0.3:
        vehicle["max_tasks"] = rng.randint(4, 12)
    if rng.random() < 0.3:
        vehicle["max_travel_time"] = rng.randint(9000, 20_000)
    if rng.random() < 0.3:
        vehicle["costs"] = {"fixed": rng.choice([0, 500]), "per_hour": rng.choice([1800, 3600, 5400])}
    return vehicle


def _windows(rng: random.Random) -> Json:
    if rng.random() < 0.5:
        return {}
    opens = rng.randrange(4000, 24_000)
    windows = [[opens, opens + 6000]]
    return {"time_windows": windows + ([[opens + 8000, opens + 12_000]] if rng.random() < 0.3 else [])}


def _step(rng: random.Random, place: int) -> Json:
    return {"location_index": place, "service": rng.randrange(60, 600), **_windows(rng)}


def _job(rng: random.Random, n: int, place: int, *, rich: bool) -> Json:
    job = {"id": n, **_step(rng, place), rng.choice(["delivery", "pickup"]): [1, rng.randint(1, 6)]}
    if rich:
        job["setup"] = rng.choice([0, 120])
        job["priority"] = rng.choice([0, 0, 0, 10])
        job["skills"] = [2] if rng.random() < 0.15 else []
    return job


def _shipment(rng: random.Random, n: int, pickup: int, delivery: int) -> Json:
    return {
        "amount": [1, rng.randint(1, 6)],
        "pickup": {"id": n, **_step(rng, pickup)},
        "delivery": {"id": n, **_step(rng, delivery)},
    }
