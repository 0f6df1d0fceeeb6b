"""Vision benchmark: all figures of docs/accuracy.md from the development photos: `make bench-vision`.

What is trained is scored twice: with the net that ships, which saw these scenes, and with nets that never saw the scene
they are scored on (`weights/`, trained by `make train`). Only the second says what to expect at a new place.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2

from bench import (
    vision_card,
    vision_certainty,
    vision_changes,
    vision_growth,
    vision_light,
    vision_masks,
    vision_metrics,
    vision_sites,
    vision_speed,
    vision_turgor,
)


def main() -> None:
    """Print the named tables, or all."""
    parts = {
        "masks": vision_masks.print_tables,
        "sites": vision_sites.print_tables,
        "growth": vision_growth.print_tables,
        "metrics": vision_metrics.print_tables,
        "certainty": vision_certainty.print_table,
        "card": vision_card.print_tables,
        "light": vision_light.print_table,
        "changes": vision_changes.print_table,
        "turgor": vision_turgor.print_table,
        "speed": vision_speed.print_table,
    }
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dev", type=Path)
    parser.add_argument("parts", nargs="*", choices=[*parts, []])
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    for part in arguments.parts or parts:
        started = time.monotonic()
        parts[part](arguments.dev)
        print(f"  ({part}: {time.monotonic() - started:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
