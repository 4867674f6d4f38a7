"""One sound question of each type, for tests that run over all types."""

from quizapp.core.question import Question

SAMPLES: dict[str, Question] = {
    "multiple_choice": Question(
        "multiple_choice",
        "Which two kinds of immunotherapy are there?",
        {
            "options": [
                {"id": "o1", "text": "Active and passive", "fraction": "1", "feedback": "Yes."},
                {"id": "o2", "text": "Hot and cold", "fraction": "-0.5"},
                {"id": "o3", "text": "Active and idle", "fraction": "0.5", "feedback": "Half."},
            ],
            "feedback": "Both use the immune system.",
            "hints": ["Think of who does the work."],
        },
    ),
    "multiple_response": Question(
        "multiple_response",
        "Which are cytokines?",
        {
            "options": [
                {"id": "o1", "text": "Interferons", "fraction": "0.3333333"},
                {"id": "o2", "text": "Interleukins", "fraction": "0.3333333"},
                {"id": "o3", "text": "Chemokines", "fraction": "0.3333333"},
                {"id": "o4", "text": "Keratins", "fraction": "0", "feedback": "In hair."},
            ],
            "scoring": "sum_floor0",
        },
    ),
    "true_false": Question(
        "true_false",
        "Vaccines are an active immunotherapy.",
        {"answer": True, "feedback_false": "They make the body act."},
    ),
    "short_answer": Question(
        "short_answer",
        "What binds to an antigen?",
        {
            "answers": [
                {"id": "a1", "text": "* antibody"},
                {"id": "a2", "text": "immunoglobulin"},
                {"id": "a3", "text": "protein", "fraction": "0.5", "feedback": "Which?"},
            ],
            "typos": 1,
        },
    ),
    "numeric": Question(
        "numeric",
        "How long is it?",
        {
            "answers": [
                {"id": "a1", "value": "2.5", "tolerance": "0.1"},
                {"id": "a2", "min": "2", "max": "3", "fraction": "0.5", "feedback": "Nearly."},
            ],
            "units": [{"unit": "m", "factor": "1"}, {"unit": "cm", "factor": "100"}],
            "unit_required": True,
        },
    ),
    "cloze": Question(
        "cloze",
        "A [[2]] cell is made by the [[1]] and kills [[3]].",
        {
            "gaps": {
                "1": {
                    "kind": "typed",
                    "typos": 2,
                    "answers": [
                        {"id": "a1", "text": "thymus"},
                        {"id": "a2", "text": "bone marrow", "fraction": "0.5"},
                    ],
                },
                "2": {
                    "kind": "choice",
                    "options": [
                        {"id": "o1", "text": "T", "fraction": "1"},
                        {"id": "o2", "text": "B", "feedback": "It makes antibodies."},
                    ],
                    "weight": "2",
                },
                "3": {"kind": "word", "word": "w2", "feedback": "Not friends."},
            },
            "words": [
                {"id": "w1", "text": "friends"},
                {"id": "w2", "text": "tumour cells"},
            ],
        },
    ),
    "matching": Question(
        "matching",
        "Who found what?",
        {
            "lefts": [
                {"id": "l1", "text": "Jenner", "right": "r2", "feedback": "1796."},
                {"id": "l2", "text": "Fleming", "right": "r1"},
            ],
            "rights": [
                {"id": "r1", "text": "Penicillin"},
                {"id": "r2", "text": "Vaccination"},
                {"id": "r3", "text": "X-rays"},
            ],
        },
    ),
    "ordering": Question(
        "ordering",
        "From first to last:",
        {
            "items": [
                {"id": "i1", "text": "Recognise"},
                {"id": "i2", "text": "Activate"},
                {"id": "i3", "text": "Multiply"},
                {"id": "i4", "text": "Remember"},
            ],
            "feedback_wrong": "Recognition comes first.",
        },
    ),
    "essay": Question("essay", "Why?", {"rubric": "One reason.", "max_words": 100}),
    "flashcard": Question("flashcard", "Antigen", {"back": "What an antibody binds to."}),
    "description": Question("description", "The next questions are on cytokines.", {}),
    "opaque": Question("opaque", "", {"raw_format": "moodle_xml", "raw": "<question/>"}),
}
