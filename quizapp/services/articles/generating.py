"""Drafts by the app's own rules, or by a language model where one is configured and wanted."""

from dataclasses import replace

from quizapp.core.articles.model import Drafted, Extracted
from quizapp.services.articles import child, llm_client

LIMIT = 20  # drafts


def drafted(found: Extracted, generator: str = "local", limit: int = LIMIT) -> Drafted:
    """Return facts and drafts of an article; ArticleError, Stopped as `child.draft`.

    Where the language model fails, the drafts are the app's own, and `told` says so.
    """
    # Also where the model drafts: it is given these facts, and those that it passes over are stored
    # with its own.
    own = child.draft(found.text, found.title, found.language, limit)
    if generator != "llm":
        return own
    try:
        return llm_client.generate(found.text, found.title, found.language, own.facts, limit)
    except llm_client.LlmFailed as failed:
        words = f"{failed} So these drafts were made by the app's own rules."
        return replace(own, told=(*own.told, words))
