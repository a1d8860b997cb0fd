"""Run every benchmark and print one table with the machine it was taken on."""

from __future__ import annotations

from importlib import import_module

from tests.benchmarks.machine import describe

BENCHMARKS = (
    "command_cost",
    "catalogue_cost",
    "listener_cost",
    "model_targets",
    "quantization_speed",
    "photo_decoding",
    "web_cost",
    "daemon_cost",
    "watching_targets",
)


def main() -> None:
    """Print the header, then each benchmark's rows."""
    print(describe())
    for name in BENCHMARKS:
        # Loaded only now: a child's peak memory is never below what its parent held.
        for row in import_module(f"tests.benchmarks.{name}").measure():
            print(row)


if __name__ == "__main__":
    main()
