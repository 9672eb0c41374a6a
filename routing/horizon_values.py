"""What the choice of day starts from and what it says."""

from dataclasses import dataclass

from routing.model import Vehicle, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What usually arrives at an office: visits seen before, `per_day` of which come on a working day.

    `slack[n]` is how many working days visit n may wait on the first day it can go.
    """

    visits: tuple[Visit, ...] = ()
    slack: tuple[int, ...] = ()
    per_day: float = 0.0


@dataclass(frozen=True, slots=True)
class Crews:
    """Who works for the office today and on the coming working days; on days further off, who works there today."""

    today: tuple[Vehicle, ...]
    coming: tuple[tuple[Vehicle, ...], ...] = ()

    def on(self, day: int) -> tuple[Vehicle, ...]:
        """The crew so many working days from today."""
        return self.coming[day - 1] if 0 < day <= len(self.coming) else self.today

    def everybody(self) -> tuple[Vehicle, ...]:
        """Whoever works there on any of the days."""
        return tuple(vehicle for crew in (self.today, *self.coming) for vehicle in crew)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRule:
    """How an office chooses days.

    `day_value_s` is the one number it sets: the cost seconds it pays to have a visit one working day earlier, from 0
    (cheapest) upwards. The others bound the effort: how many futures are drawn, how many working days they reach
    beyond today, and the wall seconds after which the choice is made with what is known.
    """

    day_value_s: int
    futures: int = 10
    ahead: int = 2
    seconds: float = 25.0

    @property
    def days_seen(self) -> int:
        """The most working days beyond today that a future reaches: what arrives last may wait as long again."""
        return max(2 * self.ahead, self.ahead + 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Whether a visit goes today.

    `go_share` is the part of the futures in which today was better, `later_s` the mean cost of making the visit on the
    later day that was best (None when no future kept it), `likely` the working days until that day, `slack` those
    until its last day. A visit that has to go has `must`.
    """

    visit_id: str
    go: bool
    must: bool
    slack: int
    go_share: float = 1.0
    later_s: int | None = None
    likely: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The choice of every visit, in the order of the problem; `futures` are those that were solved in time."""

    choices: tuple[Choice, ...] = ()
    futures: int = 0

    @property
    def kept(self) -> tuple[Choice, ...]:
        return tuple(choice for choice in self.choices if not choice.go)
