"""Training of the segmentation net: `make train` runs `train.py`. Not part of the package."""
