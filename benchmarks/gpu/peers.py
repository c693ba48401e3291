"""Two training loops in Python's PyTorch, to compare with; prints one line of JSON.

plain: what people write. A data set that gives an image at a time through random crop, flip and normalisation, a
DataLoader with processes, float32, SGD as it comes, the loss read at every step.

tuned: what is fast. All images on the device, crop and flip of a batch as one gather, channels-last, autocast to
bfloat16, fused SGD, cuDNN choosing its algorithms, nothing read within an epoch; with --compile through torch.compile.
"""

import argparse
import contextlib
import json
import pathlib
import time

import torch
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

import networks
from images import BATCHES, CLASSES, RECORD, SIDE

MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)


def read(options):
    """Images as uint8 and labels: of CIFAR-10's files, or noise of another size."""
    if options.data:
        content = b"".join((pathlib.Path(options.data) / batch).read_bytes() for batch in BATCHES)
        records = torch.frombuffer(bytearray(content), dtype=torch.uint8).view(-1, RECORD)
        return records[:, 1:].reshape(-1, 3, SIDE, SIDE).contiguous(), records[:, 0].long()
    labels = torch.arange(options.images) % CLASSES
    return torch.randint(256, (options.images, 3, options.side, options.side), dtype=torch.uint8), labels


class OneByOne(Dataset):
    """An image at a time, as a data set with transforms gives them."""

    def __init__(self, images, labels, pad):
        self.images, self.labels, self.pad = images, labels.tolist(), pad
        self.mean, self.std = (torch.tensor(of).view(3, 1, 1) for of in (MEAN, STD))

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        side = self.images.shape[-1]
        image = functional.pad(self.images[index], (self.pad,) * 4)
        top, left, mirror = torch.randint(2 * self.pad + 1, (3,)).tolist()
        image = image[:, top : top + side, left : left + side]
        if mirror % 2:
            image = image.flip(2)
        return (image.float() / 255 - self.mean) / self.std, self.labels[index]


class Batches:
    """Shuffled batches of images that lie on the device, cropped and mirrored there."""

    def __init__(self, images, labels, options):
        self.options, self.labels = options, labels.to(options.device)
        self.side = images.shape[-1]
        self.pad = self.side // 8
        self.images = functional.pad(images.to(options.device), (self.pad,) * 4)
        self.mean, self.std = (255 * torch.tensor(of, device=options.device) for of in (MEAN, STD))

    def __iter__(self):
        device, size = self.options.device, self.options.batch_size
        order = torch.randperm(len(self.labels), device=device)
        line = torch.arange(self.side, device=device)
        for start in range(0, len(order) - size + 1, size):
            chosen = order[start : start + size]
            top, left = torch.randint(2 * self.pad + 1, (2, size, 1), device=device)
            mirror = torch.randint(2, (size, 1), device=device)
            rows = (top + line)[:, :, None]
            columns = (left + torch.where(mirror == 1, self.side - 1 - line, line))[:, None, :]
            batch = self.images[chosen[:, None, None], :, rows, columns]
            batch = ((batch - self.mean) / self.std).permute(0, 3, 1, 2)
            if not self.options.channels_last:
                batch = batch.contiguous()
            yield batch, self.labels[chosen]


def optimizer_of(model, options, notes):
    settings = {"lr": options.learning_rate, "momentum": 0.9, "weight_decay": 2e-4}
    if options.loop == "tuned":
        try:
            return torch.optim.SGD(model.parameters(), fused=True, **settings)
        except (TypeError, RuntimeError):
            notes.append(f"fused SGD is missing in torch {torch.__version__} on {options.device}: skipped")
    return torch.optim.SGD(model.parameters(), **settings)


def plain_epoch(model, loader, optimizer, options):
    loss_sum, seen = 0.0, 0
    for images, labels in loader:
        images, labels = images.to(options.device), labels.to(options.device)
        optimizer.zero_grad()
        loss = functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        loss_sum += loss.item() * len(labels)
        seen += len(labels)
    return seen, loss_sum / seen


def tuned_epoch(model, batches, optimizer, options):
    loss_sum, seen = torch.zeros((), device=options.device), 0
    kind = torch.device(options.device).type
    for images, labels in batches:
        optimizer.zero_grad(set_to_none=True)
        half = options.precision == "bf16"
        with torch.autocast(kind, torch.bfloat16) if half else contextlib.nullcontext():
            loss = functional.cross_entropy(model(images).float(), labels)
        loss.backward()
        optimizer.step()
        loss_sum += loss.detach() * len(labels)
        seen += len(labels)
    return seen, loss_sum.item() / seen


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loop", choices=["plain", "tuned"], required=True)
    parser.add_argument("--network", default="resnet32")
    parser.add_argument("--parameters", type=int, help="refuse a network with another number of parameters")
    parser.add_argument("--data", help="a folder in the layout of CIFAR-10's binary version [default: noise]")
    parser.add_argument("--images", type=int, default=2560, help="images of noise")
    parser.add_argument("--side", type=int, default=224, help="pixels of noise")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--workers", type=int, default=2, help="processes that load and augment images, of the plain loop")
    options = parser.parse_args()

    if options.compile and not hasattr(torch, "compile"):
        print(json.dumps({"skipped": f"torch.compile is missing in torch {torch.__version__}"}))
        return
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    notes = []
    images, labels = read(options)
    model = networks.network(options.network, CLASSES).to(options.device)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    if options.parameters not in (None, parameters):
        raise SystemExit(f"error: the network has {parameters} parameters, expected {options.parameters}")
    if options.channels_last:
        model = model.to(memory_format=torch.channels_last)
    optimizer = optimizer_of(model, options, notes)
    if options.loop == "plain":
        data = OneByOne(images, labels, images.shape[-1] // 8)
        batches = DataLoader(
            data, options.batch_size, shuffle=True, num_workers=options.workers, pin_memory=options.device != "cpu"
        )
        epoch = plain_epoch
    else:
        torch.backends.cudnn.benchmark = True
        batches, epoch = Batches(images, labels, options), tuned_epoch
    model.train()
    step = torch.compile(model) if options.compile else model

    speeds, loss, first = [], None, None
    for _ in range(options.epochs):
        start = time.perf_counter()
        seen, loss = epoch(step, batches, optimizer, options)
        seconds = time.perf_counter() - start
        first = first or seconds
        speeds.append(seen / seconds)
    answer = {"images_per_second": speeds, "first_epoch_seconds": first, "loss": loss, "notes": notes}
    if options.device != "cpu":
        answer["peak_memory_mb"] = torch.cuda.max_memory_allocated() / 1e6
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
