"""Run every benchmark and print one table with the machine it was taken on."""

from __future__ import annotations

from tests.bench import catalogue_cost, command_cost, listener_cost, web_cost
from tests.bench.machine import describe


def main() -> None:
    """Print the header, then each benchmark's rows."""
    print(describe())
    for row in command_cost.measure():
        print(row)
    for row in catalogue_cost.measure([]):
        print(row)
    for row in listener_cost.measure():
        print(row)
    for row in web_cost.measure():
        print(row)


if __name__ == "__main__":
    main()
