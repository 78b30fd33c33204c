"""How far a seller has come: his path through a topic, the steps still possible, his quiz results."""

from collections.abc import Mapping

from dialogs.content import Content
from dialogs.seller import Seller
from dialogs.topic import Page, Topic


def steps_to_end(content: Content) -> dict[str, int]:
    """For each page the most steps that can still follow in its topic."""
    longest: dict[str, int] = {}
    pages = content.pages

    def measure(name: str, above: frozenset[str]) -> int:
        if name not in longest:
            onward = [way for way in pages[name].ways if way in pages and pages[way].topic == pages[name].topic]
            # A circle is a mistake that `check` names; here it only must not go on for ever.
            steps = [weight(pages[way]) + measure(way, above | {way}) for way in onward if way not in above]
            longest[name] = max(steps, default=0)
        return longest[name]

    for name in pages:
        measure(name, frozenset({name}))
    return longest


def weight(page: Page) -> int:
    """Steps a page counts for: a quiz question and its explanation are one."""
    return 0 if page.explains else 1


def walk(path: list[str], source: str, page: str, *, fresh: bool) -> list[str]:
    """The path through a topic after going from `source` to `page`; `fresh` begins it anew."""
    if fresh:
        return [page]
    if page in path:
        return path[: path.index(page) + 1]
    if source in path:
        return [*path[: path.index(source) + 1], page]
    return [*path, page]


def unfinished(seller: Seller, topic: str, pages: Mapping[str, Page]) -> bool:
    """Whether he is in the middle of the topic. Its first page does not count: there it begins anyway."""
    path = seller.paths.get(topic, [])
    return len(path) > 1 and not pages[path[-1]].end


def place(seller: Seller, pages: Mapping[str, Page]) -> str:
    """The topic he is in the middle of, the one touched last first; empty when there is none."""
    return next((topic for topic in reversed(seller.paths) if unfinished(seller, topic, pages)), "")


def steps(
    seller: Seller, topic: str, pages: Mapping[str, Page], longest: Mapping[str, int], page: str = ""
) -> tuple[int, int]:
    """Step and steps in all, as in "step 3 of 7": from his place in the topic, or from a page on his path."""
    path = seller.paths[topic]
    at = page if page in path else path[-1]
    step = sum(weight(pages[name]) for name in path[: path.index(at) + 1])
    return step, step + longest[at]


def quiz(seller: Seller, topic: Topic) -> tuple[int, int]:
    """Questions of the topic's quiz answered rightly, and answered at all."""
    answers = [(seller.answers.get(f"{topic.id}.{page.ask}"), page.right) for page in topic.questions]
    return sum(given == right for given, right in answers), sum(given is not None for given, _ in answers)
