"""All file formats, by name."""

from quizapp.core.formats import (
    aiken,
    bank_yaml,
    csv,
    gift,
    moodle_cloze,
    moodle_missingword,
    moodle_xml,
    xlsx,
)
from quizapp.core.formats.contract import Format
from quizapp.core.formats.shared.source import Source
from quizapp.core.registry import by_name

FORMATS: dict[str, Format] = by_name(
    bank_yaml, gift, aiken, moodle_xml, moodle_cloze, moodle_missingword, csv, xlsx
)
LIKELY = 10  # less than this is no guess at all


def guess(source: Source) -> Format | None:
    """Return the format that a file most likely has; None where none is likely."""
    head, members = source.head(), source.names()
    sure = {
        name: plugin.sniff(head, source.filename, members)
        for name, plugin in FORMATS.items()
        if plugin.READS
    }
    best = max(sure, key=lambda name: sure[name])
    return FORMATS[best] if sure[best] >= LIKELY else None
