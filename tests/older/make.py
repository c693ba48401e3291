"""Makes the files of one version: what tests of later versions read, resume and serve.

usage: make.py TOOL FOLDER
TOOL is the folder of a published tool (Counterpoise.Cli.dll), FOLDER is made. Needs dotnet and Python alone, on Linux.
What tells of the machine is replaced: its paths, its processor, the date. What is large is packed by gzip.
"""
import contextlib
import gzip
import json
import pathlib
import re
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import zlib

CLASSES = {"blue": (24, 4), "green": (12, 4), "red": (6, 4)}  # training and test images
SIZE = 8
MOVED = "/data/images.pack"  # where descriptions say that the data is
PACKED = {".safetensors", ".pack", ".onnx", ".db"}

# Channels that are alive: of the stem and layer1, of layer2, of layer3. All others give 0 and learn nothing, so that files compress.
LIVE = [{0, 1, 2}, {0, 8, 9, 10}, {3, 16, 24, 25, 26}]

TRAINING = [
    "--data", "images.pack", "--model", "resnet8", "--pretrained", "start.safetensors", "--image-size", str(SIZE),
    "--threads", "1", "--precision", "fp32", "--device", "cpu", "--method", "mfw+drw", "--set", "drw.start=0.5",
    "--set", "training.epochs=4", "--set", "training.batch_size=2", "--set", "training.warmup=1", "--set", "training.learning_rate=0.01",
    "--seed", "3",
]  # fmt: skip
RUN = ["train", *TRAINING, "--evaluate-every", "1", "--statistics", "every=2"]
STUDY = ["tune", *TRAINING, "--statistics", "off", "--over", "mfw.alpha=0.2,1,5", "-o", "study"]


def pixel(label, number, x, y, channel):
    """The value of a channel. A test computes the same; test images have numbers from 1000."""
    return (90 if channel == label else 40) + (label * 7 + number * 37 + x * 11 + y * 29 + channel * 53 + x * y * number) % 120


def png(path, label, number):
    rows = b"".join(
        b"\0" + bytes(pixel(label, number, x, y, c) for x in range(SIZE) for c in range(3)) for y in range(SIZE)
    )

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )


def write_images(folder):
    for label, (name, counts) in enumerate(CLASSES.items()):
        for part, count, first in ("train", counts[0], 0), ("test", counts[1], 1000):
            for i in range(count):
                png(folder / part / name / f"{i:03}.png", label, first + i)


def thin(source, target):
    """Kills the channels that are not alive in a file of parameters."""
    content = source.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header, data = json.loads(content[8 : 8 + length]), content[8 + length :]
    names = sorted(name for name in header if name != "__metadata__")
    result, parts, at = {}, [], 0
    for name in names:
        first, last = header[name]["data_offsets"]
        raw = data[first:last]
        if header[name]["dtype"] == "F32":
            values = list(struct.unpack(f"<{len(raw) // 4}f", raw))
            raw = struct.pack(f"<{len(values)}f", *thinned(name, header[name]["shape"], values))
        result[name] = {**header[name], "data_offsets": [at, at + len(raw)]}
        parts.append(raw)
        at += len(raw)
    text = json.dumps(result, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    target.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))


def thinned(name, shape, values):
    stage = int(name[5]) - 1 if name.startswith("layer") else 0
    if len(shape) == 4:
        inputs = range(3) if name.startswith("conv1") else LIVE[stage - 1 if ".0.conv1" in name and stage else stage]
        taps = shape[2] * shape[3]
        kept = [o in LIVE[stage] and i in inputs for o in range(shape[0]) for i in range(shape[1]) for _ in range(taps)]
        return [value if keep else 0.0 for value, keep in zip(values, kept)]
    if len(shape) == 2:
        return [value if i % shape[1] in LIVE[2] else 0.0 for i, value in enumerate(values)]
    if "bn" in name and name.endswith((".weight", ".bias")):
        dead = 0.0 if name.endswith(".weight") else -1.0
        return [value if i in LIVE[stage] else dead for i, value in enumerate(values)]
    return values


