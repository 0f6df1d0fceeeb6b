"""The worker's own program on a camera that `fit` describes (JSON, the first argument); its job comes on stdin."""

import json
import sys

import pipeline

pipeline.fit(**json.loads(sys.argv.pop(1)))

from sproutcast_pi.worker.__main__ import main  # noqa: E402 - the camera is prepared first

sys.exit(main())
