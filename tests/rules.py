"""The rules for how the bot behaves and what its content must be, each with what proves it.

`python -m tests.rules` writes `docs/UX_RULES.md` from this table; `test_rules.py` sees to it that whatever is named
here exists and that the document is up to date.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "UX_RULES.md"

HEAD = """\
# Rules of behaviour, and what proves them

Thirty rules for how the bot treats people, thirty for its content. Each is proved by a test, by a rule of
`certguide check` (`check.…`, in `dialogs/check/`) or by a sentence of the reader, which refuses to load what breaks
it. *Later* says what a rule, or a part of it, waits for.

This file is written by `python -m tests.rules` from `tests/rules.py`.
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    number: int
    says: str
    proofs: tuple[str, ...] = ()
    """`tests/…/test_x.py::test_name`, `check.rule`, or `reader: what it says of a mistake`."""
    later: str = ""
    """What it, or the rest of it, waits for."""


def _in(file: str, *names: str) -> tuple[str, ...]:
    """Several tests of one file."""
    return tuple(f"tests/{file}::test_{name}" for name in names)


MIND, CHAT = "dialogs/test_ux.py", "bot/chat/test_ux.py"
MOVES, CHOICES, REPLY = "dialogs/test_conversation.py", "dialogs/test_choices.py", "dialogs/test_reply.py"
WALKS, VOICE, DESK = "dialogs/test_walks.py", "dialogs/test_voice.py", "bot/chat/test_desk.py"
ROUTES, SPEAKER, SCREEN = "bot/chat/test_routes.py", "bot/chat/test_speaker.py", "bot/chat/test_screen.py"
SKIP_OR_REASON = "reader: a page that asks needs either 'skip'"
PROFILE, LINK = "bot/chat/test_profile.py", "dialogs/test_link.py"

