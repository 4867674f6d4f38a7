"""Several predictors as one: each counts by how well it has predicted this learner so far.

A Bayesian mixture. Its log loss over n answers is at most that of any one predictor plus
ln(1 / prior) / n, whatever the learner is like: with 0.8 on the defaults nobody loses more than
0.22 / n by what is fitted to them.
"""

from collections.abc import Mapping
from math import exp, log


class Mixture:
    """Predictors by name with the weight that each has earned."""

    def __init__(self, priors: Mapping[str, float]) -> None:
        self._logs = {name: log(prior) for name, prior in priors.items()}

    def shares(self) -> dict[str, float]:
        """Return how much each predictor counts now; they sum to 1."""
        most = max(self._logs.values())
        raw = {name: exp(one - most) for name, one in self._logs.items()}
        total = sum(raw.values())
        return {name: one / total for name, one in raw.items()}

    def predict(self, chances: Mapping[str, float]) -> float:
        """Return the chance that the mixture gives, from those of its predictors."""
        return sum(share * chances[name] for name, share in self.shares().items())

    def learn(self, chances: Mapping[str, float], passed: bool) -> None:
        """Count how well each predicted an answer."""
        for name in self._logs:
            self._logs[name] += log(chances[name] if passed else 1 - chances[name])
