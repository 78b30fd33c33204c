"""A seller as the mind sees him: where he is, how he got there, what he answered."""

from dataclasses import dataclass, field

HISTORY = 100
"""How many pages back a seller can go; older ones are forgotten so that a row stays small."""

WELCOME = "home.welcome"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a step."""

    kind: str
    """arrived, answered, skipped, finished, back, language, unclear …"""
    page: str
    version: str = ""
    detail: str = ""
    """What was chosen or answered; never free text of the seller."""
    question: str = ""
    """Of an answer: the name it is kept under."""
    former: tuple[str, ...] = ()
    """What its page, and its topic, were called before."""


@dataclass(slots=True)
class Seller:
    """One seller, loaded for one update. Only `conversation` changes it."""

    id: int
    lang: str = "en"
    lang_chosen: bool = False
    """The seller chose the language himself: Telegram's own setting no longer counts."""
    state: str = WELCOME
    """Full name of the page he is on."""
    visit: int = 0
    """Number of the page shown last: a button of any other visit is a stale one."""
    note: str = ""
    """Key of the phrase that goes above the page this once."""
    topic: str = ""
    """The topic he is in the middle of, offered by Continue; empty when there is none."""
    answers: dict[str, str] = field(default_factory=dict)
    """`topic.question` -> what he answered."""
    history: list[str] = field(default_factory=list)
    """Pages to go back to, the latest last."""
    paths: dict[str, list[str]] = field(default_factory=dict)
    """For each topic the pages from its start to his place in it."""
    seen: set[str] = field(default_factory=set)
    finished: set[str] = field(default_factory=set)
    offered: list[str] = field(default_factory=list)
    """Pages offered for what he wrote last."""
    misses: int = 0
    """How often in a row he wrote something that was no answer."""
    asked: int = 0
    """The visit in which he was asked last whether a page helped."""
    news_asked: int = 0
    """The visit in which he was asked, once, whether he wants news; 0 before that."""
    trail: list[Event] = field(default_factory=list)
    """What happened in this step, for the store."""