BEHAVIOUR = (
    Rule(
        1,
        "The first page says who speaks (a bot, no certification body), what one gets and one tip: 600 characters at "
        "most, 2 to 5 buttons.",
        (
            *_in(
                MIND,
                "the_first_page_says_who_speaks_and_gives_a_tip_in_few_words",
                "whoever_comes_by_a_link_is_told_who_speaks_once",
            ),
            "check.sizes",
        ),
    ),
    Rule(
        2,
        "/start never costs anybody his progress.",
        (
            *_in(MOVES, "start_never_destroys_progress"),
            *_in(WALKS, "start_offers_to_go_on_whenever_somebody_was_in_a_middle"),
        ),
    ),
    Rule(
        3,
        "Commands are described in every language; operators see more of them, in their own chats only.",
        (
            *_in(CHAT, "commands_are_set_for_every_language_and_operators_see_more_in_their_chats_only"),
            *_in(DESK, "the_menu_of_commands_is_set_in_every_language"),
            "check.phrases",
        ),
    ),
    Rule(
        4,
        "Name, short and long description are in every language, and fit: 64, 120 and 512 characters.",
        _in(PROFILE, "it_fits_where_telegram_shows_it", "it_is_set_in_every_language"),
    ),
    Rule(
        5,
        "Back and Menu on every page but the root; 5 choices of its own at most, 8 in menus and questions; 2 in a row; "
        "labels 32 wide, 16 in Chinese.",
        (
            *_in(MIND, "every_page_has_the_ways_out_and_few_buttons", "a_label_fits_a_phone"),
            *_in(SCREEN, "every_keyboard_is_one_telegram_takes"),
            "check.counts",
            "check.sizes",
        ),
    ),
    Rule(
        6,
        "Going from page to page edits one message; what is worth keeping is a new one.",
        (
            *_in(CHAT, "going_from_page_to_page_edits_one_message"),
            *_in(
                DESK, "a_tap_edits_the_live_message_in_place", "what_is_typed_is_answered_below_and_the_old_buttons_go"
            ),
        ),
        "results as messages of their own: instruments",
    ),
    Rule(
        7,
        "Every tap is answered within a second, with a notice of 200 characters at most.",
        (
            *_in(CHAT, "a_tap_is_answered_within_a_second_however_long_the_page_takes"),
            *_in(DESK, "every_tap_is_answered_without_a_notice_when_it_works"),
            "check.phrases",
        ),
    ),
    Rule(
        8,
        "What a button carries is 64 bytes at most, a text 4096 characters once its marks are parsed.",
        (
            *_in(
                SCREEN, "every_keyboard_is_one_telegram_takes", "every_page_passes_telegrams_own_parser_as_it_was_meant"
            ),
            "check.counts",
            "check.sizes",
        ),
        "captions: pages with pictures",
    ),
    Rule(
        9,
        "An old button never brings an error, nor silence.",
        _in(
            DESK,
            "a_stale_tap_takes_no_step_and_says_so",
            "a_tap_on_a_message_further_up_brings_a_fresh_page_below",
            "data_that_is_not_ours_is_a_stale_tap",
        ),
    ),
    Rule(
        10,
        "A second tap never does a thing twice.",
        _in(
            DESK,
            "fifty_taps_at_once_make_one_step_and_all_are_answered",
            "a_double_tap_makes_one_step",
            "a_repeated_update_has_one_effect",
        ),
    ),
    Rule(
        11,
        "Whatever can be tapped can be written: its number or its words.",
        (
            *_in(MOVES, "typing_works_wherever_a_button_works", "a_button_can_be_written"),
            *_in(CHOICES, "a_button_can_be_written_as_it_stands_there"),
        ),
        "synonyms besides number and words: tables of them",
    ),
    Rule(
        12,
        "/cancel leads home from everywhere, in one message.",
        (
            *_in(CHAT, "cancel_leads_home_in_one_message_from_wherever"),
            *_in(MOVES, "a_command_works_on_every_page"),
            *_in(WALKS, "wherever_somebody_is_cancel_leads_home"),
        ),
    ),
    Rule(
        13,
        "A question says why it is asked, and can be skipped.",
        (
            *_in(MIND, "every_question_about_the_seller_says_why_and_can_be_skipped"),
            SKIP_OR_REASON,
        ),
        "showing why there is no Skip: the first question without one",
    ),
    Rule(
        14,
        "Progress is told in words, and never goes down on the way on.",
        (
            *_in("dialogs/test_progress.py", "step_three_of_seven"),
            *_in(
                WALKS,
                "whoever_only_goes_on_comes_to_the_end_in_as_many_steps_as_he_was_told",
                "whatever_people_do_these_things_stand",
            ),
        ),
    ),
    Rule(
        15,
        "First the closest pages, then the menu, then a person; never the same sentence twice running.",
        (
            *_in(MIND, "wherever_somebody_is_not_understood_the_answers_change_and_grow"),
            *_in(
                MOVES,
                "first_the_closest_pages_are_offered",
                "then_the_menu_then_a_person_and_never_the_same_twice_running",
                "the_same_is_never_said_twice_running_of_a_value",
            ),
        ),
    ),
    Rule(
        16,
        "A page of facts ends with its sources folded away: day, confidence, links.",
        (
            *_in(MIND, "every_page_of_facts_ends_with_its_sources_their_day_and_confidence"),
            *_in(SCREEN, "sources_are_folded_away"),
            *_in("dialogs/test_sources.py", "a_page_of_facts_must_say_what_it_rests_on"),
        ),
    ),
    Rule(
        17,
        "Nothing is promised that nobody can keep, unless it is quoted as a claim.",
        ("check.promises", *_in(MIND, "every_language_has_its_list_of_promises")),
    ),
    Rule(
        18,
        "That this is no legal advice is said once at the start and at results, and nowhere else.",
        _in(MIND, "that_it_is_no_legal_advice_is_said_at_the_start_and_at_results_only"),
    ),
    Rule(
        19,
        "“Typing …” only while an answer takes more than a second.",
        later="the first answer that takes so long: exports, reports",
    ),
    Rule(
        20,
        "One emoji at most, at the end, and never instead of words.",
        ("check.emoji", *_in(MIND, "a_page_has_one_emoji_at_most")),
        "colours of buttons: the first button that deletes something",
    ),
    Rule(
        21,
        "Plain mode: no emoji, every choice numbered but where a number is the answer.",
        (
            *_in(MIND, "plain_mode_says_the_same_without_emoji_and_its_numbers_work"),
            *_in(
                CHOICES,
                "in_plain_mode_every_button_has_its_number_but_where_a_number_is_the_answer",
                "in_plain_mode_there_are_no_emoji",
            ),
        ),
        "no pictures: pages with pictures",
    ),
    Rule(
        22,
        "Another language shows at once on the page that is there; answers are kept without a language.",
        (
            *_in(CHAT, "another_language_shows_at_once_on_the_page_that_is_there"),
            *_in(
                MOVES,
                "answers_are_the_same_in_every_language",
                "a_language_chosen_by_command_leads_back_to_where_he_was",
            ),
            *_in(DESK, "the_chosen_language_wins_over_telegrams"),
        ),
    ),
    Rule(
        23,
        "Numbers, days, amounts and plurals are written as the language does.",
        _in(
            VOICE,
            "numbers_and_dates_are_written_as_the_language_does",
            "a_value_in_the_sentence_is_written_as_the_language_does",
            "a_number_decides_between_three_russian_forms",
            "chinese_has_one_form",
        ),
        "codes in a text from right to left: the first such language",
    ),
    Rule(
        24,
        "/privacy tells in one message what is kept, why, how long, and who deletes it.",
        (
            *_in(MIND, "privacy_is_answered_on_one_page"),
            *_in(CHAT, "privacy_is_answered_in_one_message"),
        ),
        "a button that deletes: erasure",
    ),
    Rule(
        25,
        "Deleting takes two taps and less than ten seconds, and is confirmed.",
        _in(
            "bot/store/test_sellers.py",
            "forgetting_drops_all_that_is_known_of_him",
            "nothing_leads_from_the_trail_to_one_who_was_forgotten",
        ),
        "the store can forget; the two taps and the receipt wait for erasure",
    ),
    Rule(
        26,
        "Nobody hears from the bot unasked.",
        (
            *_in(CHAT, "nobody_hears_from_the_bot_who_did_not_just_speak_to_it"),
            *_in(MIND, "news_is_off_until_somebody_says_yes"),
            *_in(CHOICES, "at_the_end_of_the_first_topic_he_is_asked_about_news", "he_is_not_asked_again"),
        ),
        "why one gets it, and a stop in one tap: broadcasts",
    ),
    Rule(
        27,
        "One mailing a day at most, none at night, none in the middle of a form.",
        later="broadcasts; the time zone they need is asked for already",
    ),
    Rule(
        28,
        "In a private chat no kind of update meets silence.",
        _in(
            ROUTES,
            "every_kind_of_update_is_answered_or_never_asked_for",
            "whatever_is_sent_gets_one_helpful_sentence_and_keeps_his_place",
            "a_changed_message_is_answered_with_what_to_do",
        ),
    ),
    Rule(
        29,
        "In a group the bot is silent unless spoken to, and then leads to the private chat; buttons of others are not "
        "his.",
        _in(ROUTES, "in_a_group_the_bot_is_silent_unless_spoken_to", "in_a_group_somebody_elses_buttons_are_not_his"),
    ),
    Rule(
        30,
        "Whatever fails, there is one calm sentence with a way on, and nothing is lost.",
        (
            *_in(
                CHAT,
                "a_tap_that_fails_on_our_side_is_answered_with_one_calm_sentence",
                "whichever_call_fails_his_page_comes_and_his_place_is_kept",
            ),
            *_in(
                SPEAKER,
                "a_page_is_shown_when_telegram_is_in_trouble",
                "a_tap_whose_answer_fails_brings_the_page_all_the_same",
            ),
            *_in("bot/chat/test_polling.py", "an_update_that_fails_twice_is_let_go"),
        ),
    ),
)

