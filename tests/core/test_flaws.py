"""Item-writing flaws: what holds for every rule, and for each a flawed and a sound example."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.core import flaws
from quizapp.core.flaws import RULES, Flaw
from quizapp.core.flaws.key_positions import patterns
from quizapp.core.question import Question
from quizapp.core.question_types import QUESTION_TYPES
from tests.core.samples import SAMPLES

UNHURRIED = settings(deadline=None)  # a busy machine is no failure


def choice(
    stem: str, *options: str, shuffle: bool = True, type: str = "multiple_choice"
) -> Question:
    """Return a question whose first option is right; an option in brackets is also right."""
    entries = [
        {"id": f"o{n}", "text": text, "fraction": "0" if n > 1 else "1"}
        for n, text in enumerate(options, start=1)
    ]
    return Question(type, stem, {"options": entries, "shuffle": shuffle})


def said(stem: str, answer: bool = True) -> Question:
    return Question("true_false", stem, {"answer": answer})


def cloze(stem: str, *options: str) -> Question:
    gap: dict[str, Any] = {"kind": "typed", "answers": [{"id": "a1", "text": "x"}]}
    if options:
        gap = {"kind": "choice", "options": choice("", *options).body["options"]}
    return Question("cloze", stem, {"gaps": {"1": gap}})


ASK = "Which cells fight germs?"
LONG = "White cells, which recognise germs by the proteins on their surface"
STORY = " ".join(["A patient came to the clinic with a fever and a cough."] * 8)

# By rule: questions that have the flaw, and questions that are near it but sound.
EXAMPLES: dict[str, tuple[list[Question], list[Question]]] = {
    "longest_key": (
        [choice(ASK, LONG, "Red cells", "Platelets"), cloze("Germs die by [[1]].", LONG, "A", "B")],
        [
            choice(ASK, "White cells", LONG, "Platelets"),
            choice(ASK, "White cells", "Red", "Bone"),
            choice(ASK, LONG, LONG[:-9], "Red"),
        ],
    ),
    "unequal_lengths": (
        [choice(ASK, "White cells", f"{LONG}, and that in every part of the body", "Platelets")],
        [choice(ASK, LONG, LONG[:-9], "Red"), choice(ASK, "White cells", "Red", "Platelets")],
    ),
    "all_of_the_above": (
        [
            choice(ASK, "T cells", "B cells", "All of the above"),
            choice(ASK, "Both of these", "T cells", "B cells"),
            choice(ASK, "T cells", "B cells", "*All of these are correct.*"),
        ],
        [choice(ASK, "T cells", "All cells", "Those above the heart")],
    ),
    "none_of_the_above": (
        [
            choice(ASK, "T cells", "B cells", "None of the above."),
            choice(ASK, "T cells", "B cells", "None of these"),
        ],
        [choice(ASK, "T cells", "None", "Neither")],
    ),
    "combined_options": (
        [
            choice(ASK, "T cells", "B cells", "Both A and B"),
            choice(ASK, "T cells", "B cells", "1, 2 and 3 only"),
            choice(ASK, "I and II", "II and III", "I only"),
        ],
        [
            choice("Which vitamins?", "A and D", "B and C", "D and E"),
            choice(ASK, "A and some more", "B cells"),
        ],
    ),
    "repeated_options": (
        [choice(ASK, "White cells", "Red cells", "the red cells.")],
        [choice(ASK, "x > 3", "x < 3"), choice(ASK, "2 cells", "3 cells")],
    ),
    "filling_options": (
        [choice(ASK, "White cells", "I don't know"), choice(ASK, "White", "Red", "Option C")],
        [choice(ASK, "Other", "White cells"), choice(ASK, "White", "Other cells", "I know")],
    ),
    "negative_stem": (
        [
            choice("Which of these is not a blood cell?", "Neuron", "Platelet"),
            choice("All are blood cells except:", "Neuron", "Platelet"),
        ],
        [
            choice("Which of these is **not** a blood cell?", "Neuron", "Platelet"),
            choice("Which of these is NOT a blood cell?", "Neuron", "Platelet"),
            choice("What happens if it does not clot?", "It bleeds", "It heals"),
            choice("It does not clot. What helps?", "Vitamin K", "Iron"),
            said("A neuron is not a blood cell."),
        ],
    ),
    "unfocused_stem": (
        [
            choice("Which of the following is true?", "A", "B"),
            choice("Blood", "It is made in the bone marrow", "It is made in the heart"),
        ],
        [
            choice("Which of the following is true of blood?", "A", "B"),
            choice("Blood", "red", "blue"),
            choice("Why?", "It is made in the bone marrow", "It is made in the heart"),
        ],
    ),
    "extra_information": (
        [choice(f"{STORY} Which cells fight germs?", "White", "Red")],
        [choice(f"{STORY[:110]} Which cells fight germs?", "White", "Red"), said(STORY)],
    ),
    "unclear_reference": (
        [said("They recognise germs."), said("It carries oxygen.")],
        [
            said("It is known that white cells recognise germs."),
            said("These cells recognise germs."),
            said("It takes a day to clot."),
            said("Those who are vaccinated fall ill less."),
        ],
    ),
    "several_asked": (
        [choice("Which cells fight germs? Select all that apply.", "White", "Red")],
        [
            choice("Select all that apply.", "White", "Red", type="multiple_response"),
            choice(ASK, "White", "Red"),
        ],
    ),
    "absolute_terms": (
        [
            choice(ASK, "Those that are white", "Those that are never red"),
            said("White cells always win.", answer=False),
        ],
        [
            choice(ASK, "Those that always win", "Those that never win"),
            said("White cells always have a nucleus."),
            choice("What is always so?", "This", "It always wins"),
        ],
    ),
    "vague_terms": (
        [choice(ASK, "Those that often win", "Red"), said("White cells usually win.")],
        [choice("How often?", "Daily", "Count how often it came"), said("White cells win.")],
    ),
    "article_cue": (
        [
            choice("A thing that binds an antigen is an", "antibody", "red cell"),
            cloze("It is a [[1]] of blood.", "unit", "ounce"),
        ],
        [
            choice("A thing that binds an antigen is an", "antibody", "antigen"),
            choice("A thing that binds an antigen is a", "antibody", "cell"),  # the key misfits
            choice("This is an", "antibody", "MRI"),
            choice("Which is an antibody?", "IgG", "Red cell"),
            cloze("It takes an [[1]].", "hour", "eye"),
        ],
    ),
    "repeated_word": (
        [
            choice(
                "Which cells make antibodies?", "Antibody-making B cells, or antibodies", "T", "N"
            )
        ],
        [
            choice("Which cells fight germs?", "White cells", "Red cells", "Bone cells"),
            choice("Germs, antibodies, cells. What is it?", "Antibodies", "Red", "Bone"),
        ],
    ),
    "convergence": (
        [
            choice(
                "What does it do?",
                "Warms blood slowly",
                "Warms bone quickly",
                "Cools blood today",
                "Drains lymph slowly",
            )
        ],
        [
            choice(
                "What does it do?",
                "Warms bone quickly",
                "Warms blood slowly",
                "Cools blood today",
                "Drains lymph slowly",
            ),
            choice("What?", "Warm blood", "Warm bone", "Cold blood", "Cold bone"),
        ],
    ),
    "kind_cue": (
        [choice("How many kinds are there?", "3 kinds", "The white ones", "The red ones")],
        [
            choice("How many kinds are there?", "3", "4", "many"),
            choice("Which kinds?", "3", "white", "red"),
        ],
    ),
    "two_statements": (
        [
            said("Blood is red. Lymph is clear."),
            said("Blood is red, and it carries oxygen."),
            said("Blood is red; lymph is clear."),
        ],
        [
            said("Blood is red and warm."),
            said("Look at the picture. Blood is red."),
            said("The U.S. has blood banks."),
            said("Blood is red. Is that so?"),
            said("From the article: “Blood is red.”\n\nIt is so because of iron."),
        ],
    ),
    "double_negation": (
        [said("Blood is not unimportant."), said("No cell can do without oxygen, nor can't it.")],
        [
            said("Blood is not red."),
            said("Blood is neither blue nor green."),
            said("Blood is not red. Lymph is not blue."),
        ],
    ),
    "early_gaps": (
        [cloze("[[1]] and [[2]] are kinds of cells that circulate.")],
        [
            cloze("Cells named [[1]] and [[2]] circulate."),
            cloze("[[1]] cells are made in the bone marrow, unlike [[2]]."),
        ],
    ),
    "many_gaps": (
        [cloze("[[1]] [[2]] make [[3]] in bone.")],
        [cloze("[[1]] make [[2]]."), cloze("In blood [[1]] fight germs. In bone [[2]] and [[3]].")],
    ),
    "number_order": (
        [
            choice("How many?", "3", "1", "2", shuffle=False),
            choice("How many?", "1 kg", "2 kg", "3 kg"),
        ],
        [
            choice("How many?", "1", "2.5", "1,000", shuffle=False),
            choice("How many?", "−3 °C", "-4 °C", "-5 °C", shuffle=False),
            choice("How many?", "1 kg", "2 g", "3 kg"),
            choice("How many?", "2", "some", "1"),
        ],
    ),
}
CASES = [(name, q, True) for name, (flawed, _) in EXAMPLES.items() for q in flawed] + [
    (name, q, False) for name, (_, sound) in EXAMPLES.items() for q in sound
]


def test_every_rule_has_examples_of_both() -> None:
    assert list(EXAMPLES) == sorted(RULES, key=list(EXAMPLES).index)
    assert set(EXAMPLES) == set(RULES)
    assert all(flawed and sound for flawed, sound in EXAMPLES.values())


@pytest.mark.parametrize(
    ("name", "question", "is_flawed"),
    CASES,
    ids=[f"{name}-{'has' if has else 'not'}-{q.stem[:30]}" for name, q, has in CASES],
)
def test_a_rule_finds_its_flaw_and_nothing_near_it(
    name: str, question: Question, is_flawed: bool
) -> None:
    found = RULES[name].find(question)
    assert bool(found) == is_flawed, found
    assert {flaw.code for flaw in found} <= {name}


@pytest.mark.parametrize("name", list(RULES))
def test_names_labels_and_places_are_sound(name: str) -> None:
    rule = RULES[name]
    assert name == rule.NAME
    assert rule.LABEL[0].isupper()
    assert not rule.LABEL.endswith(".")
    assert rule.language in (None, "en")
    for question in EXAMPLES[name][0]:
        for flaw in rule.find(question):
            assert flaw.message.endswith((".", "?"))
            assert len(flaw.message) < 200
            assert resolves(question, flaw.where)


def resolves(question: Question, where: str) -> bool:
    """Whether a body path leads somewhere."""
    holder: Any = {"stem": question.stem, **question.body}
    for step in where.split("."):
        if isinstance(holder, list):
            holder = next((entry for entry in holder if entry["id"] == step), None)
        else:
            holder = holder.get(step)
        if holder is None:
            return False
    return True


@pytest.mark.parametrize("name", list(QUESTION_TYPES))
def test_the_samples_have_no_flaw(name: str) -> None:
    allowed = {"unfocused_stem", "many_gaps"}  # the samples are short
    assert {flaw.code for flaw in flaws.find(SAMPLES[name])} <= allowed


@UNHURRIED
@given(
    name=st.sampled_from(list(QUESTION_TYPES)),
    stem=st.text(max_size=60) | st.sampled_from(["[[1]] a", "Which is not an", "It\0 is. \ud800"]),
    texts=st.lists(st.text(max_size=30) | st.sampled_from(["1", "-", "1e9", "²", "A and B", "١"])),
    shuffle=st.booleans() | st.none(),
)
def test_a_sound_question_with_any_words_raises_nothing(
    name: str, stem: str, texts: list[str], shuffle: bool | None
) -> None:
    body = {**SAMPLES[name].body, "shuffle": shuffle}
    if "options" in body:
        body["options"] = [{"id": str(n), "text": text} for n, text in enumerate(texts)]
        body["options"][:1] = [{"id": "k", "text": stem, "fraction": "1"}]
    for question in (Question(name, stem, body), Question(name, stem, SAMPLES[name].body)):
        assert all(isinstance(flaw, Flaw) for flaw in flaws.find(question))


@UNHURRIED
@given(
    name=st.sampled_from(list(QUESTION_TYPES)),
    body=st.dictionaries(
        st.sampled_from(["options", "gaps", "answer", "shuffle"]),
        st.none() | st.integers() | st.text() | st.lists(st.none() | st.text() | st.just({})),
    ),
)
def test_a_malformed_body_raises_nothing(name: str, body: dict[str, Any]) -> None:
    flaws.find(Question(name, "Which [[1]] is an", body))


def test_long_texts_take_no_time_that_grows_out_of_hand() -> None:
    for text in ("not " * 20_000, "A, " * 20_000, "which " * 20_000, "(" * 60_000, "un" * 30_000):
        flaws.find(choice(text, text, text, text))
        flaws.find(said(text))


def test_rules_of_a_language_are_left_out_of_another() -> None:
    question = choice("What is this?", "T cells", "B cells", "All of the above")
    assert [flaw.code for flaw in flaws.find(question, "en-GB")] == ["all_of_the_above"]
    assert flaws.find(question, "de") == []
    assert flaws.find(choice(ASK, LONG, "Red cells", "Platelets"), "de") != []


def placed(place: int, options: int = 4, shuffle: bool = False) -> Question:
    """Return a question whose right option stands at a place, from 1."""
    question = choice(ASK, *(f"Cell {n}" for n in range(options)), shuffle=shuffle)
    for n, entry in enumerate(question.body["options"], start=1):
        entry["fraction"] = "1" if n == place else "0"
    return question


def test_a_place_that_is_right_too_often_is_told() -> None:
    (found,) = patterns([placed(2) for _ in range(12)] + [placed(1), placed(3, options=3)])
    assert (found.options, found.position, found.times, found.questions) == (4, 2, 12, 13)
    assert found.expected == 3.25


def test_chance_and_random_order_make_no_pattern() -> None:
    assert patterns([placed(1 + n % 4) for n in range(40)]) == []
    assert patterns([placed(2, shuffle=True) for _ in range(40)]) == []
    assert patterns([placed(2) for _ in range(11)]) == []
    assert patterns(SAMPLES.values()) == []
