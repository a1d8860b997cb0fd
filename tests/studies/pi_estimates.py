"""Estimated times of a classification on a Raspberry Pi, by published times of other models.

`python -m tests.studies.pi_estimates` needs moodpi[train]. XNNPACK, which LiteRT uses, publishes
the time of MobileNet v1 in float32 on four cores of two boards
(https://github.com/google/XNNPACK#raspberry-pi). The rate of a core follows from it if four cores
scale perfectly; the other boards differ in clock frequency and vector units. int8 takes half of
float32's time with NEON alone, and a quarter to a half with its dot product.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from training.architectures import architecture
from training.evaluation.macs import count_macs

MODELS = ("simple_cnn", "resnet50v2")
# Multiply-adds of MobileNet v1, and its seconds on four cores of a Pi 4 and a Pi 3+.
MOBILENET = 569e6
PI_4, PI_3 = 0.075, 0.115
CORES = 4


@dataclass(frozen=True)
class Board:
    """rate: multiply-adds in float32 per second and core. int8: shares of float32's time."""

    name: str
    rate: float
    instructions: str
    int8: tuple[float, ...]


BOARDS = (
    Board("Pi 3+", MOBILENET / PI_3 / CORES, "NEON", (0.5,)),
    Board("Pi 4", MOBILENET / PI_4 / CORES, "NEON", (0.5,)),
    # Cortex-A76 at 2.4 instead of 1.5 GHz, with twice the vector units.
    Board("Pi 5", MOBILENET / PI_4 / CORES * 2.4 / 1.5 * 2, "NEON, dot product", (0.25, 0.5)),
    # The cores of the Pi 3+ at 1.0 instead of 1.4 GHz.
    Board("Zero 2 W", MOBILENET / PI_3 / CORES * 1.0 / 1.4, "NEON", (0.5,)),
)


def estimates() -> Iterator[str]:
    """A row for each board and model."""
    costs = {model: count_macs(architecture(model)()) for model in MODELS}
    for board in BOARDS:
        yield f"{board.name} ({board.instructions}): {board.rate / 1e9:.1f} G a second and core"
        for model, macs in costs.items():
            seconds = macs / board.rate
            int8 = " to ".join(f"{_rounded(1e3 * seconds * share)} ms" for share in board.int8)
            yield (
                f"  {model}, {macs / 1e6:.0f} M multiply-adds, one thread: "
                f"float32 {_rounded(1e3 * seconds)} ms, int8 {int8}"
            )


def _rounded(milliseconds: float) -> str:
    """With two digits at most."""
    return f"{float(f'{milliseconds:.1e}' if milliseconds >= 10 else f'{milliseconds:.0e}'):.0f}"


def main() -> None:
    """Print every row."""
    print(
        f"MobileNet v1, {MOBILENET / 1e6:.0f} M multiply-adds, float32, four cores: "
        f"{1e3 * PI_4:.0f} ms on a Pi 4, {1e3 * PI_3:.0f} ms on a Pi 3+"
    )
    for row in estimates():
        print(row)


if __name__ == "__main__":
    main()
