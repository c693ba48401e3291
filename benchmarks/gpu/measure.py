"""Measures the tool on an NVIDIA GPU, and two loops in Python's PyTorch beside it, in the order of worth.

Each result is in results.json and results.md of the output folder as soon as it is there. A step that fails is a row
with the last line of its error; one that the minutes do not suffice for is a row that says so.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import statistics
import sys
import time

import torch

import images
import mps
from results import Clock, Results
from tool import Failed, Tool, ended, last_line, metrics, run, weights

HERE = pathlib.Path(__file__).resolve().parent
METHODS = ["erm", "mfw", "ldam+drw", "mixup", "bbn"]
LOSS_LIMIT = 1e-3
STEPS = 20
KEPT_MEMORY = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "2147483647", "MALLOC_TOP_PAD_": "268435456"}
SPEED = "images/s"


@dataclasses.dataclass(frozen=True)
class Sizes:
    """How much is computed."""

    network: str = "resnet32"
    parameters: int = 464_154
    batch: int = 128
    images: int = 25_600
    epochs: int = 4
    kill_epochs: int = 10
    large_parameters: int = 23_528_522
    large_batch: int = 128
    large_images: int = 5_120
    large_side: int = 224
    large_epochs: int = 3
    cpu_images: int = 2_560
    cpu_epochs: int = 3
    at_once: tuple = (4, 8, 14)


TINY = Sizes("resnet8", 75_290, 4, 80, 2, 4, 23_528_522, 4, 10, 32, 2, 80, 2, (2,))


class Measurement:
    """The steps; each adds its rows."""

    def __init__(self, options, sizes, results, clock):
        self.options, self.sizes, self.results, self.clock = options, sizes, results, clock
        self.work = results.folder / "work"
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir()
        self.tool = Tool(options.package, self.work)
        self.processors = len(os.sched_getaffinity(0))
        self.limit = 60.0
        self.runs = 0

    def steps(self):
        """Name, seconds that it is expected to take on a GPU, and what to do."""
        sizes = self.sizes
        yield "doctor", 20, self.doctor
        for method in METHODS:
            yield f"loss {method}", 45, lambda method=method: self.loss(method)
        yield "kill and resume", 90, self.kill_and_resume
        for precision in ("fp32", "bf16"):
            yield f"speed {sizes.network} {precision}", 45, lambda p=precision: self.speed(sizes.network, "erm", p)
        yield f"speed {sizes.network} mfw", 45, lambda: self.speed(sizes.network, "mfw", "bf16")
        for name in ("tuned", "tuned_compiled", "plain"):
            yield f"peer {name} {sizes.network}", 90, lambda name=name: self.peer(name, sizes.network)
        yield f"ratios {sizes.network}", 0, lambda: self.ratios(sizes.network)
        for count in sizes.at_once:
            yield f"{count} at once", 60 + 3 * count, lambda count=count: self.at_once(count)
        for precision in ("fp32", "bf16"):
            yield f"speed resnet50 {precision}", 90, lambda p=precision: self.speed("resnet50", "erm", p)
        for name in ("tuned", "tuned_compiled", "plain"):
            yield f"peer {name} resnet50", 120, lambda name=name: self.peer(name, "resnet50")
        yield "ratios resnet50", 0, lambda: self.ratios("resnet50")
        for precision in ("fp32", "bf16"):
            yield f"processor {precision}", 45, lambda p=precision: self.processor(p)
        for name in ("fp32", "fp32_channels_last", "bf16_channels_last"):
            yield f"processor torch {name}", 45, lambda name=name: self.processor_peer(name)
        yield "ratios processor", 0, self.processor_ratios

    def run(self):
        for name, expected, step in self.steps():
            if self.options.only and not any(name.startswith(only) for only in self.options.only):
                continue
            expected = min(expected, 5) if self.options.tiny else expected
            left = self.clock.left
            key = name.replace(" ", "_")
            if expected > left:
                note = f"skipped: takes about {expected} s, {max(left, 0):.0f} s are left"
                self.results.add(key, None, note=note)
                continue
            self.limit = min(left, 60 + 4 * expected)
            start = time.monotonic()
            try:
                step()
            except Exception as error:  # Whatever it is: the other steps go on.
                what = str(error) if isinstance(error, Failed) else f"{type(error).__name__}: {error}"
                self.results.add(key, None, seconds=time.monotonic() - start, note=f"failed: {last_line(what)}")

    # The tool.

    def new_run(self):
        self.runs += 1
        return self.work / "runs" / str(self.runs)

    @property
    def cpu_threads(self):
        """What a computation is told where the processor stands in for the GPU."""
        return ("--threads", self.threads) if self.options.device == "cpu" else ()

    def arguments(self, data, output, method, precision, device, epochs, model=None, batch=None, extra=()):
        """A training that computes nothing but its steps and one small test at the end."""
        return [
            *("train", "--data", data, "--method", method, "--model", model or self.sizes.network),
            *("--epochs", epochs, "--batch-size", batch or self.sizes.batch, "--seed", 0),
            *("--statistics", "off", "--evaluate-every", 0, "--precision", precision, "--device", device),
            *("--output", output, "--json", *(extra or self.cpu_threads)),
        ]

    def train(self, data, method, precision, device, epochs, **more):
        """The epochs of a new run."""
        output = self.new_run()
        self.tool.run(*self.arguments(data, output, method, precision, device, epochs, **more), timeout=self.limit)
        return metrics(output)

    def cifar(self, count, name):
        """Images in CIFAR-10's layout, long-tailed, of those that were given or made up; written once."""
        folder = self.work / name
        if not folder.exists():
            data = self.options.data
            source = images.given(data) if data else images.made_up(5 * count)
            images.write_cifar(folder, images.long_tailed(source, count))
        return folder

    def pictures(self):
        sizes = self.sizes
        folder = self.work / f"pictures-{sizes.large_side}"
        return folder if folder.exists() else images.write_pictures(folder, sizes.large_images, sizes.large_side)

    @property
    def small(self):
        return self.cifar(STEPS * self.sizes.batch, "steps")

    @property
    def usual(self):
        return self.cifar(self.sizes.images, "epochs")

    # The steps.

    def doctor(self):
        start = time.monotonic()
        found = json.loads(self.tool.run("doctor", "--json", timeout=self.limit).strip().splitlines()[-1])
        (self.results.folder / "doctor.json").write_text(json.dumps(found, indent=1) + "\n")
        libtorch, gpus = found.get("libtorch") or {}, found.get("gpus") or []
        value = f"{found.get('device')}, {found.get('precision')}"
        note = "; ".join(
            [
                f"libtorch {libtorch.get('version')} ({libtorch.get('origin')})",
                *(gpu["name"] for gpu in gpus),
                *found.get("advice", []),
            ]
        )
        self.results.add("doctor", value, "device and precision", time.monotonic() - start, note)

    def loss(self, method):
        """The mean loss of 20 steps from the same seed, on the processor and on the device."""
        start = time.monotonic()
        data = self.small
        loss = {}
        for device in ("cpu", self.options.device):
            loss[device] = self.train(data, method, "fp32", device, 1)[0]["loss"]
        apart = abs(loss[self.options.device] - loss["cpu"])
        verdict = "within" if apart < LOSS_LIMIT else "NOT within"
        self.results.add(
            f"loss_apart_{method}",
            apart,
            "loss",
            time.monotonic() - start,
            f"{verdict} {LOSS_LIMIT}: cpu {loss['cpu']:.6f}, {self.options.device} {loss[self.options.device]:.6f}",
            steps=STEPS,
            network=self.sizes.network,
            batch=self.sizes.batch,
            precision="fp32",
        )

    def kill_and_resume(self):
        """A training that was killed, and one that was interrupted, against one that was not."""
        precision = "fp32"
        whole = self.new_run()

        def started(output):
            return self.arguments(self.small, output, "mfw", precision, self.options.device, self.sizes.kill_epochs)

        self.tool.run(*started(whole), timeout=self.limit)
        expected, loss = weights(whole), metrics(whole)[-1]["loss"]
        for way in ("killed", "interrupted"):
            start = time.monotonic()
            output = self.new_run()
            with self.tool.start(*started(output)) as process:
                while process.running and len(metrics(output)) < 1 and process.seconds < self.limit:
                    time.sleep(0.02)
                done = (output / "result.json").exists() or not process.running
                if way == "killed":
                    process.kill()
                else:
                    process.interrupt()
                    code = process.finish(self.limit)
                    done = done or code == 0
                    if code not in (0, 130):
                        raise Failed(f"{last_line(process.errors())} ({ended(code)})")
                if done:
                    raise Failed(f"the training ended before it was {way}: {last_line(process.errors())}")
            left_at = len(metrics(output))
            self.tool.run("resume", output, "--json", timeout=self.limit)
            same = weights(output) == expected
            apart = abs(metrics(output)[-1]["loss"] - loss)
            self.results.add(
                f"{way}_and_resumed",
                same,
                "same bits",
                time.monotonic() - start,
                f"after epoch {left_at} of {self.sizes.kill_epochs}; loss of the last epoch {apart:.3g} apart",
                network=self.sizes.network,
                method="mfw",
                precision=precision,
            )

    def speed(self, network, method, precision):
        start = time.monotonic()
        sizes = self.sizes
        if network == "resnet50":
            epochs = self.train(
                self.pictures(),
                method,
                precision,
                self.options.device,
                sizes.large_epochs,
                model=network,
                batch=sizes.large_batch,
                extra=("--image-size", sizes.large_side, "--images", "memory", *self.cpu_threads),
            )
            batch, side = sizes.large_batch, sizes.large_side
        else:
            epochs = self.train(self.usual, method, precision, self.options.device, sizes.epochs)
            batch, side = sizes.batch, images.SIDE
        name = f"{network}_{precision}" if method == "erm" else f"{network}_{method}_{precision}"
        self.add_speed(
            name, [epoch["images_per_second"] for epoch in epochs], start, method=method, batch=batch, side=side
        )

    def add_speed(self, name, speeds, start, note="", **settings):
        """The median without the first epoch, which warms up."""
        counted = speeds[1:]
        settings["epochs"] = len(counted)
        note = "; ".join(part for part in (f"{min(counted):,.0f} .. {max(counted):,.0f}", note) if part)
        self.results.add(name, statistics.median(counted), SPEED, time.monotonic() - start, note, **settings)

    def at_once(self, count):
        """Several trainings, one thread each, under the multi-process service where there is one."""
        start = time.monotonic()
        wanted = self.options.device != "cpu"
        with mps.service(self.work / "mps", wanted) as (environment, word):
            environment = {"OMP_NUM_THREADS": "1", **environment}
            outputs = [self.new_run() for _ in range(count)]
            processes = []
            try:
                for output in outputs:
                    extra = ("--threads", 1)
                    arguments = self.arguments(
                        self.usual, output, "erm", "bf16", self.options.device, self.sizes.epochs, extra=extra
                    )
                    processes.append(self.tool.start(*arguments, environment=environment))
                until = time.monotonic() + self.limit
                for process in processes:
                    code = process.finish(until - time.monotonic())
                    if code:
                        raise Failed(f"{last_line(process.errors())} ({ended(code)})")
            finally:
                for process in processes:
                    process.__exit__()
        each = [
            statistics.median(epoch["images_per_second"] for epoch in metrics(output)[1:]) for output in outputs
        ]
        self.results.add(
            f"{count}_at_once",
            sum(each),
            f"{SPEED} together",
            time.monotonic() - start,
            f"{min(each):,.0f} .. {max(each):,.0f} each; multi-process service: {word}",
            network=self.sizes.network,
            precision="bf16",
            threads=1,
        )

    def python(self, *arguments, environment=None):
        """The answer of a loop in Python."""
        command = [sys.executable, HERE / "peers.py", *arguments]
        return json.loads(run(command, self.limit, {**os.environ, **(environment or {})}).splitlines()[-1])

    def peer(self, name, network):
        start = time.monotonic()
        sizes = self.sizes
        arguments = ["--network", network, "--device", self.options.device, *self.cpu_threads]
        if network == "resnet50":
            arguments += ["--images", sizes.large_images, "--side", sizes.large_side, "--epochs", sizes.large_epochs]
            arguments += ["--batch-size", sizes.large_batch, "--parameters", sizes.large_parameters]
            settings = {"batch": sizes.large_batch, "side": sizes.large_side}
        else:
            arguments += ["--data", self.usual, "--epochs", sizes.epochs, "--batch-size", sizes.batch]
            arguments += ["--parameters", sizes.parameters]
            settings = {"batch": sizes.batch, "side": images.SIDE}
        if name == "plain":
            workers = 1 if self.options.tiny else min(8, self.processors)
            arguments += ["--loop", "plain", "--workers", workers]
            settings.update(precision="fp32", workers=workers)
        else:
            arguments += ["--loop", "tuned", "--precision", "bf16", "--channels-last"]
            settings.update(precision="bf16")
            if name == "tuned_compiled":
                arguments += ["--compile"]
        self.add_peer(f"python_{name}_{network}", self.python(*arguments), start, settings)

    def add_peer(self, name, answer, start, settings):
        if "skipped" in answer:
            self.results.add(name, None, SPEED, time.monotonic() - start, f"skipped: {answer['skipped']}", **settings)
            return
        note = "; ".join([f"first epoch {answer['first_epoch_seconds']:.1f} s", *answer["notes"]])
        self.add_speed(name, answer["images_per_second"], start, note, **settings)

    def ratios(self, network):
        for ours, theirs in (("fp32", "plain"), ("bf16", "plain"), ("bf16", "tuned"), ("bf16", "tuned_compiled")):
            self.ratio(f"{network}_{ours}", f"python_{theirs}_{network}")

    def ratio(self, ours, theirs):
        a, b = self.results.value(ours), self.results.value(theirs)
        if a and b:
            self.results.add(f"{ours}_over_{theirs}", a / b, "times as fast")

    def processor(self, precision):
        start = time.monotonic()
        sizes = self.sizes
        data = self.cifar(sizes.cpu_images, "processor")
        epochs = self.train(data, "erm", precision, "cpu", sizes.cpu_epochs, extra=("--threads", self.threads))
        speeds = [epoch["images_per_second"] for epoch in epochs]
        self.add_speed(f"processor_{precision}", speeds, start, network=sizes.network, threads=self.threads)

    def processor_peer(self, name):
        """Steps of current torch on the processor, freed memory kept as the tool keeps it."""
        start = time.monotonic()
        sizes = self.sizes
        data = self.cifar(sizes.cpu_images, "processor")
        arguments = ["--loop", "tuned", "--device", "cpu", "--network", sizes.network, "--data", data]
        arguments += ["--epochs", sizes.cpu_epochs, "--batch-size", sizes.batch, "--threads", self.threads]
        arguments += ["--parameters", sizes.parameters, "--precision", name[:4]]
        if name.endswith("channels_last"):
            arguments += ["--channels-last"]
        settings = {"network": sizes.network, "threads": self.threads, "allocator": "keeps freed memory"}
        self.add_peer(f"processor_python_{name}", self.python(*arguments, environment=KEPT_MEMORY), start, settings)

    def processor_ratios(self):
        for ours, theirs in (("fp32", "fp32"), ("fp32", "fp32_channels_last"), ("bf16", "bf16_channels_last")):
            self.ratio(f"processor_{ours}", f"processor_python_{theirs}")

    @property
    def threads(self):
        return self.options.threads or self.processors


