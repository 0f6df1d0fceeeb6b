"""Raw files in DNG."""

import sys

from unused import UnusedModule

for _name in ("core", "defs", "camdefs", "dng"):
    sys.modules[f"{__name__}.{_name}"] = UnusedModule(f"{__name__}.{_name}")
