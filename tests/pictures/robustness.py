"""Writes the robustness card of models: a section of the model card, and its figure.

`python -m tests.pictures.robustness FER2013.csv[.gz] [MODEL...]` measures each model's int8.tflite
on the unseen faces of PublicTest and replaces the section. simple_cnn takes two minutes of
processor time, resnet50v2 seventeen.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

from models.registry import MODELS_FOLDER, Registry
from moodpi.files import write_atomic
from training.data.duplicates import unseen_rows
from training.data.faces import Faces
from training.data.loading import load_faces
from training.data.splits import validation_split
from training.evaluation.evaluated_model import LATENCY_FORMAT as FORMAT
from training.evaluation.evaluated_model import EvaluatedModel
from training.evaluation.robustness import RobustnessCard, measure_robustness
from training.evaluation.robustness_figure import draw_robustness

MODELS = ("simple_cnn", "resnet50v2")
FIGURE = "robustness.png"
# From its heading to the next one.
SECTION = re.compile(r"^## Robustness\n.*?(?=^## )", re.MULTILINE | re.DOTALL)
# The digits of a checksum that tell two exports apart.
DIGITS = 12


def main() -> None:
    """Measure, draw, write."""
    faces = _unseen_faces(Path(sys.argv[1]))
    for model in sys.argv[2:] or MODELS:
        artefact = Registry().find(model, FORMAT)
        card = measure_robustness(EvaluatedModel.parse(str(artefact.path)).logits, faces)
        readme = MODELS_FOLDER / model / "README.md"
        text = _with_section(readme.read_text(encoding="utf-8"), section(model, card))
        write_atomic(
            {
                readme.with_name(FIGURE): draw_robustness(f"{model}, {FORMAT}", card),
                readme: text.encode(),
            }
        )


def section(model: str, card: RobustnessCard) -> str:
    """The section of the model card, up to the next heading."""
    return "\n".join(
        (
            "## Robustness",
            "",
            f"Measured on `{FORMAT}` with the SHA-256 `{checksum(model)}...` and the unseen faces,",
            "under fixed changes of five strengths each. After a new export, this command writes",
            "the section again:",
            "",
            f"    python -m tests.pictures.robustness fer2013.csv.gz {model}",
            "",
            f"![Top-1 of {model} by change and strength]({FIGURE})",
            "",
            *card.markdown(),
            "",
            "",
        )
    )


def checksum(model: str) -> str:
    """The first digits of the SHA-256 of the measured file of a model."""
    path = Registry().find(model, FORMAT).path
    return hashlib.sha256(path.read_bytes()).hexdigest()[:DIGITS]


def _with_section(text: str, new: str) -> str:
    if not SECTION.search(text):
        raise SystemExit("the model card has no section Robustness: add its heading")
    return SECTION.sub(lambda _: new, text)


def _unseen_faces(data: Path) -> Faces:
    splits = load_faces(data)
    name, faces = validation_split(splits, data)
    return faces.rows(unseen_rows(splits, name))


if __name__ == "__main__":
    main()
