"""One piece of H5P content as a question."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from quizapp.core.formats.model import QuestionIn
from quizapp.core.formats.parts.h5p_content import (
    Content,
    Params,
    below,
    is_true,
    maps,
    text,
    texts,
)
from quizapp.core.formats.parts.h5p_gaps import NotAskable, blanks, drag_text
from quizapp.core.formats.parts.h5p_media import with_media
from quizapp.core.formats.shared.html import FindMedia
from quizapp.core.formats.shared.html_texts import HtmlTexts, words_of
from quizapp.core.formats.shared.kept import kept

NAME = "h5p"
NO_PLACE = "Feedback on options that were not chosen was left out."
BY_SCORE = "Feedback that depends on the score was left out."
BY_WORDS = "H5P gives points for words in the text; here they stand in the rubric."
BY_LETTERS = "The length that H5P asks for, in characters, was left out."
ENOUGH = "H5P gives the point for a part of the right options too; here all of them are asked for."
UNKNOWN = "Questions of the kind {} cannot be asked here; it is kept as it came."

Body = dict[str, Any]
Built = tuple[str, str, Body]


def question(
    content: Content, position: int, find: FindMedia, told: Sequence[str] = ()
) -> QuestionIn:
    """Return a question, or an opaque one where it cannot be asked."""
    reading = HtmlTexts(find, list(told))
    make = _KINDS.get(content.kind)
    why = UNKNOWN.format((content.library.partition(" ")[0] or "?")[:100])
    try:
        if make is not None:
            kind, stem, body = make(content, reading)
            return QuestionIn(
                position=position,
                type=kind,
                stem=stem,
                body={name: value for name, value in body.items() if value not in ("", [], {})},
                key=content.key,
                name=_name(content, kind),
                raw=reading.raw(NAME, content.source()),
                warnings=reading.told,
            )
    except NotAskable as reason:
        why = str(reason)
    stem = reading.markdown(_likely_stem(content.params))
    title = content.title or content.kind
    return kept(position, NAME, content.source(), why, stem=stem, name=title, key=content.key)


def _name(content: Content, kind: str) -> str:
    """Return the title, unless it is only that of the whole package or the stem again."""
    return content.title if content.key is not None and kind != "description" else ""


def _likely_stem(params: Params) -> str:
    for name in ("taskDescription", "question", "introduction", "intro", "text"):
        if words_of(text(params, name)):
            return text(params, name)
    return ""


def _multi_choice(content: Content, reading: HtmlTexts) -> Built:
    params, behaviour = content.params, below(content.params, "behaviour")
    answers = maps(params, "answers")
    options, hints = [], []
    for answer in answers:
        more = below(answer, "tipsAndFeedback") or answer
        option = {"text": reading.markdown(text(answer, "text"))}
        if is_true(answer, "correct"):
            option["fraction"] = "1"
        if words_of(text(more, "chosenFeedback")):
            option["feedback"] = reading.markdown(text(more, "chosenFeedback"))
        if words_of(text(more, "notChosenFeedback")):
            reading.lose(NO_PLACE)
        if words_of(text(more, "tip")):
            hints.append(f"{option['text']}: {reading.markdown(text(more, 'tip'))}")
        options.append(option)
    right = sum("fraction" in option for option in options)
    wanted = text(behaviour, "type")
    several = wanted == "multi" or (wanted != "single" and right != 1)
    body: Body = {"options": options, "hints": hints}
    if not is_true(behaviour, "randomAnswers", True):
        body["shuffle"] = False
    if several and is_true(behaviour, "singlePoint"):
        body["scoring"] = "all_or_nothing"
        if behaviour.get("passPercentage", 100) not in (100, "100"):
            reading.tell(ENOUGH)
    body["feedback"] = _feedback(params, reading)
    stem = with_media(params, text(params, "question"), reading)
    return "multiple_response" if several else "multiple_choice", stem, body


def _true_false(content: Content, reading: HtmlTexts) -> Built:
    params, behaviour = content.params, below(content.params, "behaviour")
    answer = is_true(params, "correct")
    right = reading.markdown(text(behaviour, "feedbackOnCorrect"))
    wrong = reading.markdown(text(behaviour, "feedbackOnWrong"))
    body: Body = {
        "answer": answer,
        "feedback_true": right if answer else wrong,
        "feedback_false": wrong if answer else right,
        "feedback": _feedback(params, reading),
    }
    return "true_false", with_media(params, text(params, "question"), reading), body


def _single_choice(content: Content, reading: HtmlTexts) -> Built:
    part = _part(content)
    first, *others = [reading.markdown(one) for one in texts(part, "answers")] or [""]
    options = [{"text": first, "fraction": "1"}, *({"text": one} for one in others)]
    return "multiple_choice", reading.markdown(text(part, "question")), {"options": options}


def _flashcard(content: Content, reading: HtmlTexts) -> Built:
    part = _part(content)
    task = reading.markdown(text(content.params, "description"))
    front = with_media(part, text(part, "text"), reading)
    stem = "\n\n".join(one for one in (task, front) if one)
    back = reading.markdown(text(part, "answer"))
    return "flashcard", stem, {"back": back, "hints": _hints(reading, text(part, "tip"))}


def _dialog(content: Content, reading: HtmlTexts) -> Built:
    part = _part(content)
    tips = below(part, "tips")
    body: Body = {
        "back": reading.markdown(text(part, "answer")),
        "hints": _hints(reading, text(tips, "front")),
        "feedback": reading.markdown(text(tips, "back")),
    }
    return "flashcard", with_media(part, text(part, "text"), reading), body


def _guess(content: Content, reading: HtmlTexts) -> Built:
    params = content.params
    stem = with_media(params, text(params, "taskDescription"), reading)
    return "flashcard", stem, {"back": reading.markdown(text(params, "solutionText"))}


def _essay(content: Content, reading: HtmlTexts) -> Built:
    params = content.params
    solution, behaviour = below(params, "solution"), below(params, "behaviour")
    sample = [reading.markdown(text(solution, name)) for name in ("introduction", "sample")]
    wanted = list(_keywords(params, reading))
    if wanted:
        reading.lose(BY_WORDS)
    if behaviour.get("minimumLength") or behaviour.get("maximumLength"):
        reading.lose(BY_LETTERS)
    body: Body = {
        "sample": "\n\n".join(one for one in sample if one),
        "rubric": "\n".join(f"- {one}" for one in wanted),
        "feedback": _feedback(params, reading),
    }
    return "essay", with_media(params, text(params, "taskDescription"), reading), body


def _keywords(params: Params, reading: HtmlTexts) -> Iterator[str]:
    for one in maps(params, "keywords"):
        words = [text(one, "keyword"), *texts(one, "alternatives")]
        if line := " / ".join(reading.markdown(word) for word in words if word.strip()):
            yield line


def _text(content: Content, reading: HtmlTexts) -> Built:
    stem = reading.markdown(text(content.params, "text"))
    if not stem:
        raise NotAskable("It has no text; it is kept as it came.")
    return "description", stem, {}


def _blanks(content: Content, reading: HtmlTexts) -> Built:
    stem, body = blanks(content.params, reading)
    return "cloze", stem, body | {"feedback": _feedback(content.params, reading)}


def _drag_text(content: Content, reading: HtmlTexts) -> Built:
    stem, body = drag_text(content.params, reading)
    return "cloze", stem, body | {"feedback": _feedback(content.params, reading)}


def _part(content: Content) -> Params:
    if content.part is None:
        raise NotAskable("There is nothing in it; it is kept as it came.")
    found: Params = content.part
    return found


def _hints(reading: HtmlTexts, tip: str) -> list[str]:
    return [made] if (made := reading.markdown(tip)) else []


def _feedback(params: Params, reading: HtmlTexts) -> str:
    """Return the text that is shown whatever the score; others have no place here.

    A text that only tells the score, which the app does itself, counts as none.
    """
    listed = [
        one
        for one in maps(params, "overallFeedback")
        if words_of(text(one, "feedback")) and not _tells_score(text(one, "feedback"))
    ]
    if (
        len(listed) == 1
        and listed[0].get("from") in (0, "0")
        and listed[0].get("to") in (100, "100")
    ):
        return reading.markdown(text(listed[0], "feedback"))
    if listed:
        reading.lose(BY_SCORE)
    return ""


def _tells_score(words: str) -> bool:
    return any(sign in words for sign in ("@score", ":num", "@percent", "@total"))


_KINDS: dict[str, Callable[[Content, HtmlTexts], Built]] = {
    "MultiChoice": _multi_choice,
    "TrueFalse": _true_false,
    "SingleChoiceSet": _single_choice,
    "Flashcards": _flashcard,
    "Dialogcards": _dialog,
    "GuessTheAnswer": _guess,
    "Essay": _essay,
    "Blanks": _blanks,
    "DragText": _drag_text,
    "AdvancedText": _text,
    "Text": _text,
}
