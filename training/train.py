"""Training program of the segmentation net; writes ONNX: `make train`.

`--fold N` excludes the scenes of one fold, so that the bench can score each scene with a net that never saw it;
without it the net that ships is trained on all of them. CPU only, one seed, about 20 minutes on one core for 800 steps.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from training.cutouts import load_cutouts
from training.export_onnx import optimise_for_opencv
from training.net import Net, load_pretrained
from training.samples import HEIGHT, WIDTH, Samples
from training.sources import FOLDS, backdrops, load

SEED = 20261122
BATCH = 16
RUNNING_MEAN = 0.98
"""Decay of the moving average of the weights, which is exported."""


def main() -> None:
    """Read the arguments, train, export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plants", type=Path, help="the folder of the development photographs")
    parser.add_argument("stamps", type=Path, help="where Debian's tuxpaint-stamps-default is unpacked")
    parser.add_argument("out", type=Path, help="the ONNX file to write")
    parser.add_argument("--fold", type=int, choices=range(len(FOLDS)), help="leave these scenes out")
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(arguments.threads)
    held_out = () if arguments.fold is None else FOLDS[arguments.fold]
    samples = Samples(load(arguments.plants, held_out), backdrops(), load_cutouts(arguments.stamps), SEED)
    net = train(samples, arguments.steps)
    export(net, arguments.out)


def train(samples: Samples, steps: int) -> Net:
    """Train for `steps` batches: AdamW, one cycle, a third of the rate in the pretrained encoder, weight averaging."""
    net = load_pretrained().to(memory_format=torch.channels_last).train()
    ours = [p for n, p in net.named_parameters() if not n.startswith(("_blocks", "_bn0"))]
    theirs = [p for n, p in net.named_parameters() if n.startswith(("_blocks", "_bn0"))]
    optimizer = torch.optim.AdamW([{"params": ours}, {"params": theirs}], weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, [3e-3, 1e-3], steps, pct_start=0.15)
    mean = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(RUNNING_MEAN), use_buffers=True)
    started, running = time.perf_counter(), 0.0
    for step in range(1, steps + 1):
        drawn = [samples.draw() for _ in range(BATCH)]
        pictures = torch.from_numpy(np.stack([x for x, _ in drawn])).contiguous(memory_format=torch.channels_last)
        masks = torch.from_numpy(np.stack([m for _, m in drawn]))
        loss = loss_of(net(pictures)[:, 0], masks)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        optimizer.step()
        schedule.step()
        mean.update_parameters(net)
        running += (float(loss.detach()) - running) * (1 / min(step, 25))
        if step % 25 == 0:
            print(f"step {step}/{steps}  loss {running:.4f}  {time.perf_counter() - started:.0f} s", flush=True)
    trained_net: Net = mean.module.eval()
    return trained_net


def loss_of(logits: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
    """Loss: cross entropy, edges weighted threefold, plus one minus the soft Dice of each image with plants."""
    thick = functional.max_pool2d(masks[:, None], 5, 1, 2)[:, 0]
    thin = -functional.max_pool2d(-masks[:, None], 5, 1, 2)[:, 0]
    weight = 1 + 2 * (thick - thin)
    entropy = (functional.binary_cross_entropy_with_logits(logits, masks, reduction="none") * weight).mean()
    share = torch.sigmoid(logits)
    both = (share * masks).sum((1, 2))
    total = (share + masks).sum((1, 2))
    dice = 1 - (2 * both + 8) / (total + 8)
    return 2 * entropy + dice.mean()


def export(net: Net, out: Path) -> None:
    """Write ONNX that both OpenCV 4.10 and 5.0 read."""
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(net, (torch.zeros(1, 6, HEIGHT, WIDTH),), str(out), dynamo=False, opset_version=13)
    onnx.save(optimise_for_opencv(onnx.load(out)), out)


if __name__ == "__main__":
    main()