def scrub(run):
    """Takes out of a run folder what tells of the machine."""
    for name in ".lock", ".lock-owner":
        (run / name).unlink()
    path = run / "run.json"
    description = json.loads(path.read_text())
    description["command"] = re.sub(r"^\S*", "counterpoise", description["command"])
    description.update(data=MOVED, machine="a machine", started="2026-01-02T03:04:05+00:00")
    path.write_text(json.dumps(description, indent=2))


def scrub_study(file):
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("update study set value = ? where key = 'data'", [MOVED])
        database.commit()
        database.execute("vacuum")


def files(run, checkpoints):
    """What is kept of a run."""
    names = "run.json", "recipe.toml", "metrics.jsonl", "result.json", "log.txt", "examples/*"
    return [f"{run}/{name}" for name in (*names, f"checkpoints/epoch-{checkpoints}.safetensors")]


def keep(work, target, patterns):
    for source in sorted(file for pattern in patterns for file in work.glob(pattern)):
        copy = target / source.relative_to(work)
        copy.parent.mkdir(parents=True, exist_ok=True)
        content = source.read_bytes()
        if source.suffix in PACKED:
            copy.with_name(copy.name + ".gz").write_bytes(gzip.compress(content, mtime=0))
        else:
            copy.write_bytes(content)


def main():
    tool, target = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    work = pathlib.Path(tempfile.mkdtemp())
    command = ["dotnet", str(tool / "Counterpoise.Cli.dll")]

    def run(*arguments):
        print("counterpoise", *arguments)
        return subprocess.run([*command, *arguments], cwd=work, check=True, stdout=subprocess.PIPE, text=True).stdout

    def interrupt(reached, saved, remove, *arguments):
        """Sends Ctrl-C in the middle of an epoch."""
        print("counterpoise", *arguments, " # and Ctrl-C")
        while True:
            shutil.rmtree(work / remove, ignore_errors=True)
            process = subprocess.Popen([*command, *arguments], cwd=work, stdout=subprocess.DEVNULL)
            while not (work / reached).exists():
                time.sleep(0.001)
            time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            if process.wait() == 130 and list(work.glob(saved)):
                return

    write_images(work / "images")
    run("data", "pack", "images", "-o", "images.pack", "--resize", str(SIZE))
    run("train", "--data", "images.pack", "--model", "resnet8", "--image-size", str(SIZE), "--set", "training.epochs=1",
        "--set", "training.batch_size=42", "--set", "training.warmup=0", "-o", "first")  # fmt: skip
    run("export", "first", "--safetensors", "all.safetensors")
    thin(work / "all.safetensors", work / "start.safetensors")

    run(*RUN, "-o", "finished")
    checkpoints = "checkpoints/epoch-0002"
    interrupt(f"interrupted/{checkpoints}.safetensors", f"interrupted/{checkpoints}-step-*", "interrupted",
              *RUN, "-o", "interrupted")  # fmt: skip
    second = "study/runs/trial-0001-split-0/checkpoints/epoch-0002"
    interrupt(f"{second}.safetensors", f"{second}-step-*", "study", *STUDY)
    run("export", "finished", "--onnx", "classifier.onnx")
    images = [f"images/test/{name}/{i:03}.png" for name in CLASSES for i in (0, 1)]
    (work / "predictions.jsonl").write_text(run("predict", "classifier.onnx", *images, "--json"))

    for folder in work / "finished", work / "interrupted", *(work / "study/runs").iterdir():
        scrub(folder)
    scrub_study(work / "study/study.db")
    keep(work, target, [
        "start.safetensors", "images.pack", "classifier.onnx", "predictions.jsonl", *images, "study/study.db",
        *files("finished", "0004"), *files("interrupted", "0002*"),
        *files("study/runs/trial-0000-split-0", "0004"), *files("study/runs/trial-0001-split-0", "0002-*"),
    ])  # fmt: skip
    shutil.rmtree(work)


main()
