"""Questions as QTI 1.2 items, in the form that Canvas writes itself."""

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote, unquote

from quizapp.core.formats.model import QuestionIn
from quizapp.core.formats.parts import qti12_settings
from quizapp.core.formats.shared import html, plain
from quizapp.core.markdown import render
from quizapp.core.question_types.texts import fill_ids

FORMAT_CHANGED = "Some of its formatting has no place in HTML and comes back a little different."
TAGS_LOST = "Tags with a comma are left out: the format parts tags by commas."
SHARES = "shares of the points"
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WILD = re.compile(r"(?<!\\)\*")
RESPONSE = "response1"

Entry = Mapping[str, Any]


def quoted(text: str) -> str:
    """Return a text for XML, in an attribute too."""
    return escape(_BAD.sub("\ufffd", text))


def media_url(name: str) -> str:
    """Return the address of a file of the package, as Canvas knows it."""
    return f"$IMS-CC-FILEBASE$/media/{quote(name)}"


def equal(response: str, values: list[str], case: bool = False) -> str:
    """Return comparisons of a response with values."""
    attribute = ' case="Yes"' if case else ""
    return "".join(
        f'<varequal respident="{quoted(response)}"{attribute}>{quoted(value)}</varequal>'
        for value in values
    )


class Writing:
    """One item. lost: what is left out. only_here: settings that other programs do not know."""

    def __init__(self, item: QuestionIn, ident: str) -> None:
        self.item = item
        self.body: dict[str, Any] = fill_ids(item.type, item.body)
        self.ident = ident
        self.meta: dict[str, str] = {}
        self.conditions: list[str] = []
        self.last: list[str] = []  # conditions that come after those for points
        self.feedback: dict[str, str] = {}
        self.settings: dict[str, Any] = {}
        self.lost: list[str] = []
        self.only_here: list[str] = []

    def xml(self, present: "Callable[[Writing], str]") -> str:
        """Return the whole item; `present` gives what learners see and adds the conditions."""
        if text := self.body.get("feedback"):
            self.show("general_fb", text, "<other/>")
        presentation = present(self)
        self._hints()
        item = self.item
        processing = "".join([*self.conditions, *self.last])
        if processing:
            processing = (
                '<resprocessing>\n<outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE" '
                f'vartype="Decimal"/></outcomes>\n{processing}</resprocessing>\n'
            )
        return (
            f'<item ident="{quoted(self.ident)}" title="{quoted(item.name)}">\n{self._metadata()}'
            f"<presentation>\n{presentation}</presentation>\n{processing}"
            f"{''.join(self.feedback.values())}</item>\n"
        )

    def stem(self) -> str:
        """Return the stem as material."""
        return self.material(self.item.stem, always_html=True)

    def material(self, text: str, always_html: bool = False) -> str:
        """Return Markdown as material: plain text where that shows the same."""
        if not always_html:
            words, is_same = plain.from_markdown(text)
            if is_same and "\n" not in words:
                return _material("plain", words)
        return self.html_material(self.html(text))

    def html_material(self, source: str) -> str:
        """Return HTML as material."""
        return _material("html", source)

    def html(self, text: str) -> str:
        """Return Markdown as HTML; what does not come back the same is told."""
        source = html.from_markdown(text, media_url)
        if any(sign in text for sign in "\\*_`$<>&[|#~"):
            again = html.to_markdown(source, _media_name).text
            if render(again) != render(text):
                self.lost.append(FORMAT_CHANGED)
        return source

    def show(self, ident: str, text: Any, when: str) -> None:
        """Show a feedback under a condition, and go on."""
        if text:
            self.add_feedback(ident, text)
            self.conditions.append(condition(when, shows=[ident], goes_on="Yes"))

    def add_feedback(self, ident: str, text: str) -> None:
        inside = self.html_material(self.html(text))
        self.feedback[ident] = (
            f'<itemfeedback ident="{quoted(ident)}"><flow_mat>{inside}</flow_mat></itemfeedback>\n'
        )

    def wrong(self, text: Any) -> None:
        """Show a feedback to whoever is not right."""
        if text:
            self.add_feedback("general_incorrect_fb", text)
            shows = ["general_incorrect_fb"]
            self.last.append(condition("<other/>", shows=shows, goes_on="Yes"))

    def labels(self, entries: Sequence[Entry], shuffle: Any = True, extra: str = "") -> str:
        """Return options to choose from."""
        parts = [
            f'<response_label ident="{quoted(one["id"])}"{extra}>\n'
            f"{self.material(str(one['text']))}</response_label>\n"
            for one in entries
        ]
        fixed = ' shuffle="No"' if shuffle is False else ""
        return f"<render_choice{fixed}>\n{''.join(parts)}</render_choice>\n"

    def keep(self, holder: Entry, into: dict[str, Any], *names: str) -> None:
        """Keep settings that the format has no place for."""
        words = {"case": "upper and lower case", "diacritics": "accents", "typos": "slips"}
        defaults = {"case": False, "diacritics": True, "typos": 0, "shuffle": True}
        for name in names:
            value = holder.get(name)
            if value in (None, "", [], defaults.get(name)) or (name == "weight" and value == "1"):
                continue
            into[name] = value
            self.only_here.append(words.get(name, name.replace("_", " ")))

    def _metadata(self) -> str:
        item = self.item
        if item.category:
            self.meta["cc_question_category"] = item.category
        tags = [tag for tag in item.tags if "," not in tag]
        if len(tags) < len(item.tags):
            self.lost.append(TAGS_LOST)
        if tags:
            self.meta["qmd_keywords"] = ", ".join(tags)
        if self.settings:
            self.meta[qti12_settings.LABEL] = qti12_settings.written(self.settings)
        points = "0.0" if item.type == "description" else "1.0"
        kind = self.meta.pop("question_type")
        fields = {"question_type": kind, "points_possible": points, **self.meta}
        inside = "".join(
            f"<qtimetadatafield><fieldlabel>{label}</fieldlabel>"
            f"<fieldentry>{quoted(entry)}</fieldentry></qtimetadatafield>\n"
            for label, entry in fields.items()
        )
        return f"<itemmetadata><qtimetadata>\n{inside}</qtimetadata></itemmetadata>\n"

    def _hints(self) -> None:
        hints = [self.html_material(self.html(hint)) for hint in self.body.get("hints") or ()]
        if hints:
            inside = "".join(f"<hintmaterial>{one}</hintmaterial>" for one in hints)
            self.feedback["hint"] = (
                f'<itemfeedback ident="hint"><hint feedbackstyle="Multilevel">{inside}</hint>'
                "</itemfeedback>\n"
            )
            self.only_here.append("hints")


