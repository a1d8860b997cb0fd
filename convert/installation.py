"""Installs the exported files of a model in a models folder."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from convert.accuracy import top1_accuracy
from convert.formats import FormatResult, load_format
from convert.manifest import format_entry, model_entry, read_manifest, to_json
from convert.previous import saved_files
from convert.trained_weights import TrainedWeights
from models.artefact import WEIGHTS
from models.registry import MANIFEST, Registry
from models.weights import pack_arrays
from moodpi.errors import MoodpiError
from moodpi.files import write_atomic
from training.data.faces import Faces
from training.run_folder import RUN_RECORD

log = logging.getLogger(__name__)

# The largest loss of top-1 on unseen faces with which a file replaces the installed one.
MAX_LOSS = 0.005


@dataclass(frozen=True)
class Destination:
    """Where an export installs its files.

    Attributes:
        folder: The models folder.
        name: The model's name there.
        replace: Whether a file replaces a better one.
    """

    folder: Path
    name: str
    replace: bool = False


class Installation:
    """Installs the accepted files of one export.

    Args:
        destination: Where they are installed.
        architecture: The name of their architecture.
        accepted: The files; at least one.

    """

    def __init__(
        self, destination: Destination, architecture: str, accepted: Sequence[FormatResult]
    ) -> None:
        self._folder = destination.folder
        self._name = destination.name
        self._replace = destination.replace
        self._architecture = architecture
        self._accepted = accepted
        self._manifest = read_manifest(destination.folder)
        self._installed: dict[str, Any] | None = self._manifest["models"].get(destination.name)

    def check_not_worse(self, unseen: Faces) -> None:
        """Run the installed files and compare them with the new ones.

        unseen: the faces of the validation split that are not in Training.

        Raises MoodpiError if a new file is worse by more than MAX_LOSS, unless it may replace it.
        """
        if self._replace or not self._installed or not len(unseen):
            return
        for result in self._accepted:
            installed = self._installed_top1(result.name, unseen)
            new = result.accuracy.unseen_top1 if result.accuracy else 0.0
            if installed is not None and new < installed - MAX_LOSS:
                raise MoodpiError(
                    f"{result.name} classifies {new:.2%} of the {len(unseen)} unseen faces "
                    f"correctly, the installed {self._name} {installed:.2%}: nothing was "
                    "installed; add --replace to replace it, or --name NAME to have both",
                    code="worse_model",
                )

    def install(self, weights: TrainedWeights, measured: Mapping[str, Any]) -> None:
        """Save the installed model if it has other weights, then write the new files.

        The manifest is written last: the registry refuses files that it does not list.

        measured: further fields of the manifest entry.
        """
        packed = pack_arrays(weights.arrays)
        entry = {
            **model_entry(
                self._installed,
                self._name,
                packed,
                weights.record,
                {result.name: self._format_entry(result) for result in self._accepted},
            ),
            "architecture": self._architecture,
            **measured,
        }
        previous = {}
        if self._installed and self._installed.get("weights") != entry["weights"]:
            previous = saved_files(self._folder, self._name, self._installed)
        self._manifest["models"][self._name] = entry
        write_atomic(
            {
                **previous,
                **{
                    self._folder / self._name / result.name: result.content
                    for result in self._accepted
                },
                self._folder / self._name / WEIGHTS: packed,
                # Next to the weights, where the next export and `moodpi compare` read it.
                self._folder / self._name / RUN_RECORD: to_json(weights.record or {}),
                self._folder / MANIFEST: to_json(self._manifest),
            }
        )

    def _installed_top1(self, name: str, faces: Faces) -> float | None:
        """The accuracy of the installed file of a format; None if there is none that is intact."""
        try:
            registry = Registry(self._folder)
            if name not in registry.formats(self._name):
                return None
            content = registry.find(self._name, name).path.read_bytes()
        except (MoodpiError, OSError) as error:
            log.warning("the installed file is not compared with the new one: %s", error)
            return None
        log.info("running the installed %s %s on %d faces", self._name, name, len(faces))
        probabilities = load_format(name).predict(content, faces.images)
        return top1_accuracy(probabilities, faces.labels)

    def _format_entry(self, result: FormatResult) -> dict[str, Any]:
        accuracy = asdict(result.accuracy) if result.accuracy else {}
        entry = format_entry(self._name, result.name, result.content, accuracy)
        return {**entry, "operators": dict(result.operators or {})}
