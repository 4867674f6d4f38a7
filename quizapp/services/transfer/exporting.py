"""Taking banks out: a bank's current state as items of the format-neutral model, and files."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from quizapp.core.formats import FORMATS
from quizapp.core.formats.contract import SINGLE, Written
from quizapp.core.formats.model import Loss
from quizapp.core.formats.shared.zips import zipped
from quizapp.models import Bank
from quizapp.services.people.sessions import Person
from quizapp.services.transfer.export_items import bank_items

WITH_HISTORY = frozenset({"apkg"})  # formats that carry what a learner has answered


class ExportRefused(RuntimeError):
    """The bank cannot be written there or so; the text is plain words."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, and what the format could not carry."""

    format: str
    written: int
    losses: list[Loss]

    def as_json(self) -> dict[str, Any]:
        """Return the object that the command line prints."""
        losses = [asdict(loss) for loss in self.losses]
        return {"format": self.format, "written": self.written, "losses": losses}


def export_bank(
    bank: Bank, format: str, output: Path, force: bool = False, learner: Person | None = None
) -> Exported:
    """Write a bank to a file or folder; nothing is written over unless `force` says so.

    A format of several files goes to a folder, or to a zip where the name ends in .zip. An old
    folder is replaced only where it holds a bank.
    """
    written, losses = export_files(bank, format, output.name, learner)
    try:
        if SINGLE in written.files:
            _write_file(output, written.files[SINGLE], force)
        elif output.suffix.lower() == ".zip":
            _write_file(output, zipped(written.files), force)
        else:
            _write_folder(output, written.files, force)
    except OSError as error:
        raise ExportRefused(f"{output} cannot be written: {error.strerror}.") from error
    return Exported(format, written.questions, losses)


def export_files(
    bank: Bank, format: str, filename: str, learner: Person | None = None
) -> tuple[Written, list[Loss]]:
    """Return the files of a bank in a format, and all that is lost; `filename` as in Format.write.

    Drafts and retired questions are left out. With a learner the file carries that learner's
    history; only formats in WITH_HISTORY have a place for it.
    """
    plugin = FORMATS.get(format)
    if plugin is None or not plugin.WRITES:
        raise ExportRefused(f"Banks cannot be written as {format}.")
    if learner is not None and format not in WITH_HISTORY:
        raise ExportRefused(f"There is no place for a history in {format}.")
    losses: list[Loss] = []
    written = plugin.write(bank_items(bank, losses, learner), filename)
    return written, losses + list(written.losses)


def _write_file(output: Path, data: bytes, force: bool) -> None:
    if output.is_dir():
        raise ExportRefused(f"{output} is a folder.")
    if output.exists() and not force:
        raise ExportRefused(f"{output} is there already; --force writes over it.")
    output.parent.mkdir(parents=True, exist_ok=True)
    part = output.with_name(f".{output.name}.part{os.getpid()}")
    try:
        part.write_bytes(data)
        part.replace(output)  # nobody ever sees half a file
    finally:
        part.unlink(missing_ok=True)


def _write_folder(output: Path, files: Mapping[str, bytes], force: bool) -> None:
    if output.exists() and not output.is_dir():
        raise ExportRefused(f"{output} is a file; a folder or a .zip is needed.")
    if output.is_dir() and any(output.iterdir()):
        if not force:
            raise ExportRefused(f"{output} is there already; --force writes over it.")
        if not (output / "bank.yaml").is_file():
            raise ExportRefused(f"{output} is a folder that holds something else than a bank.")
    tops = {name.split("/")[0] for name in files if "/" in name} | {"articles", "media"}
    for top in sorted(tops):
        if (output / top).is_dir() and not (output / top).is_symlink():
            shutil.rmtree(output / top)
    for name, data in files.items():
        path = output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