def condition(
    when: str,
    points: str | None = None,
    action: str = "Set",
    shows: list[str] | None = None,
    goes_on: str = "",
) -> str:
    """Return a condition; it ends the scoring where `goes_on` is "No"."""
    attribute = f' continue="{goes_on}"' if goes_on else ""
    score = f'<setvar action="{action}" varname="SCORE">{points}</setvar>' if points else ""
    shown = "".join(
        f'<displayfeedback feedbacktype="Response" linkrefid="{quoted(one)}"/>'
        for one in shows or ()
    )
    return (
        f"<respcondition{attribute}><conditionvar>{when}</conditionvar>{score}{shown}"
        "</respcondition>\n"
    )


def _material(kind: str, text: str) -> str:
    return f'<material><mattext texttype="text/{kind}">{quoted(text)}</mattext></material>\n'


def _media_name(address: str) -> str | None:
    return unquote(address.rpartition("/")[2]) or None


def typed_texts(item: Writing, holder: Entry, into: dict[str, Any]) -> list[str]:
    """Return the answers as typed; where some have wildcards, all as they are written here."""
    texts = [str(one["text"]) for one in holder.get("answers") or ()]
    if any(_WILD.search(text) for text in texts):
        into["wildcards"] = True
        item.only_here.append("answers with * for any text")
        return texts
    return [text.replace("\\*", "*") for text in texts]
