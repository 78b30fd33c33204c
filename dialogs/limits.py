"""Every limit in one place, with its reason. Telegram's own are from its Bot API documentation."""

MESSAGE = 4096
"""Telegram: characters of a message after its marks are parsed; counted in UTF-16 units to be on the safe side."""

CALLBACK_BYTES = 64
"""Telegram: bytes a button may carry."""

CHOICE_BYTES = 40
"""Of those 64, what is left for the id of a choice beside the number of a visit."""

LABEL_WIDTH = 32
"""Width of a button: longer labels are cut off on a phone. A Chinese character counts two."""

OWN_CHOICES = 5
"""Choices of its own a page may offer; more are not read."""

LISTED_CHOICES = 8
"""The same for questions and menus, where the choices are the page."""

TERMS = 2
"""Side trips to the glossary a page may offer."""

TOAST = 200
"""Telegram: characters of the short notice after a tap."""

COMMAND = 256
"""Telegram: characters of a command's description."""

GREETING = 600
"""Characters of the first page: it is read before there is any trust."""

WORDS = 110
"""Words of a page before it asks for a second look: about 90 are read on a phone."""

CHARACTERS = 220
"""The same for Chinese characters: about 180 are read on a phone."""

FEWEST_ANSWERS = 2
"""Answers a question has at least."""

NOTICE_DAYS = 30
"""Days before `review_by` from which the check reminds of it."""

PROMISES: dict[str, tuple[str, ...]] = {
    "en": ("guarantee", "100%", "passport to", "gateway to", "risk-free", "no risk", "always pass", "sure to pass"),
    "zh_Hans": ("保证", "100%", "百分之百", "百分百", "通行证", "敲门砖", "包过", "必过", "零风险", "万无一失"),
    "ru": ("гарант", "100%", "стопроцент", "пропуск на", "без риска"),
}
"""What nobody can promise of a certificate, by language; it may only be quoted, as a claim to be looked into."""

TITLES: dict[str, tuple[str, ...]] = {
    "en": (
        "registered internal auditor",
        "registered internal-auditor",
        "registered course",
        "registered training",
        "licensed internal auditor",
        "national internal auditor",
    ),
    "zh_Hans": ("注册内审员", "注册内部审核员", "内审员注册证", "国家内审员", "国家注册内审"),
    "ru": ("зарегистрированный внутренний аудитор", "реестровый внутренний аудитор"),
}
"""Names that make a registration of a certificate from a course; only to be quoted, like the promises."""
