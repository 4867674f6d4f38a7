"""Sentences of an article that speak to a language model, or that give a command to a reader.

An article may come from anywhere. What tells a program what to do is neither sent to a model nor
taken as evidence; the words known here are a first line only, the gates do not rest on them.
"""

import re

from quizapp.core.articles import segment

_TO_A_MODEL = re.compile(
    r"""\b(?:ignore|disregard|forget|override|bypass)\b[^.!?\n]{0,50}
        \b(?:above|previous|prior|earlier|preceding|foregoing|before|instructions?|prompts?|rules)\b
    | \bignor(?:e[zr]?|ieren?|iere|a|ar|are)\b[^.!?\n]{0,50}\b(?:anweis|instruc|istruz|consign)\w*
    | \b(?:system|developer)\s(?:prompt|message|instructions?)\b
    | \b(?:new|updated|real|actual)\s(?:instructions|task)\s*:
    | \byou\sare\s(?:now\s)?(?:an?\s)?(?:\w+\s)?(?:ai|assistant|language\smodel|chatbot|llm)\b
    | \bas\san?\s(?:ai|(?:large\s)?language\smodel|llm)\b
    | \b(?:answer|respond|reply|output|return|print)\b[^.!?\n]{0,40}
        \b(?:json|instead\sof\sthe|only\swith|the\sfollowing\s(?:text|words|json))\b
    | \b(?:right|correct)\s(?:answer|option|key)s?\b[^.!?\n]{0,40}\b(?:every|all|each|this)\b
    | \b(?:every|all|each)\b[^.!?\n]{0,40}\b(?:right|correct)\s(?:answer|option|key)s?\b
    | ["“](?:facts|questions|evidence|stem|distractors)["”]\s*:
    | <\|?/?(?:im_start|im_end|system|assistant|user|endoftext)\b | \[/?INST\] | <<<""",
    re.IGNORECASE | re.VERBOSE,
)
_COMMAND = re.compile(
    r"""["'“(\s]*(?:please|do\snot|don.t|ignore|disregard|forget|answer|respond|reply|output|print|
    return|repeat|write|say|click|visit|subscribe|sign\sup|mark|pretend|treat|note\sthat|
    remember\sthat|make\ssure|be\ssure|remember\sto)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def has_instruction(text: str) -> bool:
    """Whether a text tells a language model what to do."""
    return _TO_A_MODEL.search(text) is not None


def is_command(sentence: str) -> bool:
    """Whether a sentence asks or tells its reader to do something, so that it states nothing."""
    return _COMMAND.match(sentence) is not None or sentence.rstrip("\"'”’) ").endswith("?")  # noqa: RUF001


def suspect(text: str) -> list[tuple[int, int]]:
    """Return [start, end] of the blocks of an article that tell a model what to do."""
    return [
        (block.start, block.end)
        for block in segment.blocks(text)
        if has_instruction(text[block.start : block.end])
    ]
