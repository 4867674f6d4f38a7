"""The language of a text: by its script, else by the small words that each language uses most."""

import re
from collections import Counter
from typing import Final

ASSUMED = "en"  # where a text is too short or too odd to tell
UNKNOWN = "und"  # ISO 639-2: a long text in a language that is not known here

_SCRIPTS: Final = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile("[\u4e00-\u9fff\u3400-\u4dbf]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff\u1f00-\u1fff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)
_WORDS: Final = {
    language: frozenset(words.split())
    for language, words in {
        "en": """the of and to in is that it was for are with as by on be at this which from or an
            have has not were but they their can when also been more its these than into""",
        "de": """der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als
            auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie""",
        "fr": """de la le et les des en un une du dans est que pour qui par sur au plus pas avec ce
            il elle ne se sont aux ou cette ces comme mais son sa leur être été""",
        "es": """de la que el en y los del se las por un para con no una su al lo como más es pero
            sus le o este sí porque esta entre cuando muy sin sobre también fue son""",
        "it": """di e il la che in un è per una sono con non del si da della le dei nel al più come
            gli alla anche delle ha lo questo o ma dal nella degli essere dalla""",
        "pt": """de a o que e do da em um para é com não uma os no se na por mais as dos como mas
            foi ao das tem à seu sua ou ser quando muito há nos já são também pelo pela""",
        "nl": """de van het een en in is dat op te zijn met voor niet aan er om ook als bij maar
            door of uit naar wordt worden deze die tot dan kan over hun heeft""",
        "sv": """och i att det som en på är av för med till den har de inte om ett men var sig från
            så kan när eller också under vid efter deras detta""",
        "da": """og i at det er en til af på for med den som der de ikke har et var om fra men kan
            når eller også under ved efter deres dette blev bliver sig""",
        "nb": """og i å det er en til av på for med den som de ikke har et var om fra men kan når
            eller også under ved etter deres dette ble blir seg""",
        "fi": """ja on ei se että oli hän ovat joka mutta kun myös ne tai sen niin jotka kuin ole
            sekä tämä voi sitä mukaan jossa vain""",
        "pl": """i w na z się nie do to że jest o jak po od ale za przez dla są tym był który oraz
            jego przy może tego które jej lub także""",
        "cs": """a se v na je že to s z do i o k ve pro za by od jako po jsou ale který které jeho
            nebo při také byl podle však jsme""",
        "hu": """a az és hogy nem is egy ez van meg ki csak de el már még mint azt volt ha vagy
            amely ezek más nagy lehet után""",
        "ro": """și de în a la cu pe care din nu că o este un pentru mai se fi sau ca dar au fost
            sunt prin după între această""",
        "tr": """ve bir bu da de için ile olarak çok daha gibi olan en kadar sonra ne ama her veya
            ise değil olduğu""",
    }.items()
}
_UKRAINIAN = re.compile("[іїєґ]", re.IGNORECASE)
_PERSIAN = re.compile("[پچژگ]")
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 20_000  # characters: enough to tell
_FEW = 40  # words: a text below may hold no small word at all
_SHARE = 0.08  # of the words of a text that are its language's small words, at least


def language_of(text: str, hint: str = "") -> str:
    """Return the ISO 639-1 code of the language, or "und" where a long text's is not known here.

    `hint` is what the source says, such as "de-AT"; it counts only where the text does not tell.
    """
    text = text[:_SAMPLE]
    words = Counter(_WORD.findall(text.lower()))
    letters = sum(len(word) * count for word, count in words.items())
    for code, script in _SCRIPTS:
        share = len(script.findall(text)) / max(1, letters)
        if share > (0.05 if code == "ja" else 0.4):  # Japanese is written with Chinese signs too
            return _closer(code, text)
    total = words.total()
    shares = {
        code: sum(words[word] for word in small) / max(1, total) for code, small in _WORDS.items()
    }
    best = max(shares, key=lambda code: shares[code])
    if shares[best] >= _SHARE and total >= 3:
        return best
    hinted = hint.lower().replace("_", "-").partition("-")[0]
    if re.fullmatch("[a-z]{2}", hinted):
        return hinted
    return ASSUMED if total < _FEW else UNKNOWN


def _closer(code: str, text: str) -> str:
    """Tell apart languages that share a script."""
    if code == "ru" and len(_UKRAINIAN.findall(text)) * 50 > len(text):
        return "uk"
    if code == "ar" and len(_PERSIAN.findall(text)) * 100 > len(text):
        return "fa"
    return code