def stop(signal_number, frame):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", required=True, help="a published folder of the tool, or an archive of one (tar.xz)")
    parser.add_argument("--output", required=True, help="folder for the results")
    parser.add_argument("--minutes", type=float, default=15, help="time for all of it [default: 15]")
    parser.add_argument("--data", help="CIFAR-10's binary version, a folder or its .tar.gz [default: noise]")
    parser.add_argument("--device", default="cuda", help="cuda, or cpu to try the script [default: cuda]")
    parser.add_argument("--threads", type=int, help="of what is measured on the processor [default: one a processor]")
    parser.add_argument("--only", action="append", help="only steps whose names begin so; may be repeated")
    parser.add_argument("--list", action="store_true", help="print the names of the steps, and measure nothing")
    parser.add_argument("--tiny", action="store_true", help="sizes that show that the script works and measure nothing")
    options = parser.parse_args()
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)

    clock = Clock(options.minutes)
    results = Results(options.output, "Tried with tiny settings" if options.tiny else "Measured on this machine")
    results.machine["torch"] = torch.__version__
    results.machine["gpu"] = torch.cuda.get_device_name() if torch.cuda.is_available() else "none"
    results.machine["images"] = options.data and "CIFAR-10" or "noise"
    measurement = Measurement(options, TINY if options.tiny else Sizes(), results, clock)
    if options.list:
        print("\n".join(f"{name} (about {seconds} s)" for name, seconds, _ in measurement.steps()))
        return 0
    try:
        measurement.run()
    except KeyboardInterrupt:
        results.add("stopped", None, note="stopped; what was measured before is kept")
        return 130
    finally:
        results.write()
        shutil.rmtree(measurement.work, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
