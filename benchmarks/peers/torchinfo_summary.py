"""The peer of `summary`: a torchinfo script of ResNet-152, written by hand."""

from __future__ import annotations

import torch
from torch import nn
from torchinfo import summary


def unit(depth: int, filters: int, kernel: int, stride: int = 1) -> list[nn.Module]:
    conv = nn.Conv2d(depth, filters, kernel, stride, kernel // 2, bias=False)
    # as torchvision; with the default numbers activations shrink to denormals, which are slow
    nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
    return [conv, nn.BatchNorm2d(filters)]


class Bottleneck(nn.Module):  # type: ignore[misc]  # torch is Any where it is not installed
    def __init__(self, depth: int, filters: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *unit(depth, filters, 1),
            nn.ReLU(inplace=True),
            *unit(filters, filters, 3, stride),
            nn.ReLU(inplace=True),
            *unit(filters, 4 * filters, 1),
        )
        project = depth != 4 * filters
        self.shortcut = (
            nn.Sequential(*unit(depth, 4 * filters, 1, stride)) if project else nn.Identity()
        )
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.relu(self.body(x) + self.shortcut(x))
        return y


def resnet152() -> nn.Sequential:
    layers = [*unit(3, 64, 7, 2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
    depth = 64
    for number, count in enumerate((3, 8, 36, 3)):
        for first in range(count):
            filters = 64 << number
            layers.append(Bottleneck(depth, filters, 2 if number and not first else 1))
            depth = 4 * filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(depth, 1000))


if __name__ == "__main__":
    summary(resnet152(), (1, 3, 224, 224), depth=3, verbose=1, device="cpu")
