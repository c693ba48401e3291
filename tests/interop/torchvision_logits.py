"""Loads a safetensors file written by Counterpoise into a torchvision network and compares logits.

usage: torchvision_logits.py NETWORK WEIGHTS.safetensors IMAGES_AND_LOGITS.safetensors
The second file holds `images` [N, 3, H, W] and `logits` [N, classes], float32. Needs torch and torchvision alone.
"""
import json
import struct
import sys

import numpy
import torch
import torchvision

TYPES = {"F32": numpy.float32, "I64": numpy.int64}


def read(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            first, last = entry["data_offsets"]
            values = numpy.frombuffer(data[first:last], dtype=TYPES[entry["dtype"]]).reshape(entry["shape"])
            tensors[name] = torch.from_numpy(values.copy())
    return tensors


def main():
    name, weights, images = sys.argv[1:]
    parameters, batch = read(weights), read(images)
    network = getattr(torchvision.models, name)(num_classes=batch["logits"].shape[1])
    network.load_state_dict(parameters, strict=True)
    network.eval()
    with torch.no_grad():
        difference = (network(batch["images"]) - batch["logits"]).abs().max().item()
    scale = batch["logits"].abs().max().item()
    print(f"{name}: largest difference {difference:.3g} of {scale:.3g}")
    sys.exit(0 if difference <= 1e-4 * scale else 1)


main()
