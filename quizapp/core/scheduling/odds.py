"""Chances as log odds, the scale on which corrections of recall are added; without numpy."""

from math import exp, log
from typing import Final

LEAST_CHANCE: Final = 1e-4


def log_odds(chance: float) -> float:
    """Return log(p / (1 - p)), of a chance kept away from 0 and 1."""
    kept = min(max(chance, LEAST_CHANCE), 1 - LEAST_CHANCE)
    return log(kept / (1 - kept))


def chance_of(odds: float) -> float:
    """Return the chance with these log odds, kept away from 0 and 1."""
    chance = 1 / (1 + exp(-max(-30.0, min(30.0, odds))))
    return min(max(chance, LEAST_CHANCE), 1 - LEAST_CHANCE)
