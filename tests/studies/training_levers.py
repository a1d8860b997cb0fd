"""The effect of each part of the training recipe, with equal epochs and initial weights.

`python -m tests.studies.training_levers FER2013.csv[.gz] VOTES.csv WEIGHTS.npz [EPOCHS] [DIR]`. The
first row is the whole recipe, each other leaves one thing out or changes it. Runs are kept in
DIR (runs/levers): what is finished is not run again, what was interrupted goes on. One seed a row,
and a 95 % interval of 1.5 points either way: small differences are none.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from tests.benchmarks.machine import describe
from training.architectures import architecture
from training.augmentation import Augmentation
from training.config import TrainingConfig
from training.data.faces import Faces
from training.data.fer2013_csv import load_fer2013
from training.data.split_names import TRAINING
from training.data.splits import validation_split
from training.fit import Progress, Trainer
from training.run_folder import LAST_CHECKPOINT, RunFolder

EPOCHS = 4
NOTHING = Augmentation().scaled(0)
# That of the third cycle of simple_cnn; the default is stronger now.
AUGMENTATION = Augmentation(rotation=12.0, noise=0.1, noise_sigma=14.0)


def recipes(weights: Path, epochs: int) -> dict[str, TrainingConfig]:
    """The configuration of each row, by the part that differs."""
    whole = TrainingConfig(
        weights=str(weights),
        epochs=epochs,
        warmup_epochs=1,
        learning_rate=5e-4,
        votes_share=0.15,
        fade_epochs=epochs,
        precision="mixed_bfloat16",
        augmentation=AUGMENTATION,
    )
    return {
        "the recipe": whole,
        "augmentation does not fade": replace(whole, fade_epochs=0),
        "no augmentation but flips": replace(whole, augmentation=NOTHING),
        "nothing is erased": replace(whole, augmentation=replace(AUGMENTATION, erase=0.0)),
        "no votes": replace(whole, votes_share=0.0),
        "half of a target are votes": replace(whole, votes_share=0.5),
        "no label smoothing": replace(whole, label_smoothing=0.0),
        "no weight average": replace(whole, ema=0.0),
    }


def main() -> None:
    """Train the rows and print each result as it is ready."""
    fer2013, votes, weights = (Path(given) for given in sys.argv[1:4])
    epochs = int(sys.argv[4]) if sys.argv[4:] else EPOCHS
    folder = Path(sys.argv[5]) if sys.argv[5:] else Path("runs/levers")
    splits = load_fer2013(fer2013, votes)
    _, validation = validation_split(splits, fer2013)
    print(describe())
    print(f"{epochs} epochs from {weights.name}: best and last top-1 on PublicTest, last loss")
    for name, config in recipes(weights, epochs).items():
        run = RunFolder(folder / name.replace(" ", "-"))
        told = _trained(config, splits[TRAINING], validation, run)
        last = told.history[-1]
        print(f"{name:<28} {told.best:.2%}  {last['validation_top1']:.2%}  {last['loss']:.4f}")


def _trained(
    config: TrainingConfig, training: Faces, validation: Faces, run: RunFolder
) -> Progress:
    trainer = Trainer(architecture(config.model), config, training, validation, run)
    if (run.path / LAST_CHECKPOINT).exists():
        trainer.resume()
    else:
        run.create()
    return trainer.run()


if __name__ == "__main__":
    main()