CONTENT = (
    Rule(1, "Every page can be reached from the first.", ("check.reachable",)),
    Rule(
        2,
        "Every page leads on to an end, or home.",
        ("check.no_dead_end", *_in(WALKS, "wherever_somebody_stops_he_can_go_on")),
    ),
    Rule(
        3,
        "Back and Menu on every page but the root.",
        (
            *_in(MIND, "every_page_has_the_ways_out_and_few_buttons"),
            *_in(CHOICES, "there_is_no_back_without_a_page_before_and_no_menu_on_it"),
        ),
    ),
    Rule(4, "Every command works on every page.", _in(MOVES, "a_command_works_on_every_page")),
    Rule(
        5,
        "A choice leads to one place.",
        (
            "reader: stands here twice",
            *_in("dialogs/test_machine.py", "every_way_on_is_a_transition"),
        ),
    ),
    Rule(
        6,
        "No two choices of a page read alike.",
        ("check.sizes", *_in(CHOICES, "no_two_pages_that_are_offered_together_read_alike")),
    ),
    Rule(7, "No way goes round in a circle by itself.", ("check.no_circle",)),
    Rule(
        8,
        "Wherever one can write there are three answers to what is not understood.",
        (
            *_in(MIND, "wherever_somebody_is_not_understood_the_answers_change_and_grow"),
            *_in(MOVES, "no_text_breaks_a_page"),
        ),
    ),
    Rule(
        9,
        "A question has why, a way to skip it or a reason for none, and, where a value is written, bounds, an example "
        "and what to say to a wrong one.",
        (
            *_in("dialogs/test_reader.py", "a_mistake_is_named_and_nothing_else"),
            SKIP_OR_REASON,
            "reader: which the page itself would not take",
            "check.quiz",
        ),
    ),
    Rule(
        10,
        "Conditions leave nobody without a way, and never give two answers to one question.",
        (
            "check.no_dead_end",
            *_in("dialogs/test_guards.py", "a_firm_is_of_one_size_at_most", "every_condition_is_tried_here"),
        ),
        "decision tables: instruments",
    ),
    Rule(
        11,
        "Every kept answer is declared with its kind, purpose and time.",
        _in("bot/store/test_sellers.py", "nothing_that_a_seller_writes_is_kept"),
        "declarations that /mydata shows: erasure",
    ),
    Rule(
        12,
        "What a page fills in is known by then.",
        ("check.placeholders", *_in(WALKS, "whatever_people_do_these_things_stand")),
    ),
    Rule(
        13,
        "A page of facts has a source with an address and a day.",
        (
            *_in(
                "dialogs/test_sources.py",
                "a_page_of_facts_must_say_what_it_rests_on",
                "a_source_has_an_address_that_can_be_opened",
            ),
            "reader: 'address' must begin with https:// or http://",
            "check.evidence",
            "check.facts_known",
            "check.talk",
        ),
    ),
    Rule(
        14,
        "A page past its day says so; the check reminds of it 30 days before.",
        ("check.evidence", "check.editions", *_in(REPLY, "a_page_past_its_day_says_so")),
    ),
    Rule(15, "What could not be confirmed says so.", _in(REPLY, "a_status_has_its_sentence")),
    Rule(
        16,
        "No price without a source and a day.",
        ("check.prices", "check.values", *_in(MIND, "no_price_stands_on_a_page_without_sources")),
    ),
    Rule(17, "No promises.", ("check.promises",)),
    Rule(
        18,
        "Words of certification are used with care.",
        ("check.promises", "check.titles", "check.terms"),
        "“genuine” of a certificate: when one is looked up or drawn up here",
    ),
    Rule(
        19,
        "Every text in every language that is complete.",
        ("check.translated", *_in(REPLY, "every_real_page_is_shown_in_every_language")),
    ),
    Rule(
        20,
        "The same placeholders, marks, numbers and buttons in every language.",
        ("check.alike", "check.figures", *_in(MIND, "a_page_has_the_same_buttons_in_every_language")),
    ),
    Rule(
        21,
        "Every plural form a language has.",
        ("check.translated", *_in(VOICE, "a_plural_with_a_form_missing_is_english")),
    ),
    Rule(
        22,
        "Texts, buttons, notices, commands and descriptions fit.",
        ("check.sizes", "check.phrases", *_in(PROFILE, "it_fits_where_telegram_shows_it")),
    ),
    Rule(
        23,
        "Buttons carry 64 bytes at most, links 64 plain characters.",
        (
            "check.counts",
            *_in(LINK, "what_telegram_would_not_let_through_is_no_link", "what_is_put_together_is_taken_apart"),
        ),
    ),
    Rule(
        24,
        "Marks are whole, whatever is filled in.",
        (
            "check.marks",
            *_in(
                SCREEN,
                "every_page_passes_telegrams_own_parser_as_it_was_meant",
                "a_value_from_outside_gets_no_formatting_of_its_own",
            ),
            *_in("dialogs/test_markup.py", "no_value_becomes_a_mark", "what_turns_the_writing_round_becomes_a_space"),
        ),
    ),
    Rule(25, "Codes keep their direction in a text from right to left.", later="the first such language"),
    Rule(
        26,
        "One emoji at most, at the end, and a text without it.",
        ("check.emoji", *_in(CHOICES, "in_plain_mode_there_are_no_emoji")),
    ),
    Rule(27, "A page is short enough to be read on a phone.", ("check.length",)),
    Rule(
        28,
        "No page goes or changes its name without a word on where its people go.",
        _in(
            CHAT,
            "a_bot_that_would_lose_somebody_does_not_start",
            "before_that_it_can_be_told_who_would_move_where",
        )
        + _in(
            "dialogs/test_moves.py",
            "who_is_leaving_is_told_with_where_to",
            "ten_thousand_people_and_nobody_is_orphaned",
            "lines_that_lead_nowhere_are_named",
        ),
    ),
    Rule(
        29,
        "Links that were given out still lead somewhere.",
        _in(LINK, "a_link_to_nothing_leads_to_the_menu_and_says_so", "no_payload_breaks_a_start_or_costs_a_place"),
        "links to a topic that was renamed: the first that is",
    ),
    Rule(
        30,
        "What is made from the dialogue is up to date: catalogues, map, this list.",
        (
            *_in("dialogs/test_texts.py", "the_committed_catalogues_are_a_fresh_merge"),
            *_in("dialogs/test_map.py", "every_page_stands_in_the_box_of_its_topic"),
            *_in("dialogs/test_facts.py", "the_document_is_up_to_date"),
            *_in("dialogs/test_gallery.py", "every_page_is_there_once_in_every_language"),
            *_in("test_rules.py", "the_document_is_up_to_date"),
        ),
    ),
)


def written() -> str:
    """The document."""
    return "\n".join([HEAD, *_table("Behaviour", BEHAVIOUR), "", *_table("Content", CONTENT), ""])


def _table(title: str, rules: tuple[Rule, ...]) -> Iterator[str]:
    yield from (f"## {title}", "", "| # | Rule | Proved by |", "|--:|---|---|")
    for rule in rules:
        proofs = [_proof(proof) for proof in rule.proofs]
        proofs += [f"*Later:* {rule.later}" for _ in filter(None, [rule.later])]
        yield f"| {rule.number} | {rule.says} | {'<br>'.join(proofs)} |"


def _proof(proof: str) -> str:
    path, test, name = proof.partition("::")
    if test:
        return f"[`{name}`](../{path})"
    _, refusal, sentence = proof.partition("reader: ")
    return f"“… {sentence} …”" if refusal else f"`{proof}`"


if __name__ == "__main__":
    DOCUMENT.write_text(written(), encoding="utf-8")
