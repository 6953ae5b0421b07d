"""Five networks in PyTorch, written by hand layer by layer as the shipped specs have them."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

Activation = type[nn.Module]


def unit(
    depth: int,
    filters: int,
    kernel: int = 1,
    stride: int = 1,
    groups: int = 1,
    activation: Activation | None = nn.ReLU,
    epsilon: float = 1e-5,
) -> list[nn.Module]:
    """A convolution with batch normalisation and an activation."""
    pad = kernel // 2
    layers: list[nn.Module] = [
        nn.Conv2d(depth, filters, kernel, stride, pad, groups=groups, bias=False),
        nn.BatchNorm2d(filters, epsilon),
    ]
    return [*layers, activation(inplace=True)] if activation else layers


def relu() -> nn.Module:
    return nn.ReLU(inplace=True)


def classifier(inputs: int, *, last: list[nn.Module]) -> list[nn.Module]:
    """Three fully connected layers."""
    layers = [nn.Flatten(), nn.Dropout(), nn.Linear(inputs, 4096), relu(), nn.Dropout()]
    return [*layers, nn.Linear(4096, 4096), relu(), nn.Linear(4096, 1000), *last]


def alexnet() -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(3, 64, 11, 4, 2), relu(), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(64, 192, 5, 1, 2), relu(), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(192, 384, 3, 1, 1), relu(), nn.Conv2d(384, 256, 3, 1, 1), relu()),
        *(nn.Conv2d(256, 256, 3, 1, 1), relu(), nn.MaxPool2d(3, 2), nn.AdaptiveAvgPool2d(6)),
        *classifier(9216, last=[]),
    )


def vgg16() -> nn.Module:
    layers: list[nn.Module] = []
    depth = 3
    for filters, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            layers += [nn.Conv2d(depth, filters, 3, 1, 1), relu()]
            depth = filters
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, *classifier(25088, last=[nn.Softmax(1)]))


class Residual(nn.Module):  # type: ignore[misc]  # torch is Any where it is not installed
    """A body whose input is added to its output."""

    def __init__(self, body: list[nn.Module], shortcut: list[nn.Module], after: nn.Module) -> None:
        super().__init__()
        self.body, self.shortcut = nn.Sequential(*body), nn.Sequential(*shortcut)
        self.after = after

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.after(self.body(x) + self.shortcut(x))
        return y


def resnet50() -> nn.Module:
    layers = [*unit(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1)]
    depth = 64
    for number, count in enumerate((3, 4, 6, 3)):
        filters = 64 << number
        for first in range(count):
            stride = 2 if number and not first else 1
            wide = 4 * filters
            body = [*unit(depth, filters), *unit(filters, filters, 3, stride)]
            body += unit(filters, wide, activation=None)
            shortcut = unit(depth, wide, 1, stride, activation=None) if depth != wide else []
            layers.append(Residual(body, shortcut, relu()))
            depth = wide
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(depth, 1000))


class Inception(nn.Module):  # type: ignore[misc]
    """Four branches, concatenated."""

    def __init__(self, depth: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        a, b, c, d, e, f = widths
        self.branches = nn.ModuleList(
            nn.Sequential(*branch)
            for branch in (
                google(depth, a),
                [*google(depth, b), *google(b, c, 3)],
                [*google(depth, d), *google(d, e, 3)],
                [nn.MaxPool2d(3, 1, 1), *google(depth, f)],
            )
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([branch(x) for branch in self.branches], 1)


def google(depth: int, filters: int, kernel: int = 1, stride: int = 1) -> list[nn.Module]:
    return unit(depth, filters, kernel, stride, epsilon=1e-3)


def pool(kernel: int) -> nn.Module:
    return nn.MaxPool2d(kernel, 2, ceil_mode=True)


def googlenet() -> nn.Module:
    return nn.Sequential(
        *(*google(3, 64, 7, 2), pool(3), *google(64, 64), *google(64, 192, 3), pool(3)),
        Inception(192, (64, 96, 128, 16, 32, 32)),
        Inception(256, (128, 128, 192, 32, 96, 64)),
        pool(3),
        Inception(480, (192, 96, 208, 16, 48, 64)),
        Inception(512, (160, 112, 224, 24, 64, 64)),
        Inception(512, (128, 128, 256, 24, 64, 64)),
        Inception(512, (112, 144, 288, 32, 64, 64)),
        Inception(528, (256, 160, 320, 32, 128, 128)),
        pool(2),
        Inception(832, (256, 160, 320, 32, 128, 128)),
        Inception(832, (384, 192, 384, 48, 128, 128)),
        *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(1024, 1000)),
    )


def inverted(depth: int, expand: int, filters: int, stride: int) -> nn.Module:
    inner = expand * depth
    body = unit(depth, inner, activation=nn.ReLU6) if expand != 1 else []
    body += unit(inner, inner, 3, stride, inner, nn.ReLU6)
    body += unit(inner, filters, activation=None)
    if stride == 1 and depth == filters:
        return Residual(body, [], nn.Identity())
    return nn.Sequential(*body)


def mobilenet_v2() -> nn.Module:
    layers = unit(3, 32, 3, 2, activation=nn.ReLU6)
    depth = 32
    for t, c, n, s in (
        *((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2)),
        *((6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)),
    ):
        for index in range(n):
            layers.append(inverted(depth, t, c, s if index == 0 else 1))
            depth = c
    layers += unit(depth, 1280, activation=nn.ReLU6)
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(1280, 1000)]
    return nn.Sequential(*layers, *head)


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "alexnet_torchvision": alexnet,
    "vgg16": vgg16,
    "resnet50": resnet50,
    "googlenet": googlenet,
    "mobilenet_v2": mobilenet_v2,
}
