"""NVIDIA's multi-process service, with which several trainings compute on a card at the same moment."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys

CONTROL = "nvidia-cuda-mps-control"
USUAL_PIPES = "/tmp/nvidia-mps"
PROBE = "import torch; print(float(torch.ones(2, device='cuda').sum()))"


@contextlib.contextmanager
def service(folder, wanted=True):
    """The environment of its clients and a word about it; an empty environment where there is no such service.

    A service that runs already is used. One that is started here is ended again.
    """
    pipes = os.environ.get("CUDA_MPS_PIPE_DIRECTORY", USUAL_PIPES)
    if not wanted or shutil.which(CONTROL) is None:
        yield {}, "no"
    elif (pathlib.Path(pipes) / "control").exists() and computes({"CUDA_MPS_PIPE_DIRECTORY": pipes}):
        yield {"CUDA_MPS_PIPE_DIRECTORY": pipes}, "yes, was running"
    else:
        environment = {}
        for variable, name in (("CUDA_MPS_PIPE_DIRECTORY", "pipes"), ("CUDA_MPS_LOG_DIRECTORY", "log")):
            path = pathlib.Path(folder).resolve() / name
            path.mkdir(parents=True, exist_ok=True)
            environment[variable] = str(path)
        control(["-d"], environment)
        try:
            yield (environment, "yes") if computes(environment) else ({}, "no, it did not start")
        finally:
            control([], environment, "quit\n")


def control(arguments, environment, text=""):
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(
            [CONTROL, *arguments],
            input=text,
            text=True,
            timeout=20,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def computes(environment):
    """Whether a process with this environment can use the card."""
    try:
        subprocess.run(
            [sys.executable, "-c", PROBE],
            check=True,
            timeout=90,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True
