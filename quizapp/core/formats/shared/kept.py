"""Questions that cannot be asked here, kept with their raw block so that nothing is lost."""

from quizapp.core.formats.model import QuestionIn
from quizapp.core.formats.shared.plain import escaped

MAX_RAW = 1_000_000


def kept(
    position: int,
    format: str,
    raw: str,
    why: str,
    *,
    stem: str = "",
    name: str = "",
    key: str | None = None,
    line: int | None = None,
    path: str | None = None,
    category: str | None = None,
    tags: tuple[str, ...] = (),
) -> QuestionIn:
    """Return an opaque question with `raw` as it stood; `why` is plain words, `stem` Markdown."""
    warnings = [why]
    if len(raw) > MAX_RAW:
        raw = raw[:MAX_RAW]
        warnings.append("Its source was too long and was cut.")
    return QuestionIn(
        position=position,
        type="opaque",
        stem=stem or escaped(name),
        body={"raw_format": format, "raw": raw},
        name=name,
        key=key,
        line=line,
        path=path,
        category=category,
        tags=tags,
        warnings=warnings,
    )
