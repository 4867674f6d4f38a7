"""The weights that Anki has fitted to a learner, offered beside those of our own fits."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from quizapp.core.formats.contract import Format
from quizapp.core.formats.parts import apkg_presets
from quizapp.core.formats.shared.source import Source
from quizapp.core.scheduling import fsrs
from quizapp.extensions import db
from quizapp.models import Parameters
from quizapp.services.people import sessions
from quizapp.services.study import parameters

SOURCE, SOURCE_FORMAT = "anki", "apkg"


def offer(
    plugin: Format, source: Source, user_id: int, use: bool, now: datetime
) -> dict[str, Any] | None:
    """Keep the weights in a package as a version of the learner's, put to use where wished.

    Returns its number, whether it is in use, and how many other sets the package has; None where
    it holds none that can be used. The same weights are kept once.
    """
    preset = apkg_presets.preset_of(source) if plugin.NAME == SOURCE_FORMAT else None
    person = sessions.person(user_id)
    if preset is None or person is None or not _is_usable(preset.weights):
        return None
    version = _version_of(user_id, preset.weights)
    if version is None:
        found = parameters.Fitted(preset.weights, SOURCE, 0, None, None, better=use)
        version = parameters.keep(person, found, now)
    elif use and person.params_version != version:
        parameters.use(person, version, now, untried=True)
    person = sessions.person(user_id)
    in_use = person is not None and person.params_version == version
    return {"version": version, "in_use": in_use, "others": preset.others}


def _is_usable(weights: fsrs.Weights) -> bool:
    try:
        fsrs.review(None, fsrs.GOOD, 0, weights=weights)
    except ValueError:
        return False
    return True


def _version_of(user_id: int, weights: fsrs.Weights) -> int | None:
    rows = db.session.execute(
        sa.select(Parameters.version, Parameters.weights).where(Parameters.user_id == user_id)
    ).all()
    db.session.rollback()
    return next((version for version, known in rows if tuple(known) == weights), None)
