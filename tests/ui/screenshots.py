"""Write every screen in every size, both themes, English and German: `make screenshots`. One process a size."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SIZES = ((800, 480), (1280, 720), (720, 1280))


def one_size(folder: Path, width: int, height: int) -> None:
    """Draw everything in one size."""
    from tests.ui.screen_harness import Panel, prepare
    from tests.ui.screen_list import SCREENS

    prepare(width, height)
    for dark in (True, False):
        for language in ("en", "de"):
            panel = Panel(width, height, dark=dark, language=language)
            for name, (page, arguments) in SCREENS.items():
                panel.app.go(page, **arguments)
                panel.settle()
                panel.save(folder / f"{width}x{height}-{'dark' if dark else 'light'}-{language}-{name}.png")
            panel.app.go("timelapse", plant_id=2)
            panel.app.shell.page.compare()
            panel.settle()
            panel.save(folder / f"{width}x{height}-{'dark' if dark else 'light'}-{language}-before-after.png")
            panel.app.go("home")
            panel.app.screensaver._last -= 901
            panel.app.screensaver.check()
            panel.settle()
            panel.save(folder / f"{width}x{height}-{'dark' if dark else 'light'}-{language}-frame.png")
            panel.close()


def main() -> None:
    """Draw every size, or the one that is asked for."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    if len(sys.argv) > 3:
        one_size(folder, int(sys.argv[2]), int(sys.argv[3]))
        return
    for width, height in SIZES:
        subprocess.run([sys.executable, "-m", "tests.ui.screenshots", str(folder), str(width), str(height)], check=True)
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}/")


if __name__ == "__main__":
    main()
