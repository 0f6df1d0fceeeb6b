"""How the segmentation net is trained: `make train` runs `train.py`. Nothing here ships."""
