"""Which engine knows every rule of a problem."""

from itertools import pairwise

from routing.model import Problem, Vehicle
from routing.rules import plus

# What the engine of one process may take for its matrices.
_WHOLE_BYTES = 500_000_000
# So many visits in pairs; every stretch of a round is kept.
_MOST_PAIRED = 500


def can_guide(problem: Problem) -> bool:
    """Whether PyVRP may search the problem; rules it does not know are left out, and what breaks them is repaired.

    Not where it would be led astray: rounds that wait for each other, and pairs of which one half is made.
    """
    pairs = {name for pair in problem.pairs for name in (pair.pickup_id, pair.delivery_id)}
    begun = any(v in pairs for one in problem.frozen for v in one.visit_ids)
    return not begun and not any(_waits(problem, vehicle) for vehicle in problem.vehicles)


def can_express(problem: Problem) -> bool:
    """Whether PyVRP knows every rule of the problem it may search (the price of finishing late apart)."""
    pairs = {name for pair in problem.pairs for name in (pair.pickup_id, pair.delivery_id)}
    paired = [visit for visit in problem.visits if visit.id in pairs]
    plain_pairs = all(len(visit.windows) <= 1 and not visit.ready_s for visit in paired)
    counted = bool(pairs) and any(vehicle.max_tasks is not None for vehicle in problem.vehicles)
    rests = any(shift.breaks for vehicle in problem.vehicles for shift in vehicle.shifts)
    return can_guide(problem) and plain_pairs and not (counted or rests or limits_riding(problem))


def is_all_pairs(problem: Problem) -> bool:
    """Whether the search of pairs knows the problem: every visit is half of a pair, what is collected is handed in
    whole, and nothing has begun.
    """
    visits = {visit.id: visit for visit in problem.visits}
    both = [(visits[pair.pickup_id], visits[pair.delivery_id]) for pair in problem.pairs]
    is_whole = all(
        not any(p.brought) and not any(d.collected) and not any(plus(p.collected, d.brought, -1)) for p, d in both
    )
    is_plain = can_express(problem) and not problem.frozen and is_whole
    unlimited = all(v.max_duration_s is None for v in problem.vehicles)
    return is_plain and unlimited and 2 * len(both) == len(visits) <= _MOST_PAIRED


def limits_riding(problem: Problem) -> bool:
    """Whether anyone may ride only so long or so far in a round."""
    return any(v.max_travel_s is not None or v.max_distance_m is not None for v in problem.vehicles)


def whole_fits(problem: Problem) -> bool:
    """Whether PyVRP may hold the whole problem: two matrices for each kind of courier, made once and copied once."""
    kinds = {(v.profile, v.speed_percent, v.weights, v.home_communes, v.skills, v.in_person) for v in problem.vehicles}
    own = {courier for courier, _ in problem.unfamiliar}
    return 32 * (len(kinds) + len(own)) * len(problem.visits) ** 2 <= _WHOLE_BYTES


def _waits(problem: Problem, vehicle: Vehicle) -> bool:
    """Whether his rounds wait for each other in a way PyVRP does not know."""
    begun = any(one.courier_id == vehicle.courier_id for one in problem.frozen)
    return overlapping(vehicle) and (begun or not _repeated(vehicle))


def overlapping(vehicle: Vehicle) -> bool:
    """Whether a round may have to wait for the one before."""
    return any(b.start_s < a.last_s + vehicle.reload_s for a, b in pairwise(vehicle.shifts))


def _repeated(vehicle: Vehicle) -> bool:
    """The same round again and again, from one depot."""
    first = vehicle.shifts[0]
    return not vehicle.reload_s and first.begins_at is None and first.ends_at is None and len(set(vehicle.shifts)) == 1
