"""PlantCV baseline, run by its own Python: a* Otsu mask, fill, size and colour analysis, as in its tutorials."""

import json
import sys
import time
from pathlib import Path

import cv2

cv2.setNumThreads(1)
from plantcv import plantcv as pcv  # noqa: E402 - threads are set first

pcv.params.debug = None
folder = Path(sys.argv[1])
for name in sys.argv[2:]:
    started = time.process_time()
    picture, _, _ = pcv.readimage(filename=name)
    grey = pcv.rgb2gray_lab(rgb_img=picture, channel="a")
    mask = pcv.fill(bin_img=pcv.threshold.otsu(gray_img=grey, object_type="dark"), size=200)
    try:
        labels, count = pcv.create_labels(mask=mask)
        pcv.analyze.size(img=picture, labeled_mask=labels, n_labels=count)
        pcv.analyze.color(rgb_img=picture, labeled_mask=labels, n_labels=count)
    except (RuntimeError, ValueError, cv2.error) as error:
        print(name, error, file=sys.stderr)
    seconds = time.process_time() - started
    out = folder / (Path(name).parent.name + "__" + Path(name).stem + ".png")
    cv2.imwrite(str(out), mask)
    print(json.dumps({"file": name, "mask": str(out), "seconds": seconds}), flush=True)
