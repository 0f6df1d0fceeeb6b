"""Writes for ever, in groups, and prints the number of each acknowledged row; meant to be killed."""

import sys
from pathlib import Path

from sproutcast_pi.store.engine import Store
from tests.clocks import AutoAdvancingClock
from tests.store.helpers import OWNER


def main() -> None:
    store = Store(Path(sys.argv[1]), clock=AutoAdvancingClock(), device="spr-child")
    number = int(sys.argv[2])
    while True:
        futures = [
            store.submit("set_setting", {"name": f"ui.n{(number + step) % 150}", "value": number + step}, caller=OWNER)
            for step in range(5)
        ]
        for future in futures:
            sys.stdout.write(f"{number} {future.result().seq}\n")
            sys.stdout.flush()
            number += 1


main()
