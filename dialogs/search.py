"""Free text -> the pages whose words come nearest to it, in one language."""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping

from dialogs.values import same_words

WORD = re.compile(r"[^\W_]+")
HAN = re.compile(r"[\u3400-\u9fff]+")
FEWEST = 3
"""Letters or digits of a word that counts; shorter ones say little …"""
SHORT = frozenset("ce eu uk kc 3c".split())
"""… but for these, and pairs of Chinese characters."""
COMMON = frozenset(
    """
    the and for are was but not you your our they that this with from have has will would can could should what which
    who how why when where does did any all one get need want about into than then there just like
    是什 有什 到底 底是 真的 的吗 是真 吗是 的是 还是 是怎 么样 么办 一个 我的 我是 你们 他们 现在 知道 听说 别人 人家
    有人 才能 才行 行不 好不 要吗 用吗 有吗 是吗 对吧 问下 问一 想问 请问
    怎么 什么 可以 是不 不是 有没 没有 我们 这个 那个 需要 要不 多少 为什 哪些 怎样 一下 如果 能不 不能 今天
    """.split()
)
"""English words and Chinese pairs that are in every other question."""
SATURATION, LENGTH = 1.2, 0.75
"""The usual constants of BM25: how soon a repeated word stops counting, and how much a long page is held back."""
CLOSE = 4.0
"""Score from which a page is offered. Of 100 labelled questions 87 then get a page or term of the right subject, and
every one gets something; of 10 that are about something else 9 are offered something, too. Twice as much loses a
third of the right ones and keeps two of the wrong ones away."""


def words(text: str) -> list[str]:
    """What is compared: words without their endings' last letters, and each pair of neighbouring Chinese characters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    found = []
    for run in HAN.findall(folded):
        pairs = [run[n : n + 2] for n in range(len(run) - 1)] or [run]
        found += [pair for pair in pairs if pair not in COMMON]
    for word in WORD.findall(HAN.sub(" ", folded)):
        if word not in COMMON and (len(word) >= FEWEST or word in SHORT):
            found.append(_stem(word))
    return found


def _stem(word: str) -> str:
    """`audits`, `auditing` and `audit` are one word; crude, but the same for both sides."""
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= FEWEST:
            return word.removesuffix(ending)
    return word


SURE = 7.0
"""The same where a value is asked for: there it takes more to be a question than "a few"."""


class Index:
    """Pages by the words in them, ranked by BM25: a word that stands on few pages weighs more."""

    def __init__(self, pages: Mapping[str, tuple[str, str]]) -> None:
        """`pages`: name -> its label, which is the more telling and counts twice, and its text."""
        self._labels = {name: set(words(label)) for name, (label, _) in pages.items()}
        self._whole = {name: same_words(label) for name, (label, _) in pages.items()}
        self._pages = {name: Counter(words(label) * 2 + words(text)) for name, (label, text) in pages.items()}
        self._sizes = {name: counts.total() for name, counts in self._pages.items()}
        self._usual = sum(self._sizes.values()) / max(1, len(pages)) or 1
        self._spread = Counter(word for counts in self._pages.values() for word in counts)

    def closest(self, text: str, most: int = 3, least: float = CLOSE) -> list[str]:
        """The pages nearest to the text, nearest first; none when nothing comes near.

        `least` is the score they need.
        """
        asked, whole = set(words(text)), same_words(text)
        # Who writes a label means that page, even if it is made of common words only.
        said = {name for name in self._pages if whole and self._whole[name] == whole}
        scores = {name: self._score(name, asked) for name in self._pages}
        ranked = sorted(scores, key=lambda name: (name not in said, self._labels[name] != asked, -scores[name]))
        return [name for name in ranked[:most] if name in said or scores[name] >= least]

    def _score(self, name: str, asked: set[str]) -> float:
        counts, held = self._pages[name], 1 - LENGTH + LENGTH * self._sizes[name] / self._usual
        score = sum(
            self._weight(word) * counts[word] * (SATURATION + 1) / (counts[word] + SATURATION * held)
            for word in asked & counts.keys()
        )
        # Whoever says the whole label means that page, however common its words are.
        said = self._labels[name] and self._labels[name] <= asked
        return max(score, CLOSE) if said else score

    def _weight(self, word: str) -> float:
        return math.log(1 + (len(self._pages) - self._spread[word] + 0.5) / (self._spread[word] + 0.5))
