"""Trains the cells of a table on an NVIDIA GPU, as many at once as it holds, and stops on time.

A cell is a line 'NAME RECIPE OPTIONS' of a list. Its run is in OUTPUT/runs/NAME. At the end of the minutes, or at
Ctrl-C, the trainings are asked to save and end; the same command then goes on with them. results.json and results.md
have a row a cell and are written whenever a training ends.
"""

import argparse
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
import time

import torch

import images
import mps
from results import Clock, Results
from tool import Failed, Tool, ended, last_line, metrics

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
SAVING = 60
ATTEMPTS = 2
MEMORY = "import torch; print(*torch.cuda.mem_get_info())"


class Cell:
    """A training: its line of the list, its run and what became of it."""

    def __init__(self, line, runs, extra):
        self.name, recipe, *options = shlex.split(line)
        self.arguments = [REPOSITORY / recipe, *options, *extra]
        self.run = runs / self.name
        self.process = None
        self.attempts = 0
        self.failure = ""
        self.seconds = 0.0

    @property
    def finished(self):
        return (self.run / "result.json").exists()

    @property
    def waiting(self):
        return self.process is None and not self.finished and self.attempts < ATTEMPTS

    def start(self, tool, data, options, environment):
        """Trains, or goes on where the run stands."""
        self.attempts += 1
        common = ["--data", data, "--device", options.device, "--threads", options.threads, "--json"]
        if (self.run / "run.json").exists():
            arguments = ["resume", self.run, *common]
        else:
            arguments = ["train", *self.arguments, "--output", self.run, *common]
        self.process = tool.start(*arguments, environment=environment)

    def collect(self):
        """Whether the training has ended since it was asked last."""
        if self.process is None or self.process.running:
            return False
        code = self.process.process.returncode
        good = (0, 130, -signal.SIGINT)
        self.failure = "" if code in good else f"{last_line(self.process.errors())} ({ended(code)})"
        self.seconds += self.process.seconds
        self.process.__exit__()
        self.process = None
        return True


