"""What those who run the bot do, and the courier for them: broadcasts, reminders, answers to questions."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from random import Random

from bot import newsroom, words
from bot.newsroom import NewsError
from bot.stats.demo.people import Crowd
from bot.stats.demo.walks import Walk
from bot.stats.demo.world import World
from bot.store import broadcasts, deliveries, drafts, operators, questions, reminders
from bot.store.daytime import DAY
from bot.store.deliveries import Parcel
from bot.store.reminders import Reminder
from dialogs import progress

HOUR = 3600
ZONE = "Asia/Shanghai"
"""Of those who have not said theirs."""
DRAFTS = Path(__file__).with_name("broadcasts")
MOMENTS = (0.45, 0.72, 0.93)
"""When the broadcasts go out, as parts of the whole time."""
PACE = 25
"""Messages a second."""
LATER = 15 * 60
"""Seconds after which the courier looks again at those who may not be told now."""

OUTCOMES = (
    (0.955, "sent", ""),
    (0.014, "gone", "Forbidden: bot was blocked by the user"),
    (0.009, "gone", "Forbidden: user is deactivated"),
    (0.010, "failed", "Not enough rights to send text messages to the chat"),
    (0.008, "unsure", "timed out"),
    (0.004, "unsure", "httpx.ReadError: "),
)
"""How deliveries end, and how often: what Telegram says when it does not take them."""

ANSWERS = {
    "en": "Thank you for asking. We have looked it up and will write a page about it.",
    "zh_Hans": "谢谢您的提问。我们查过了，会专门写一页来说明。",
}


class Office:
    """The owner, an operator, and the courier."""

    def __init__(self, world: World, staff: tuple[int, int], walks: Mapping[int, Walk], chance: Random) -> None:
        """`staff`: their numbers, the owner's first. `walks`: everybody, by number."""
        self._world = world
        self._db = world.db
        self._at = world.timeline.at
        self._owner, self._operator = staff
        self._walks = walks
        self._chance = chance
        self._calendar = words.calendar(world.conversation, ZONE)
        self._messages = 1000

    def open(self, crowd: Crowd) -> None:
        """Have everything happen at its time."""
        # Before they do anything: else their first steps would count as those of sellers.
        operators.remember(self._db, (self._owner, self._operator), crowd.start)
        self._at(crowd.start + HOUR, self._appoint)
        self._at(crowd.start + HOUR, self._remind)
        self._at(crowd.start + DAY, self._answer)
        for part, draft in zip(MOMENTS, sorted(DRAFTS.glob("*.toml")), strict=True):
            # At ten in the morning in China.
            morning = (crowd.start + part * (crowd.until - crowd.start)) // DAY * DAY + 2 * HOUR
            self._at(max(morning, crowd.start + 2 * HOUR), partial(self._broadcast, draft))

    def _appoint(self, now: float) -> None:
        operators.appoint(self._db, self._operator, "operator", self._owner, now)

    # Broadcasts

    def _broadcast(self, draft: Path, now: float) -> None:
        """Written, shown to who wrote it, and started; put away when there is nobody it would reach."""
        db, conversation = self._db, self._world.conversation
        id_ = newsroom.keep(db, newsroom.read(draft, conversation), self._operator, now)
        written = broadcasts.load(db, id_)
        assert written  # noqa: S101  it has just been kept
        broadcasts.ask_trial(db, written, self._operator, now)
        for trial in broadcasts.trials(db):
            broadcasts.end_trial(db, trial, now)
        try:
            newsroom.launch(db, id_, conversation, words.known(conversation), self._operator, now)
        except NewsError:
            drafts.discard(db, id_, now)
            return
        self._at(now + 1, partial(self._deliver, id_))

    def _deliver(self, id_: int, now: float) -> None:
        """What can be sent in a second; those who may not be told now are looked at again later."""
        parcels = deliveries.claim(self._db, self._calendar, now, PACE)
        for parcel in parcels:
            self._settle(parcel, now)
        if deliveries.open_(self._db, id_):
            self._at(now + (1 if parcels else LATER), partial(self._deliver, id_))
        else:
            broadcasts.move(self._db, id_, "finish", now)

    def _settle(self, parcel: Parcel, now: float) -> None:
        ((_, state, reason),) = self._chance.choices(OUTCOMES, [share for share, _, _ in OUTCOMES])
        if state == "sent":
            self._messages += 1
            deliveries.sent(self._db, parcel, self._messages, now)
            self._heard(parcel, now)
            return
        deliveries.settle(self._db, parcel, state, reason, now)
        if state == "gone":
            self._walks[parcel.chat].lose()

    def _heard(self, parcel: Parcel, now: float) -> None:
        """What he does who was told: most nothing, some open what it is about, a few have enough."""
        walk, soon, fate = self._walks[parcel.chat], now + self._chance.expovariate(1 / HOUR), self._chance.random()
        if fate < 0.01:
            self._at(now + self._chance.uniform(60, DAY), walk.block)
        elif fate < 0.03:
            self._at(soon, partial(walk.decline_news, parcel.broadcast))
        elif fate < 0.17:
            self._at(soon, partial(walk.come, link=self._link(parcel)))

    def _link(self, parcel: Parcel) -> str:
        """The link under its first button, as the courier writes it."""
        broadcast = broadcasts.load(self._db, parcel.broadcast)
        assert broadcast  # noqa: S101  it is being delivered
        ((_, to), *_) = broadcast.texts[parcel.lang].buttons
        return f"{to}--{parcel.lang}--b{parcel.broadcast}"

    # Reminders and questions

    def _remind(self, now: float) -> None:
        """Every hour: who asked to be reminded, and has not gone on by himself."""
        for reminder in reminders.due(self._db, now, 1000):
            walk = self._walks[reminder.seller]
            wanted = self._waits(walk, reminder, now)
            reminders.end(self._db, reminder, "sent" if wanted else "over")
            if wanted and self._chance.random() < 0.4:
                self._at(now + self._chance.expovariate(1 / HOUR), partial(walk.come, link=reminder.topic))
        self._at(now + HOUR, self._remind)

    def _waits(self, walk: Walk, reminder: Reminder, now: float) -> bool:
        """Whether he is there, still in the middle of it, and was not here since he asked."""
        unfinished = progress.unfinished(walk.guest.seller, reminder.topic, self._world.conversation.pages)
        away, last = self._db.execute("select away, last from sellers where id = ?", [reminder.seller]).fetchone()
        return unfinished and away is None and last <= now - DAY + HOUR

    def _answer(self, now: float) -> None:
        """Every day: some of the questions that wait find an end."""
        for question in questions.waiting(self._db):
            (state,) = self._chance.choices(("answered", "page", "closed", ""), (0.2, 0.06, 0.04, 0.7))
            if state:
                answer = ANSWERS[question.lang] if state == "answered" else None
                questions.end(self._db, question.id, state, self._operator, now, answer)
        self._at(now + DAY, self._answer)
