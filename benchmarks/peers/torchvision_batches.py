"""Reads image files with torchvision's usual recipe, an epoch for every line on standard input.

Answers each line with one line of JSON: the seconds of the epoch, the images read, the resident memory in MB.
"""

import argparse
import json
import os
import pathlib
import sys
import time

from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder


def resident_mb():
    """Resident memory of this process, in 10^6 bytes; its loader's processes are not counted."""
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="a folder with train/ and a folder per class below")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--workers", type=int, default=2, help="processes that load and augment images")
    options = parser.parse_args()
    transform = transforms.Compose(
        [
            transforms.Resize((256, 256)),
            transforms.RandomHorizontalFlip(),
            transforms.RandomCrop(224),
            transforms.ToTensor(),
            transforms.Normalize((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)),
        ]
    )
    images = ImageFolder(str(pathlib.Path(options.data) / "train"), transform)
    loader = DataLoader(
        images, options.batch_size, shuffle=True, num_workers=options.workers, persistent_workers=True
    )
    for _ in iter(sys.stdin.readline, ""):
        start = time.perf_counter()
        seen = sum(len(labels) for _, labels in loader)
        seconds = time.perf_counter() - start
        print(json.dumps({"seconds": seconds, "work": seen, "resident_mb": resident_mb()}), flush=True)


if __name__ == "__main__":
    main()
