"""Learned service times: how much longer, or shorter, visits last than the standard time.

Learned by commune and by class of pin error, for a badly known door costs a search that the standard only guesses.
"""

from collections.abc import Iterable
from dataclasses import dataclass

# edges of the classes of pin error, in metres
ERROR_EDGES_M = (50, 200, 1_000)
ALL_ERRORS = -1
WHOLE_PROVINCE = ""
# visits that weigh as much as what is known from the step before
_WEIGHT = 10.0
_LEAST, _MOST = 0.3, 4.0
# one forgotten phone or one cup of tea is no habit of the place
_SHORTEST, _LONGEST = 0.2, 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenVisit:
    """A visit as it was: the door's commune, the pin's error radius then, standard and true seconds."""

    commune_code: str
    error_m: int
    standard_s: float
    seen_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedService:
    """Visits of a commune (empty: the province) and class of pin error (-1: all) as a multiple of the standard time."""

    commune_code: str
    error_class: int
    factor: float
    visits: int


@dataclass(frozen=True, slots=True)
class ServiceFactors:
    """What the standard service time is multiplied by."""

    factors: dict[tuple[str, int], float]

    @classmethod
    def of(cls, learned: Iterable[LearnedService]) -> "ServiceFactors":
        """From what was learned; nothing learned leaves the standard as it is."""
        return cls({(one.commune_code, one.error_class): one.factor for one in learned})

    def factor(self, commune_code: str | None, error_m: int | None) -> float:
        """Of a door, by the most that is known of it: commune and error, province and error, province."""
        error = error_class(error_m or 0)
        keys = (commune_code or WHOLE_PROVINCE, error), (WHOLE_PROVINCE, error), (WHOLE_PROVINCE, ALL_ERRORS)
        return next((self.factors[key] for key in keys if key in self.factors), 1.0)


STANDARD = ServiceFactors({})
"""Nothing learned yet."""


def error_class(error_m: int) -> int:
    """0 up to 50 m, 1 up to 200 m, 2 up to 1 km, 3 beyond."""
    return sum(error_m > edge for edge in ERROR_EDGES_M)


def learn_service(visits: Iterable[SeenVisit]) -> list[LearnedService]:
    """Factors of the province, of its classes of error, and of those in each commune, each shrunk to the one before."""
    sums: dict[tuple[str, int], list[float]] = {}
    for visit in visits:
        ratio = min(max(visit.seen_s / visit.standard_s, _SHORTEST), _LONGEST)
        error = error_class(visit.error_m)
        for key in {(WHOLE_PROVINCE, ALL_ERRORS), (WHOLE_PROVINCE, error), (visit.commune_code, error)}:
            total = sums.setdefault(key, [0.0, 0])
            total[0] += ratio
            total[1] += 1
    factors: dict[tuple[str, int], float] = {}
    # the province first, then its classes of error, then the communes: each leans on the one before
    for key in sorted(sums, key=lambda key: (key[0] != WHOLE_PROVINCE, key[1] != ALL_ERRORS, key)):
        ratio_sum, count = sums[key]
        known = _known(key, factors)
        factors[key] = min(max((ratio_sum + _WEIGHT * known) / (count + _WEIGHT), _LEAST), _MOST)
    return [
        LearnedService(commune_code=code, error_class=error, factor=round(factor, 3), visits=int(sums[code, error][1]))
        for (code, error), factor in factors.items()
    ]


def _known(key: tuple[str, int], factors: dict[tuple[str, int], float]) -> float:
    code, error = key
    if error == ALL_ERRORS:
        return 1.0
    return factors[WHOLE_PROVINCE, ALL_ERRORS if code == WHOLE_PROVINCE else error]
