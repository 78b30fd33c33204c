"""Ways that are broken."""

from dialogs.check import ways
from tests.dialogs.check.cases import case
from tests.dialogs.library import TEA, Library


@case(ways.reachable, "tea.island: no choice leads to this page")
def a_page_no_choice_leads_to(library: Library) -> None:
    library.tea("[page.end]", '[page.island]\ntalk = true\nend = true\ntext = "Alone."\n\n[page.end]')


@case(ways.reachable, "home.about: no choice leads to this page")
def a_home_page_no_choice_leads_to(library: Library) -> None:
    library.change("topics/home.toml", "[page.help]", '[page.about]\ntalk = true\ntext = "About."\n\n[page.help]')


@case(ways.reachable, "glossary.leaf: no page offers this term")
def a_term_no_page_offers(library: Library) -> None:
    library.tea('terms = ["leaf"]', "")


@case(ways.reachable, "tea.island: no choice leads to this page", "tea.isle: no choice leads to this page")
def pages_of_facts_that_only_lead_to_each_other(library: Library) -> None:
    """Somebody who writes the right words would be offered them; that is not a way."""
    page = TEA.partition("[page.what]")[2].partition("terms")[0]
    for name, other in (("island", "isle"), ("isle", "island")):
        way = f'choices = [{{ id = "over", label = "To the {other}", to = "{other}" }}]'
        library.tea("[page.end]", f"[page.{name}]{page}{way}\n\n[page.end]")


@case(ways.no_dead_end, "tea.end: nothing leads on from here; add a choice, or `end = true`")
def a_last_page_that_does_not_say_so(library: Library) -> None:
    library.tea("end = true\n", "")


@case(ways.no_dead_end, "tea.what: for some sellers every choice is hidden by its condition")
def a_page_with_nothing_but_a_conditional_choice(library: Library) -> None:
    library.tea('to = "goal"', 'to = "goal", when = "works-alone"')


@case(
    ways.no_circle,
    "tea.what: the choices go round in a circle: tea.what → tea.goal → tea.what; Back is there for returning",
)
def a_choice_that_leads_back(library: Library) -> None:
    library.tea('label = "To get warm", to = "cups"', 'label = "To get warm", to = "what"')


@case(ways.no_circle, "tea.pot: the choices go round in a circle: tea.pot → tea.pot; Back is there for returning")
def a_choice_that_leads_to_its_own_page(library: Library) -> None:
    library.tea('label = "No quiz", to = "end"', 'label = "No quiz", to = "pot"')


@case(ways.no_circle)
def topics_that_lead_to_pages_of_each_other(library: Library) -> None:
    coffee = '[page.a]\ntalk = true\nend = true\ntext = "x"\nchoices = [{ id = "b", label = "B", to = "tea.end" }]\n'
    library.write("topics/coffee.toml", f'id = "coffee"\ntitle = "Coffee"\norder = 2\nstart = "a"\n{coffee}')
    library.tea("end = true\n", 'end = true\nchoices = [{ id = "coffee", label = "Coffee", to = "coffee.a" }]\n')


@case(ways.no_circle)
def home_pages_that_lead_to_each_other(library: Library) -> None:
    library.change(
        "topics/home.toml",
        "[page.language]\ntalk = true\n",
        '[page.language]\ntalk = true\nchoices = [{ id = "hello", label = "Hello", to = "welcome" }]\n',
    )
    library.change(
        "topics/home.toml", 'to = "menu" },\n', 'to = "menu" },\n  { id = "l", label = "L", to = "language" },\n'
    )
