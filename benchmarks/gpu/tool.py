"""The package of the tool, and processes that end in time."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import torch

PROGRAM = "Counterpoise.Cli"


class Failed(Exception):
    """A process failed; the message is its last line."""


def last_line(text):
    """What a program said last; its one line of error, where it has one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("error:")]
    return (errors or lines or ["no output"])[-1][:300]


def ended(code):
    """How a process ended, in words."""
    return f"exit code {code}" if code >= 0 else f"ended by {signal.Signals(-code).name}"


class Process:
    """A process in a group of its own, whose outputs go to files."""

    def __init__(self, command, environment=None):
        self.out = tempfile.TemporaryFile("w+")
        self.err = tempfile.TemporaryFile("w+")
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=self.out,
            stderr=self.err,
            env=environment,
            start_new_session=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self.out.close()
        self.err.close()

    @property
    def running(self):
        return self.process.poll() is None

    @property
    def seconds(self):
        return time.monotonic() - self.started

    def interrupt(self):
        """Asks it to save and end."""
        if self.running:
            self.process.send_signal(signal.SIGINT)

    def kill(self):
        """Ends it and what it started, without a word."""
        if self.running:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def finish(self, timeout):
        """Its exit code; it is killed when the time is over."""
        try:
            return self.process.wait(max(timeout, 0.1))
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed(f"ended after {timeout:.0f} s without an answer") from None

    def output(self):
        return self._read(self.out)

    def errors(self):
        return self._read(self.err)

    @staticmethod
    def _read(file):
        file.seek(0)
        return file.read()


def run(command, timeout, environment=None):
    """Standard output of a command."""
    with Process(command, environment) as process:
        code = process.finish(timeout)
        if code:
            raise Failed(last_line(process.output() + process.errors()) + f" ({ended(code)})")
        return process.output()


class Tool:
    """A published folder of the tool, or an archive of one."""

    def __init__(self, package, work):
        package = pathlib.Path(package).resolve()
        if package.is_file():
            folder = pathlib.Path(work) / "package"
            shutil.unpack_archive(str(package), str(folder))
            package = folder
        programs = sorted(package.rglob(f"{PROGRAM}.dll"), key=lambda file: len(file.parts))
        if not programs:
            raise SystemExit(f"error: {package}: found no {PROGRAM}.dll, expected a published folder of the tool or an archive of one")
        self.folder = programs[0].parent
        self.command = self._command(programs[0])
        self.environment = self._environment()

    def _command(self, program):
        configuration = self.folder / f"{PROGRAM}.runtimeconfig.json"
        if configuration.exists() and "includedFrameworks" not in configuration.read_text():
            return [os.environ.get("DOTNET_HOST_PATH", "dotnet"), str(program)]
        native = self.folder / PROGRAM
        native.chmod(native.stat().st_mode | 0o111)
        return [str(native)]

    def _environment(self):
        environment = dict(os.environ)
        if not any(self.folder.rglob("libtorch_cpu.so")):
            # Of this very Python, and by the loader's own path for a tool that does not know the variable.
            libraries = os.path.join(os.path.dirname(torch.__file__), "lib")
            environment["COUNTERPOISE_LIBTORCH"] = "python"
            environment["PATH"] = os.path.dirname(sys.executable) + os.pathsep + environment.get("PATH", "")
            before = environment.get("LD_LIBRARY_PATH")
            environment["LD_LIBRARY_PATH"] = libraries + (os.pathsep + before if before else "")
        return environment

    def start(self, *arguments, environment=None):
        """Starts the tool without waiting."""
        return Process([*self.command, *arguments], {**self.environment, **(environment or {})})

    def run(self, *arguments, timeout, environment=None):
        """Standard output of the tool."""
        return run([*self.command, *arguments], timeout, {**self.environment, **(environment or {})})


def metrics(run_folder):
    """The epochs of a run so far; a last line that is not whole yet does not count."""
    file = pathlib.Path(run_folder) / "metrics.jsonl"
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text().split("\n")[:-1]]


def weights(run_folder):
    """The tensors of the newest checkpoint: name, type, shape and bytes of each, and nothing of when they were written."""
    file = max((pathlib.Path(run_folder) / "checkpoints").glob("*.safetensors"))
    content = file.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    return {
        name: (of["dtype"], of["shape"], content[8 + length + of["data_offsets"][0] : 8 + length + of["data_offsets"][1]])
        for name, of in header.items()
    }
