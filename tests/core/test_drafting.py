"""Drafts from an article: one example for each way, what each gate keeps out, what is selected."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core import flaws
from quizapp.core.articles import drafter, gates, ranking, selecting
from quizapp.core.articles.drafting import WAYS, Material
from quizapp.core.articles.facts import find_facts
from quizapp.core.articles.gates import Context
from quizapp.core.articles.model import Draft, Key, Span
from quizapp.core.articles.parsing import parse
from quizapp.core.articles.question_of import question_of
from quizapp.core.articles.topic import topic_of, with_topic

TITLE = "Rivers of ice"
GLACIER = "A glacier is a large body of ice that moves slowly over land."
MORAINE = "A moraine is a long ridge of rubble that stands at the edge of moving ice."
CREVASSE = "A crevasse is a deep crack that opens in moving ice."
AGASSIZ = "In 1840, Louis Agassiz published a book about the traces of ancient glaciers."
GORNER = "Meltwater from the Gorner Glacier feeds the river Matter Vispa."
DATED = (
    f"{AGASSIZ} In 1911, Amundsen reached the South Pole. "
    "In 1957, scientists drilled the first deep core in Greenland."
)
YEARS = (
    "In 1840, Agassiz published his book on glaciers. In 1860, Tyndall measured the speed of ice. "
    "In 1857, a guide fell into a crevasse. In 1876, Heim gave the first lectures on ice."
)
STATED_YEAR = "In 1860, Tyndall measured the speed of ice."
STATED = "Louis Agassiz built a hut for research in Switzerland."

# way: the text, and one draft that it has to yield: type, stem, key
EXAMPLES: dict[str, tuple[str, str, str, Key]] = {
    "definition": (
        GLACIER, "flashcard", "What is a glacier?",
        "A large body of ice that moves slowly over land",
    ),
    "term": (
        GLACIER, "short_answer",
        "Which term fits this description: “a large body of ice that moves slowly over land”?",
        "glacier",
    ),
    "cloze": (
        GORNER, "cloze", "Meltwater from the [[1]] (G… G…) feeds the river Matter Vispa.",
        ("Gorner Glacier",),
    ),
    "true_as_stated": (GORNER, "true_false", GORNER, True),
    "false_opposite": (
        "The ice of the Gorner Glacier is thicker than the ice of its neighbours.", "true_false",
        "The ice of the Gorner Glacier is thinner than the ice of its neighbours.", False,
    ),
    "false_sibling": (
        "Land holds valley glaciers and tidewater glaciers. "
        "Tidewater glaciers release icebergs into the sea.",
        "true_false", "Valley glaciers release icebergs into the sea.", False,
    ),
    "false_entity": (
        STATED, "true_false", "Louis Agassiz built a hut for research in Argentina.", False,
    ),
    "false_number": (
        "The Gorner Glacier lost 300 metres of length during the century.", "true_false",
        "The Gorner Glacier lost 150 metres of length during the century.", False,
    ),
    "false_definition": (
        f"{GLACIER} {MORAINE}", "true_false",
        "A moraine is a large body of ice that moves slowly over land.", False,
    ),
    "who": (
        AGASSIZ, "short_answer",
        "In 1840, who published a book about the traces of ancient glaciers?", "Louis Agassiz",
    ),
    "when": (
        AGASSIZ, "numeric",
        "In which year did Louis Agassiz publish a book about the traces of ancient glaciers?",
        1840.0,
    ),
    "where": (
        STATED, "short_answer", "Where did Louis Agassiz build a hut for research?", "Switzerland",
    ),
    "how_many": (
        "The Gorner Glacier has five tributaries with names of local origin.", "numeric",
        "How many tributaries with names of local origin does the Gorner Glacier have?", 5.0,
    ),
    "how_much": (
        "The Gorner Glacier is about 12 kilometres long.", "flashcard",
        "How long is the Gorner Glacier?", "About 12 kilometres.",
    ),
    "why": (
        "Glaciers look blue because dense ice absorbs the red part of sunlight.", "flashcard",
        "Why do glaciers look blue?", "Because dense ice absorbs the red part of sunlight.",
    ),
    "how": (
        "Scientists measure the age of ice by counting its yearly layers.", "flashcard",
        "How do scientists measure the age of ice?", "By counting its yearly layers.",
    ),
    "what_happens": (
        "When fresh snow buries older snow, its weight presses the air out of the flakes.",
        "flashcard", "What happens when fresh snow buries older snow?",
        "Its weight presses the air out of the flakes.",
    ),
    "purpose": (
        "Ice cores are used to reconstruct the climate of past centuries.", "flashcard",
        "What are ice cores used for?", "To reconstruct the climate of past centuries.",
    ),
    "cause": (
        "Friction between ice and rock leads to deep scratches in the bedrock.", "flashcard",
        "What does friction between ice and rock lead to in the bedrock?", "Deep scratches",
    ),
    "superlative": (
        "The Lambert Glacier is the longest glacier of Antarctica.", "short_answer",
        "What is the longest glacier of Antarctica?", "Lambert Glacier",
    ),
    "other_name": (
        "Farmers see deep cracks in the moving ice known as crevasses.", "short_answer",
        "In this article, what name is given to the moving ice?", "crevasses",
    ),
    "agent": (
        "The first map of the region was drawn by Swiss surveyors.", "flashcard",
        "By whom was the first map of the region drawn?", "Swiss surveyors.",
    ),
    "period": (
        "Swiss villages lost farms to the ice in the seventeenth century.", "flashcard",
        "When did Swiss villages lose farms to the ice?", "In the seventeenth century.",
    ),
    "what": (
        "Louis Agassiz studied the glaciers of the Swiss Alps.", "flashcard",
        "What did Louis Agassiz study?", "The glaciers of the Swiss Alps.",
    ),
    "missing_year": (
        STATED_YEAR, "numeric",
        "Which year completes the sentence? “In _____, Tyndall measured the speed of ice.”", 1860.0,
    ),
    "choice": (
        YEARS, "multiple_choice",
        "Which year completes the sentence? “In _____, Tyndall measured the speed of ice.”",
        "1860",
    ),
    "listing": (
        "Moving ice makes landforms such as cirques, fjords and moraines.", "flashcard",
        "Which three landforms does the article name?", "Cirques, fjords and moraines",
    ),
    "membership": (
        "Caravans carried metals such as copper, tin and zinc.", "multiple_response",
        "Which of these does the article name as metals?", ("copper", "tin", "zinc"),
    ),
    "ordering": (
        DATED, "ordering",
        "Put these events in the order in which they happened, the earliest first.",
        (
            "Louis Agassiz published a book about the traces of ancient glaciers.",
            "Amundsen reached the South Pole.",
            "Scientists drilled the first deep core in Greenland.",
        ),
    ),
    "matching": (
        f"{GLACIER} {MORAINE} {CREVASSE}", "matching", "Match each term with what it means.",
        (
            ("Glacier", "a large body of ice that moves slowly over land"),
            ("Moraine", "a long ridge of rubble that stands at the edge of moving ice"),
            ("Crevasse", "a deep crack that opens in moving ice"),
        ),
    ),
}  # fmt: skip


def material(text: str, title: str = TITLE) -> Material:
    """What ways of drafting are given for a text."""
    return drafter.material_of(parse(text, title))


@pytest.mark.parametrize("way", WAYS)
def test_each_way_drafts_its_example(way: str) -> None:
    text, kind, stem, key = EXAMPLES[way]
    found = [(one.type, one.stem, one.key) for one in WAYS[way](material(text))]
    assert (kind, stem, key) in found


@pytest.mark.parametrize("way", WAYS)
def test_a_draft_names_its_way_its_fact_and_the_words_that_prove_it(way: str) -> None:
    text = EXAMPLES[way][0]
    given_ = material(text)
    statements = {one.fact.statement for one in given_.facts}
    for one in WAYS[way](given_):
        assert one.way == way
        assert one.fact in statements
        assert text[one.evidence.start : one.evidence.end] == one.evidence.quote
        if one.options:
            right = {one.key} if isinstance(one.key, str) else set(one.key)  # type: ignore[arg-type]
            assert right < set(one.options)


def drafted(stem: str, key: Key, kind: str = "short_answer", **others: object) -> Draft:
    made = Draft("way", kind, stem, key, GORNER, Span(0, len(GORNER), GORNER))
    return replace(made, **others)  # type: ignore[arg-type]


GOOD = "Which river is fed by meltwater from the Gorner Glacier?"


@pytest.mark.parametrize(
    ("draft", "text", "reason"),
    [
        (drafted(GOOD, "Matter Vispa"), GORNER, ""),
        (drafted(GOOD, "Matter Vispa"), "It feeds the river Matter Vispa below Zermatt.",
         "unresolved"),
        (drafted(GOOD, "Matter Vispa"),
         "Meltwater from the Gorner Glacier often feeds the river Matter Vispa.", "dropped_hedge"),
        (drafted("Meltwater from the Gorner Glacier feeds which river, the Vispa?", "Matter Vispa"),
         GORNER, "leak"),
        (drafted(GOOD, "Vispa", "multiple_choice",
                 options=("Vispa", "Meltwater", "Rhone", "Aare")), GORNER, "also_true"),
        (drafted(GOOD, "Vispa", "multiple_choice", options=("Vispa", "Aare", "Aare", "Rhone")),
         GORNER, "options"),
        (drafted("Which river is is fed by meltwater from the Gorner Glacier?", "Vispa"), GORNER,
         "grammar"),
        (drafted("What is fed by meltwater " + "from the Gorner Glacier " * 9 + "?", "Vispa"),
         GORNER, "too_long"),
        (drafted("Which river is fed?", "Vispa"), GORNER, "too_short"),
        (drafted("The [[1]] is one of the many things that people see there.", ("way",), "cloze"),
         GORNER, "trivial"),
    ],
)  # fmt: skip
def test_a_gate_keeps_out_what_it_is_for(draft: Draft, text: str, reason: str) -> None:
    parsed = parse(text, TITLE)
    context = Context(parsed, find_facts(parsed)[0])
    assert gates.reason_against(draft, context) == reason


def test_a_statement_cut_off_before_but_is_kept_out() -> None:
    text = "Meltwater from the Gorner Glacier feeds the Vispa, but it stops in winter."
    parsed = parse(text, TITLE)
    source = find_facts(parsed)[0]
    source.clause.span = source.clause.span[:8]
    draft = drafted("Meltwater from the Gorner Glacier feeds the Vispa.", True, "true_false")
    assert gates.drops_turn(draft, Context(parsed, source))


def test_the_same_question_with_two_answers_is_not_asked() -> None:
    same = [drafted(GOOD, "Vispa"), drafted(GOOD, "Aare"), drafted("Another?", "x")]
    assert gates.repeated(same) == {0: "not_unique", 1: "not_unique"}
    assert gates.repeated([same[0], same[0]]) == {1: "duplicate"}


@pytest.mark.parametrize(
    ("text", "unresolved"),
    [
        ("The ice of the Alps melts in summer and feeds the rivers of Europe.", False),
        ("This melts in summer and feeds the rivers of the valley.", True),
        ("They melt in summer and feed the rivers of the valley.", True),
        ("Another glacier lies on the far side of the Matterhorn.", True),
        ("Those in Greenland are thicker by far in most places.", True),
        ("Some live on the ice for the whole of the winter.", True),
        ("Glaciers near the coast of Norway are larger and move well.", True),
        ("Scientists drill cores from them to read past temperatures.", True),
        ("When ice is pressed by its own weight, it bends like warm wax.", False),
        ("As Figure 3 shows, the ice of the Alps is in retreat.", True),
        ("Jupiter has many moons, and Io is the innermost of the four.", True),
        ("Robert Browning combined the two stories in a long poem.", True),
    ],
)
def test_a_statement_that_leans_on_another_is_told_apart(text: str, *, unresolved: bool) -> None:
    facts = find_facts(parse(text, TITLE))
    assert facts, text
    assert bool(facts[0].fact.unresolved) == unresolved, facts[0].fact.unresolved


def test_a_person_is_put_for_the_pronoun_that_can_mean_no_one_else() -> None:
    text = "Louis Agassiz studied the Alps. He published a book about ancient glaciers in 1840."
    second = find_facts(parse(text, TITLE))[1].fact
    assert second.statement == "Louis Agassiz published a book about ancient glaciers in 1840."
    assert second.evidence.quote.startswith("He published")
    two = "Louis Agassiz met Charles Darwin. He published a book about ancient glaciers in 1840."
    assert "He" in find_facts(parse(two, TITLE))[1].fact.unresolved


def test_a_sentence_with_two_subjects_states_two_facts() -> None:
    text = "Valley glaciers fill narrow troughs, and ice caps cover whole mountain ranges."
    found = [one.fact for one in find_facts(parse(text, TITLE))]
    assert [one.statement for one in found] == [
        "Valley glaciers fill narrow troughs.", "Ice caps cover whole mountain ranges."
    ]  # fmt: skip
    assert [text[one.evidence.start : one.evidence.end] for one in found] == [
        one.evidence.quote for one in found
    ]


def test_a_condition_stays_with_what_it_limits() -> None:
    text = "Ice flows downhill if it is thick enough to bend under its own weight."
    (fact,) = (one.fact for one in find_facts(parse(text, TITLE)))
    assert fact.conditions == ("if",)
    assert "if it is thick enough" in fact.statement


def test_what_stands_in_brackets_is_no_part_of_a_question_but_of_the_evidence() -> None:
    text = "Louis Agassiz (1807-1873) studied the glaciers of the Swiss Alps."
    (fact,) = (one.fact for one in find_facts(parse(text, TITLE)))
    assert fact.statement == "Louis Agassiz studied the glaciers of the Swiss Alps."
    assert fact.evidence.quote == text


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("Glaciers", "Glaciers"),
        ("Rivers of Ice: How Glaciers Move", "Rivers of Ice"),
        ("How Does Ice Move?", "Ice"),
        ("What Is a Glacier?", "Glacier"),
    ],
)
def test_the_topic_is_a_short_title_or_the_main_term(title: str, topic: str) -> None:
    assert topic_of(parse(f"{GLACIER} {MORAINE} Ice is heavy.", title)) == topic


def test_the_topic_is_said_where_the_stem_does_not_name_it() -> None:
    one = drafted("Towns appointed boards of health in that age.", True, "true_false")
    assert with_topic(one, "The Black Death").stem.startswith("The Black Death: Towns")
    named = drafted("The Black Death came from Asia.", True, "true_false")
    assert with_topic(named, "The Black Death") == named
    asked = drafted("It was called the [[1]] by later ages.", ("Black Death",), "cloze")
    assert with_topic(asked, "The Black Death") == asked


ARTICLE = "\n\n".join(
    [
        f"{GLACIER} {MORAINE} {CREVASSE}",
        f"{AGASSIZ} {STATED} {GORNER}",
        "Glaciers look blue because dense ice absorbs the red part of sunlight. "
        "The Lambert Glacier is the longest glacier of Antarctica. "
        "Scientists measure the age of ice by counting its yearly layers.",
    ]
)


def test_an_article_yields_facts_and_drafts_with_evidence_best_first() -> None:
    made = drafter.draft(ARTICLE, TITLE)
    assert len(made.facts) >= 8
    assert len(made.drafts) >= 12
    assert len({one.type for one in made.drafts}) >= 4
    assert [one.score for one in made.drafts] == sorted(
        (one.score for one in made.drafts), reverse=True
    )
    statements = {one.statement for one in made.facts}
    for one in made.drafts:
        assert ARTICLE[one.evidence.start : one.evidence.end] == one.evidence.quote
        assert one.fact in statements


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(ARTICLE.replace("\n\n", " ").split(". ")), max_size=9),
       st.text(max_size=40))  # fmt: skip
def test_whatever_the_text_a_draft_quotes_it(sentences: list[str], noise: str) -> None:
    text = " ".join(f"{one.rstrip('.')}." for one in [*sentences, noise])
    made = drafter.draft(text, noise, limit=5)
    assert len(made.drafts) <= 5
    for one in made.drafts:
        assert text[one.evidence.start : one.evidence.end] == one.evidence.quote


def test_a_draft_says_which_item_writing_flaws_it_has() -> None:
    text = "Glaciers near Zermatt often carry rubble from the Matterhorn to the Vispa."
    made = drafter.draft(text, "Swiss glaciers")
    assert "vague_terms" in {code for one in made.drafts for code in one.warnings}
    assert all(code in flaws.RULES for one in made.drafts for code in one.warnings)


def test_other_languages_get_clozes_and_flashcards_and_are_told_so() -> None:
    text = (
        "Ein Gletscher ist eine große Masse aus Eis, die langsam über Land fließt. "
        "Ohne Schneefall verliert ein Gletscher jedes Jahr viel Masse. "
        "Im Sommer schmilzt am Gletscher mehr Schnee, als im Winter fällt."
    )
    made = drafter.draft(text, "Gletscher", language="de")
    assert {one.type for one in made.drafts} == {"flashcard", "cloze"}
    assert made.told == (drafter.OTHER_LANGUAGES,)
    assert made.drafts[0].stem == "Was bedeutet „Ein Gletscher“?"
    for one in made.drafts:
        assert text[one.evidence.start : one.evidence.end] == one.evidence.quote


def scored(number: int, kind: str, score: float, **others: object) -> Draft:
    stem = " ".join(f"{letter}{number}word" for letter in "abcdef") + "?"
    named = {"fact": f"fact {number}", "score": score, "way": kind}
    return drafted(stem, f"answer{number}", kind, **named, **others)


def test_selection_covers_paragraphs_and_mixes_types() -> None:
    drafts = [scored(n, "true_false" if n < 20 else "cloze" if n < 30 else "flashcard",
                     0.9 - n / 100) for n in range(36)]  # fmt: skip
    places = {one.fact: n % 6 for n, one in enumerate(drafts)}
    kept = selecting.select(drafts, places, 15)
    assert len(kept) == 15
    assert {places[one.fact] for one in kept} == set(range(6))
    assert max(sum(one.type == kind for one in kept) for kind in
               ("true_false", "cloze", "flashcard")) <= 6  # fmt: skip


def test_no_kept_draft_tells_the_answer_of_another() -> None:
    asks = drafted("Which river of Zermatt does meltwater from Gorner feed?", "Vispa",
                   fact="a", score=0.9)  # fmt: skip
    tells = drafted("The Vispa is a river of Zermatt that meltwater from Gorner feeds.", True,
                    "true_false", fact="b", score=0.8)  # fmt: skip
    assert selecting.tells(tells, asks)
    assert selecting.select([asks, tells], {"a": 0, "b": 0}, 10) == [asks]


def test_drafts_below_the_least_score_are_left_out() -> None:
    assert selecting.select([scored(1, "cloze", 0.1)], {"fact 1": 0}, 10) == []


def test_the_shipped_weights_know_all_ways_that_were_judged_and_score_between_0_and_1() -> None:
    weights = ranking.weights()
    assert {name.partition(":")[2] for name in weights if name.startswith("way:")} <= set(WAYS)
    for features in ({}, {"bias": 1.0}, dict.fromkeys(weights, 1.0), dict.fromkeys(weights, -99.0)):
        assert 0 <= ranking.score(features) <= 1


LED = (
    "The Gorner Glacier ends high above the town of Zermatt. "
    "It feeds the river Matter Vispa, which joins the Rhone."
)


def test_a_fact_that_leans_on_the_sentence_before_is_stated_and_proved_with_it() -> None:
    second = material(LED).stated[1]
    assert second.fact.statement == LED
    assert second.fact.evidence == Span(0, len(LED), LED)
    assert second.leans
    assert second.lead == "The Gorner Glacier ends high above the town of Zermatt."


def test_a_draft_that_leans_shows_the_sentence_before_and_asks_only_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(selecting, "select", lambda drafts, *_: drafts)
    made = [one for one in drafter.draft(LED, TITLE).drafts if one.fact == LED]
    assert made
    for one in made:
        assert one.lead == "The Gorner Glacier ends high above the town of Zermatt."
        assert one.shown.startswith(f"From the article: “{one.lead}”\n\n")
        assert one.lead not in one.stem
        stem, _ = question_of(one)
        assert stem.startswith(f"From the article: “{one.lead}”\n\n")


@pytest.mark.parametrize(
    "before",
    [
        "It ends high above the town of Zermatt.",  # leans itself
        "That is why guides like the Gorner Glacier.",
        "Is the Gorner Glacier the longest of the Alps?",
        "Two people know the Gorner Glacier well: Agassiz and Tyndall.",
    ],
)
def test_a_sentence_that_is_not_clear_itself_clears_no_other(before: str) -> None:
    text = f"{before} This feeds the river Matter Vispa, which joins the Rhone."
    assert all(not one.leans for one in material(text).stated)


def test_he_is_cleared_only_by_a_sentence_with_one_person() -> None:
    one = "Louis Agassiz came from Switzerland. He saw the Gorner Glacier, which he liked, in June."
    two = "Louis Agassiz met John Tyndall. He saw the ice of the Gorner Glacier in June."
    assert len(material(one).stated) == 2
    assert all(not fact.leans for fact in material(two).stated)


def test_a_gap_shows_the_first_letters_of_what_is_missing() -> None:
    stems = [one.stem for one in WAYS["cloze"](material(GORNER))]
    assert "Meltwater from the [[1]] (G… G…) feeds the river Matter Vispa." in stems


def test_some_of_the_statements_kept_are_false_where_good_ones_were_made() -> None:
    true = [
        replace(drafted(f"S{n}", True, "true_false"), fact=f"F{n}", score=0.9) for n in range(9)
    ]
    false = replace(drafted("S", False, "true_false"), way="false_number", fact="F", score=0.45)
    paragraphs = {one.fact: 0 for one in (*true, false)}
    assert false in selecting.select([*true, false], paragraphs, 20)
    trick = replace(false, way="false_opposite")
    assert trick not in selecting.select([*true, trick], paragraphs, 20)


def test_what_follows_a_quoted_question_is_no_fact() -> None:
    text = "“How thick is the ice of the Gorner Glacier?” Louis Agassiz once asked of the guides."
    assert not material(text).stated
