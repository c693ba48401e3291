"""The images that everything is measured on: CIFAR-10's binary layout, given or made up, and a folder of larger pictures."""

import os
import pathlib
import random
import struct
import tarfile

CLASSES = 10
SIDE = 32
RECORD = 1 + 3 * SIDE * SIDE
BATCHES = [f"data_batch_{number}.bin" for number in range(1, 6)]
TEST = "test_batch.bin"


def made_up(images, seed=1):
    """Records of noise, the classes in turn; a tint by class gives a training something to learn."""
    noise = random.Random(seed)
    plane = SIDE * SIDE
    records = []
    for image in range(images):
        label = image % CLASSES
        pixels = bytearray(noise.getrandbits(8 * 3 * plane).to_bytes(3 * plane, "little"))
        channel = label % 3
        pixels[channel * plane : channel * plane + (label + 1) * 64] = bytes([20 * label]) * ((label + 1) * 64)
        records.append(bytes([label]) + bytes(pixels))
    return records


def given(path):
    """The training records of a real CIFAR-10: a folder of its batches, one above it, or its .tar.gz."""
    path = pathlib.Path(path)
    if path.is_dir():
        inner = path if (path / BATCHES[0]).exists() else path / "cifar-10-batches-bin"
        content = b"".join((inner / batch).read_bytes() for batch in BATCHES)
    else:
        with tarfile.open(path) as archive:
            members = {pathlib.PurePosixPath(member.name).name: member for member in archive if member.isfile()}
            content = b"".join(archive.extractfile(members[batch]).read() for batch in BATCHES)
    if not content or len(content) % RECORD:
        raise ValueError(f"{path}: found {len(content)} bytes, expected a multiple of {RECORD}")
    return [content[at : at + RECORD] for at in range(0, len(content), RECORD)]


def long_tailed(records, images, rho=100):
    """So many of the records, the classes' sizes falling by a constant factor to a rho-th, shuffled."""
    shares = [rho ** (-label / (CLASSES - 1)) for label in range(CLASSES)]
    counts = [max(1, round(images * share / sum(shares))) for share in shares]
    counts[0] += images - sum(counts)
    chosen = []
    for label, count in enumerate(counts):
        of_class = [record for record in records if record[0] == label][:count]
        chosen += (of_class * count)[:count]  # Again where there are too few.
    random.Random(0).shuffle(chosen)
    return chosen


def write_cifar(folder, records, test_images=100):
    """Writes records as five batches, and the first of them as the test batch."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    share = -(-len(records) // len(BATCHES))
    for number, batch in enumerate(BATCHES):
        (folder / batch).write_bytes(b"".join(records[number * share : (number + 1) * share]))
    (folder / TEST).write_bytes(b"".join(records[:test_images]))
    return folder


def write_pictures(folder, images, side, distinct=256):
    """Writes bitmap files of noise, a folder a class; beyond the distinct ones a picture is a link to an earlier one."""
    folder = pathlib.Path(folder)
    row = side * 3 + -side * 3 % 4
    header = b"BM" + struct.pack("<IHHI", 54 + row * side, 0, 0, 54)
    header += struct.pack("<IiiHHIIiiII", 40, side, side, 1, 24, 0, row * side, 2835, 2835, 0, 0)
    first = []
    for part, count in (("train", images), ("test", CLASSES)):
        for image in range(count):
            target = folder / part / f"class{image % CLASSES}"
            target.mkdir(parents=True, exist_ok=True)
            file = target / f"{image:06}.bmp"
            if len(first) < distinct:
                file.write_bytes(header + os.urandom(row * side))
                first.append(file)
            else:
                os.link(first[image % distinct], file)
    return folder
