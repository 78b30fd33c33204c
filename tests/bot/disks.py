"""Disks in trouble: mounted where nobody but a program of their own sees them, and gone afterwards."""

import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bot.shell import SECONDS, environment

READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1"'
"""Makes a folder one that nobody can write to, not even root."""
FULL = 'mount -t tmpfs -o size=4k none "$1"'
"""Makes a folder one in which there is room for 4096 bytes."""


def mounting() -> bool:
    """Whether this user may mount something that nobody else sees."""
    if not shutil.which("unshare"):
        return False
    done = subprocess.run(["unshare", "-rm", "sh", "-c", FULL, "sh", "/mnt"], check=False, capture_output=True)
    return done.returncode == 0


may_mount = pytest.mark.skipif(not mounting(), reason="this user may mount nothing")


def said(mount: str, folder: Path, program: str, *arguments: str | Path) -> str:
    """What a Python program prints while that folder is mounted so; it must not fail."""
    command = ["unshare", "-rm", "sh", "-c", f'{mount} && shift && exec "$@"', "sh", str(folder)]
    command += [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=SECONDS, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.rstrip("\n")


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file may grow larger, as on a disk that is nearly full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