class Cells:
    """Trains them side by side."""

    def __init__(self, cells, tool, data, options, results, clock):
        self.cells, self.tool, self.data, self.options = cells, tool, data, options
        self.results, self.clock = results, clock
        self.at_once = options.at_once
        self.stopped = False

    def train(self, environment):
        """Until all are trained or the time is over; the trainings then save and end."""
        free = None
        if self.at_once is None:
            self.at_once = 1
            free = memory(self.options.device, environment)
        try:
            while not self.stopped and self.clock.left > SAVING and self.active(environment):
                if free is not None and self.first_has_trained():
                    self.at_once = self.holds(free, environment)
                    free = None
                time.sleep(0.2)
        finally:
            self.save()

    def active(self, environment):
        """Starts what there is room for; whether anything trains."""
        if any([cell.collect() for cell in self.cells]):
            self.report()
        running = sum(cell.process is not None for cell in self.cells)
        for cell in self.cells:
            if running < self.at_once and cell.waiting:
                cell.start(self.tool, self.data, self.options, environment)
                running += 1
        return running > 0

    def first_has_trained(self):
        return any(cell.process and metrics(cell.run) for cell in self.cells)

    def holds(self, before, environment):
        """How many trainings there is room for: memory that the first one took, and a processor each."""
        processors = max(1, len(os.sched_getaffinity(0)) // self.options.threads)
        now = memory(self.options.device, environment)
        count = processors
        if before and now and before[0] > now[0]:
            count = min(count, int(0.9 * before[0] / (before[0] - now[0])))
        count = max(1, min(count, len(self.cells)))
        print(f"{count} at once", flush=True)
        return count

    def save(self):
        """Asks all trainings to save and end; ends those that do not."""
        running = [cell for cell in self.cells if cell.process]
        for cell in running:
            cell.process.interrupt()
        until = time.monotonic() + SAVING
        for cell in running:
            try:
                cell.process.finish(until - time.monotonic())
            except Failed as error:
                print(f"{cell.name}: {error}; it goes on from its last epoch", flush=True)
            cell.collect()
        self.report()

    def report(self):
        """A row a cell, in the order of the list."""
        self.results.rows.clear()
        for cell in self.cells:
            epochs = metrics(cell.run)
            last = epochs[-1] if epochs else {}
            if cell.finished:
                note = "finished"
            elif cell.process:
                note = "trains"
            elif cell.failure:
                note = f"failed: {cell.failure}"
            else:
                note = "to go on" if (cell.run / "run.json").exists() else "not begun"
            if last:
                note += f", {last['images_per_second']:,.0f} images/s"
            self.results.rows.append(
                {
                    "name": cell.name,
                    "value": tested(epochs).get("accuracy") if cell.finished else None,
                    "unit": "% accuracy",
                    "settings": {"epochs": len(epochs)},
                    "seconds": round(cell.seconds, 1),
                    "note": note,
                }
            )
        self.results.write()


def tested(epochs):
    """The last epoch that was tested."""
    return next((epoch for epoch in reversed(epochs) if "accuracy" in epoch), {})


def memory(device, environment):
    """Free and total bytes of the card, asked by a process that ends; None without a card."""
    if device == "cpu":
        return None
    try:
        answer = subprocess.run(
            [sys.executable, "-c", MEMORY],
            check=True,
            timeout=90,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return [int(word) for word in answer.stdout.split()]


def read_cells(options, runs):
    lines = [line.strip() for line in pathlib.Path(options.cells).read_text().splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    extra = ["--precision", options.precision] if options.precision else []
    if options.tiny:
        lines = lines[:2]
        extra += ["--model", "resnet8", "--set", "data.imbalance=natural", "--epochs", 3, "--batch-size", 16]
    return [Cell(line, runs, extra) for line in lines]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", required=True, help="a published folder of the tool, or an archive of one (tar.xz)")
    parser.add_argument("--output", required=True, help="folder for runs and results; one that is there is gone on with")
    parser.add_argument("--data", help="CIFAR-10's binary version, a folder or its .tar.gz")
    parser.add_argument("--minutes", type=float, default=60, help="time for all of it [default: 60]")
    parser.add_argument("--cells", default=HERE / "cells.list", help="the list [default: cells.list beside this script]")
    parser.add_argument("--at-once", type=int, help="trainings at once [default: what memory and processors hold]")
    parser.add_argument("--precision", choices=["fp32", "bf16"], help="of all trainings [default: the tool's]")
    parser.add_argument("--device", default="cuda", help="cuda, or cpu to try the script [default: cuda]")
    parser.add_argument("--threads", type=int, default=1, help="of each training [default: 1]")
    parser.add_argument("--no-mps", action="store_true", help="without NVIDIA's multi-process service")
    parser.add_argument("--tiny", action="store_true", help="two cells of three epochs, on noise if there is no --data")
    options = parser.parse_args()
    if not options.data and not options.tiny:
        parser.error("--data is missing: a table needs real images")

    clock = Clock(options.minutes)
    results = Results(options.output, "Cells, tried with tiny settings" if options.tiny else "Cells")
    results.machine["torch"] = torch.__version__
    output = pathlib.Path(options.output).resolve()
    work = output / "work"
    tool = Tool(options.package, work)
    data = pathlib.Path(options.data).resolve() if options.data else work / "data"
    if not options.data:
        images.write_cifar(data, images.made_up(320))
    cells = Cells(read_cells(options, output / "runs"), tool, data, options, results, clock)

    def stop(signal_number, frame):
        cells.stopped = True

    # With a handler here the trainings get their own way with the signal, also below nohup.
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    with mps.service(work / "mps", wanted=options.device != "cpu" and not options.no_mps) as (environment, word):
        results.machine["multi-process service"] = word
        cells.train({"OMP_NUM_THREADS": str(options.threads), **environment})
    shutil.rmtree(work, ignore_errors=True)
    print(results.markdown())
    return 0 if all(cell.finished for cell in cells.cells) else 130 if cells.stopped else 1


if __name__ == "__main__":
    sys.exit(main())
