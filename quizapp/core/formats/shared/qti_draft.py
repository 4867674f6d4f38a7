"""A QTI item while it is written, in the names of version 2; `finished` gives its XML."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from lxml import etree
from lxml import html as lxml_html

from quizapp.core.formats.model import QuestionIn
from quizapp.core.formats.shared import html
from quizapp.core.formats.shared.plain import from_markdown
from quizapp.core.formats.shared.qti_elements import (
    base,
    clean,
    element,
    shown,
    when,
)
from quizapp.core.formats.shared.qti_names import to_version_3
from quizapp.core.formats.shared.qti_reading import TOOL
from quizapp.core.formats.shared.qti_xhtml import (
    MEDIA,
    MakeGap,
    name_of_media,
    put_pieces,
    show_media,
)
from quizapp.core.formats.shared.xml import Element
from quizapp.core.markdown import render

FORMATTING = "Some of its formatting is left out: the format has no sign for it."


class Draft:
    """An item on its way to XML.

    lost: plain words on what it cannot carry. media: the names of the files that it shows.
    rich: whether the choices in a line may have a layout, as in version 3.
    """

    def __init__(self, item: QuestionIn, body: Mapping[str, Any], is_version_3: bool) -> None:
        self.item = item
        self.data = body
        self.rich = is_version_3
        self.lost: list[str] = []
        self.media: list[str] = []
        self.body = element("itemBody")
        self.template = ""
        self._responses: list[Element] = []
        self._rules: list[Element] = []
        self._modals: list[Element] = []

    def lose(self, words: str) -> None:
        """Tell once that something is left out."""
        if words not in self.lost:
            self.lost.append(words)

    def flow(self, parent: Element, text: str, make_gap: MakeGap | None = None) -> Element:
        """Put Markdown into an element as XHTML, gaps as what `make_gap` gives for a number."""
        source = html.from_markdown(clean(text), self._address)
        if "<" not in source and "&" not in source and "\\" not in source and make_gap is None:
            parent.text = source
            return parent
        if html.to_markdown(source, name_of_media).text != text and not self._shows_the_same(
            source, text
        ):
            self.lose(FORMATTING)
        inside = lxml_html.fragment_fromstring(source, create_parent="div")
        put_pieces(inside, make_gap)
        show_media(inside)
        self._fit(inside)
        parent.text = inside.text
        parent.extend(list(inside))
        return parent

    def words(self, parent: Element, text: str) -> Element:
        """Put Markdown into an element that holds bare words in version 2."""
        if self.rich:
            return self.flow(parent, text)
        bare, same = from_markdown(text)
        if not same:
            self.lose(FORMATTING)
        parent.text = clean(" ".join(bare.split()))
        return parent

    def stem(self, make_gap: MakeGap | None = None) -> None:
        """Put the question's text into the body."""
        self.body.append(self.flow(element("div"), self.item.stem, make_gap))

    def response(
        self,
        identifier: str,
        cardinality: str,
        base_type: str,
        correct: Sequence[str] = (),
        entries: Sequence[Mapping[str, str]] = (),
        **bounds: str,
    ) -> None:
        """Declare a response, its right values and its mapping, if there is any."""
        made = element(
            "responseDeclaration",
            identifier=identifier,
            cardinality=cardinality,
            baseType=base_type,
        )
        if correct:
            made.append(element("correctResponse", *(element("value", text=v) for v in correct)))
        if entries:
            mapping = element("mapping", **({"defaultValue": "0"} | bounds))
            mapping.extend([element("mapEntry", **entry) for entry in entries])
            made.append(mapping)
        self._responses.append(made)

    def rule(self, *rules: Element) -> None:
        """Add rules of scoring or feedback."""
        self._rules += rules

    def says(self, identifier: str, text: Any, condition: Element | None = None) -> None:
        """Show a text after an answer: where the condition holds, without one always."""
        if not self.modal("FEEDBACK", identifier, text):
            return
        setting = shown(base("identifier", identifier))
        self.rule(setting if condition is None else when(condition, setting))

    def modal(self, outcome: str, identifier: str, text: Any) -> bool:
        """Add a text that an outcome shows; False where there is no text."""
        if not isinstance(text, str) or not text.strip():
            return False
        made = element(
            "modalFeedback", outcomeIdentifier=outcome, identifier=identifier, showHide="show"
        )
        self.flow(self.content(made), text)
        self._modals.append(made)
        return True

    def content(self, parent: Element) -> Element:
        """Return where the text of feedback or a rubric stands: version 3 has an element for it."""
        holder = etree.SubElement(parent, "contentBody") if self.rich else parent
        return etree.SubElement(holder, "div")

    def finished(self, key: str, title: str) -> Element:
        """Return the item in the names of its version, without namespace."""
        for place, hint in enumerate(self.data.get("hints") or [], 1):
            self.modal("HINT", f"HINT_{place}", hint)
        self.says("ALWAYS", self.data.get("feedback"))
        root = element("assessmentItem", identifier=key, title=title)
        root.set("title", clean(title))
        for name, value in (("adaptive", "false"), ("timeDependent", "false"), ("toolName", TOOL)):
            root.set(name, value)
        root.extend([*self._responses, *self._outcomes(), self.body])
        if self._rules:
            root.append(element("responseProcessing", *self._rules))
        elif self.template:
            root.append(element("responseProcessing", template=self.template))
        root.extend(self._modals)
        if self.rich:
            to_version_3(root)
        return root

    def has_rules(self) -> bool:
        """Whether anything besides the score has to be worked out."""
        return bool(self._rules)

    def _outcomes(self) -> list[Element]:
        found = [_outcome("SCORE", "float", "0"), _outcome("MAXSCORE", "float", "1")]
        names = {modal.get("outcomeIdentifier") for modal in self._modals}
        if "FEEDBACK" in names:
            found.append(
                element(
                    "outcomeDeclaration",
                    identifier="FEEDBACK",
                    cardinality="multiple",
                    baseType="identifier",
                )
            )
        if "HINT" in names:
            found.append(_outcome("HINT", "identifier", ""))
        return found

    def _address(self, name: str) -> str:
        if name not in self.media:
            self.media.append(name)
        return MEDIA + quote(name)

    def _fit(self, root: Element) -> None:
        """Take out what the schemas do not allow; version 2 has no sign for what is struck out."""
        for one in list(root.iter("s", "del")):
            if not self.rich:
                self.lose(FORMATTING)
                one.tag = "span"
        for one in root.iter():
            one.attrib.pop("style", None)

    def _shows_the_same(self, source: str, text: str) -> bool:
        return render(html.to_markdown(source, name_of_media).text) == render(text)


def _outcome(identifier: str, base_type: str, default: str) -> Element:
    made = element(
        "outcomeDeclaration", identifier=identifier, cardinality="single", baseType=base_type
    )
    if default:
        made.append(element("defaultValue", element("value", text=default)))
    return made
