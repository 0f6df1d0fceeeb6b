"""Kernel mode setting, for a preview on a display."""

import sys

from unused import UnusedModule

sys.modules[__name__] = UnusedModule(__name__)
