"""Pretend people: where they live, by which link they came, what they are like, and when they are here."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from bot.store.daytime import DAY

THURSDAY = 3
"""1 January 1970, counted from Monday."""
FIRST = 1 << 52
"""Telegram's numbers have 52 bits, so from here on nobody real is meant."""

GROWTH = 4.0
"""How many come on the last day for each one on the first."""
WEEK = (1.1, 1.15, 1.1, 1.05, 1.0, 0.55, 0.5)
"""How busy the days are, from Monday."""
HOURS = (2, 1, 0.5, 0.3, 0.3, 0.5, 1, 3, 6, 9, 11, 10, 7, 8, 10, 11, 10, 8, 6, 7, 9, 10, 8, 5)
"""How busy the hours are where somebody lives."""
FADING = 0.6
"""Who comes back on the day after with probability p does so on day n with p / n ** FADING."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where people live."""

    share: float
    code: str
    """The language of their Telegram."""
    hours: int
    """Ahead of UTC."""
    zone: str
    """What they choose when they are asked for it."""

    @property
    def chinese(self) -> bool:
        """Whether they read Chinese."""
        return self.code.startswith("zh")


PLACES = (
    Place(0.50, "zh-hans", 8, "shanghai"),
    Place(0.03, "zh-hant", 8, "shanghai"),
    Place(0.05, "en", 8, "shanghai"),
    Place(0.13, "vi", 7, "hanoi"),
    Place(0.13, "ru", 3, "moscow"),
    Place(0.10, "es", -6, "mexico"),
    Place(0.06, "de", 1, "berlin"),
)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A link that was put up somewhere."""

    share: float
    link: str
    """What follows `/start`; empty for those who found the bot by themselves."""
    stays: float = 1.0
    """How well those who come by it fit; 1 is usual."""
    begins: float = 0.0
    """From when to when it stood there, as parts of the whole time."""
    ends: float = 1.0


BY_THEMSELVES = Campaign(0.3, "")
CHINESE = (
    BY_THEMSELVES,
    Campaign(0.25, "----wechat", 1.05),
    Campaign(0.80, "papers--zh_Hans--canton-fair", 1.25, 0.42, 0.6),
    Campaign(0.20, "iso9001--zh_Hans--douyin", 0.55, 0.25),
    Campaign(0.08, "auditors--zh_Hans--xiaohongshu", 0.9),
)
OTHERS = (
    BY_THEMSELVES,
    Campaign(0.30, "certification--en--amazon-forum", 1.2),
    Campaign(0.20, "papers--en--facebook", 0.65),
    Campaign(0.12, "checking--en--newsletter", 1.35, 0.5),
    Campaign(0.08, "first-steps--en--youtube", 0.9),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What somebody is like. All but `share` are probabilities."""

    share: float
    stays: float
    """That he goes on after a page of usual length."""
    knows: float
    """That he gives the right answer to a question of usual difficulty."""
    returns: float
    """That he comes back on the day after."""
    asks: float = 0.005
    """That he writes a question of his own instead of choosing."""
    rates: float = 0.1
    """That he says whether a page helped, when he is asked."""
    leaves: float = 0.02
    """That he blocks the bot at the end of a visit."""


KINDS = (
    Kind(0.36, stays=0.62, knows=0.55, returns=0.04),  # looks in and leaves
    Kind(0.25, stays=0.968, knows=0.78, returns=0.12, rates=0.15, leaves=0.005),  # reads to the end
    Kind(0.15, stays=0.935, knows=0.72, returns=0.42, leaves=0.005),  # comes again and again
    Kind(0.10, stays=0.90, knows=0.65, returns=0.15, asks=0.09),  # asks
    Kind(0.08, stays=0.93, knows=0.70, returns=0.12, rates=0.8),  # has an opinion
    Kind(0.06, stays=0.75, knows=0.50, returns=0.08, leaves=0.5),  # has had enough
)
Drawn = TypeVar("Drawn", Place, Campaign, Kind)

STAFF = Kind(0, stays=0.93, knows=0.98, returns=0.8, leaves=0)
"""Those who run the bot, and look at its pages, too."""


@dataclass(frozen=True, slots=True)
class Person:
    """One of them; all that he does by chance is drawn from `chance`."""

    id: int
    who: int
    place: Place
    campaign: Campaign
    kind: Kind
    chance: Random
    visits: tuple[float, ...]
    """When he is here, in seconds, in their order."""


def chance(seed: int, *of: object) -> Random:
    """Chance that is the same for the same seed, whatever else happened before."""
    return Random(":".join(map(str, (seed, *of))))  # noqa: S311  nothing secret


class Crowd:
    """Everybody who comes between two moments (in seconds)."""

    def __init__(self, seed: int, start: float, until: float) -> None:
        self.start = start
        self.until = until
        self._seed = seed
        # One more: the hours that are left of the first day where somebody lives may be few.
        self._days = range(int((until - start) / DAY) + 1)
        self._busy = {place: [self._comes(place, day) for day in self._days] for place in PLACES}

    def people(self, number: int) -> Iterator[Person]:
        """So many of them."""
        for index in range(number):
            mine = chance(self._seed, "person", index)
            place = _drawn(mine, PLACES)
            arrival = self._arrival(mine, place)
            over = (arrival - self.start) / (self.until - self.start)
            links = CHINESE if place.chinese else OTHERS
            campaign = _drawn(mine, tuple(link for link in links if link.begins <= over <= link.ends))
            kind = _drawn(mine, KINDS)
            visits = (arrival, *self._returns(mine, place, arrival, kind.returns * campaign.stays))
            yield Person(FIRST + index, mine.getrandbits(63), place, campaign, kind, mine, visits)

    def staff(self, number: int) -> Iterator[Person]:
        """Those who run the bot: here from its first minutes on. Their numbers are below everybody's."""
        for index in range(1, number + 1):
            mine, place = chance(self._seed, "staff", index), PLACES[0]
            arrival = min(self.start + index * 60, self.until)
            visits = (arrival, *self._returns(mine, place, arrival, STAFF.returns))
            yield Person(FIRST - index, mine.getrandbits(63), place, BY_THEMSELVES, STAFF, mine, visits)

    def _comes(self, place: Place, day: int) -> float:
        """How many come on that day, beside other days."""
        grown = 1 + (GROWTH - 1) * day / len(self._days)
        return grown * _busy(place, self.start + day * DAY)

    def _arrival(self, mine: Random, place: Place) -> float:
        while True:
            (day,) = mine.choices(self._days, self._busy[place])
            moment = _daytime(mine, place, self.start + day * DAY)
            if self.start <= moment < self.until:
                return moment

    def _returns(self, mine: Random, place: Place, arrival: float, likely: float) -> Iterator[float]:
        for day in range(1, int((self.until - arrival) / DAY) + 2):
            moment = _daytime(mine, place, arrival + day * DAY)
            if mine.random() < likely * _busy(place, moment) / day**FADING and moment < self.until:
                yield moment


def _drawn(mine: Random, among: tuple[Drawn, ...]) -> Drawn:
    return mine.choices(among, [each.share for each in among])[0]


def _daytime(mine: Random, place: Place, moment: float) -> float:
    """Some moment of that day, where he lives, and rather when people are awake."""
    ahead = place.hours * 3600
    midnight = (moment + ahead) // DAY * DAY - ahead
    (hour,) = mine.choices(range(24), HOURS)
    return midnight + (hour + mine.random()) * 3600


def _busy(place: Place, moment: float) -> float:
    """How busy the day is, where he lives."""
    return WEEK[(int((moment + place.hours * 3600) // DAY) + THURSDAY) % 7]
