"""The steps that bring an older database forward, one file a version.

`MIGRATIONS[n]` takes a database of version n to n + 1. A step only writes; the transaction, the copy kept for the older
program and the version number are the business of `opening`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import apsw

from sproutcast_pi.store.migrations.baselines import add_baselines
from sproutcast_pi.store.migrations.confirmed_outlines import add_confirmed_outlines
from sproutcast_pi.store.migrations.light_ramps import add_light_ramps
from sproutcast_pi.store.migrations.message_codes import add_message_codes
from sproutcast_pi.store.migrations.metric_columns import with_metric_columns
from sproutcast_pi.store.migrations.plant_questions import add_plant_questions
from sproutcast_pi.store.migrations.snoozing import add_snoozing
from sproutcast_pi.store.migrations.withheld_reasons import add_withheld_reasons

Migration = Callable[[apsw.Connection], None]

MIGRATIONS: Mapping[int, Migration] = with_metric_columns(
    {
        1: add_confirmed_outlines,
        2: add_snoozing,
        3: add_light_ramps,
        4: add_withheld_reasons,
        5: add_plant_questions,
        6: add_message_codes,
        7: add_baselines,
    }
)
"""Version 1 is the first."""
