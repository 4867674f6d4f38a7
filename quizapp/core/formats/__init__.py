"""All file formats, by name."""

from quizapp.core.formats import (
    aiken,
    anki_text,
    apkg,
    bank_yaml,
    cartridge,
    csv,
    gift,
    h5p,
    moodle_cloze,
    moodle_missingword,
    moodle_xml,
    olx,
    qti2,
    qti3,
    qti12,
    text2qti,
    xlsx,
)
from quizapp.core.formats.contract import Format
from quizapp.core.formats.model import FormatError
from quizapp.core.formats.shared.source import HEAD, Source
from quizapp.core.registry import by_name

FORMATS: dict[str, Format] = by_name(
    bank_yaml,
    gift,
    aiken,
    moodle_xml,
    moodle_cloze,
    moodle_missingword,
    csv,
    xlsx,
    qti2,
    qti3,
    qti12,
    cartridge,
    apkg,
    anki_text,
    h5p,
    olx,
    text2qti,
)
LIKELY = 10  # less than this is no guess at all


def guess(source: Source) -> Format | None:
    """Return the format that a file most likely has; None where none is likely."""
    members = source.names()
    head = source.head() or _manifest_head(source)
    sure = {
        name: plugin.sniff(head, source.filename, members)
        for name, plugin in FORMATS.items()
        if plugin.READS
    }
    best = max(sure, key=lambda name: sure[name])
    return FORMATS[best] if sure[best] >= LIKELY else None


def _manifest_head(source: Source) -> bytes:
    """Return how the manifest of a content package begins; versions differ in nothing else."""
    for name in source.names():
        if name.rpartition("/")[2].lower() == "imsmanifest.xml":
            try:
                return next(source.again().pieces(name), b"")[:HEAD]
            except FormatError:
                return b""
    return b""
