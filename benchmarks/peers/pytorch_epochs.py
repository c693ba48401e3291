"""Trains the CIFAR residual network with PyTorch's usual recipe, an epoch for every line on standard input.

Answers each line with one line of JSON: the seconds of the epoch, the images trained on, the resident memory in MB.
"""

import argparse
import json
import os
import pathlib
import sys
import time

import numpy
import torch
from PIL import Image
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

CLASSES = 10
RECORD = 1 + 3 * 32 * 32
MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)


class CifarFiles(Dataset):
    """The training batches of CIFAR-10's binary version, an image at a time as torchvision's own data set gives them."""

    def __init__(self, folder, transform):
        files = sorted(pathlib.Path(folder).glob("data_batch_*.bin"))
        records = numpy.concatenate([numpy.fromfile(file, numpy.uint8).reshape(-1, RECORD) for file in files])
        self.labels = records[:, 0].astype(int).tolist()
        self.images = numpy.ascontiguousarray(records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
        self.transform = transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.transform(Image.fromarray(self.images[index])), self.labels[index]


class Block(nn.Module):
    """Two 3x3 convolutions beside a shortcut without parameters (option A)."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.padding = (outputs - inputs) // 2
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=outputs // inputs, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.padding:
            x = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.padding, self.padding))
        return self.relu(out + x)


class ResNet(nn.Module):
    """The residual network for CIFAR with 6n + 2 layers (He et al., CVPR 2016, section 4.2)."""

    def __init__(self, depth):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.relu = nn.ReLU(inplace=True)
        blocks = (depth - 2) // 6
        self.layers = nn.Sequential(
            *(
                Block(inputs if block == 0 else outputs, outputs)
                for inputs, outputs in ((16, 16), (16, 32), (32, 64))
                for block in range(blocks)
            )
        )
        self.linear = nn.Linear(64, CLASSES)

    def forward(self, x):
        x = self.layers(self.relu(self.bn1(self.conv1(x))))
        return self.linear(x.mean((2, 3)))


def train_epoch(model, loader, optimizer, order):
    """One pass over the data with the running loss and accuracy that trainings print."""
    model.train()
    loss_sum, correct, seen = 0.0, 0, 0
    for images, labels in loader:
        optimizer.zero_grad()
        logits = model(images.to(memory_format=order))
        loss = functional.cross_entropy(logits, labels)
        loss.backward()
        optimizer.step()
        loss_sum += loss.item() * len(labels)
        correct += (logits.argmax(1) == labels).sum().item()
        seen += len(labels)
    return seen


def resident_mb():
    """Resident memory of this process, in 10^6 bytes; its loader's processes are not counted."""
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="a folder in the layout of CIFAR-10's binary version")
    parser.add_argument("--depth", type=int, default=32)
    parser.add_argument("--parameters", type=int, help="refuse a network with another number of parameters")
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--momentum", type=float, default=0.9)
    parser.add_argument("--weight-decay", type=float, default=2e-4)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--channels-last", action="store_true", help="maps and weights in that order in memory")
    parser.add_argument("--workers", type=int, default=2, help="processes that load and augment images")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    transform = transforms.Compose(
        [
            transforms.RandomCrop(32, padding=4),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize(MEAN, STD),
        ]
    )
    loader = DataLoader(
        CifarFiles(options.data, transform), options.batch_size, shuffle=True, num_workers=options.workers
    )
    order = torch.channels_last if options.channels_last else torch.contiguous_format
    model = ResNet(options.depth).to(memory_format=order)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    if options.parameters not in (None, parameters):
        sys.exit(f"error: the network has {parameters} parameters, expected {options.parameters}")
    optimizer = torch.optim.SGD(
        model.parameters(),
        options.learning_rate,
        momentum=options.momentum,
        weight_decay=options.weight_decay,
    )
    for _ in iter(sys.stdin.readline, ""):
        start = time.perf_counter()
        images = train_epoch(model, loader, optimizer, order)
        seconds = time.perf_counter() - start
        print(json.dumps({"seconds": seconds, "work": images, "resident_mb": resident_mb()}), flush=True)


if __name__ == "__main__":
    main()
