"""Finds out what the machine permits. A test that needs more, in a container or chroot for example, is skipped
with the system's error text as the reason."""

import functools
import subprocess
import unittest


@functools.cache
def refusal(*command):
    """Returns the error of a harmless command, or None if it succeeds."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except OSError as error:
        return str(error)
    if result.returncode == 0:
        return None
    return result.stderr.strip() or f"{command[0]} exits with {result.returncode}"


def private_mounts_refusal():
    """Returns why private mounts (`unshare --mount`) are not permitted, or None."""
    return refusal("unshare", "--mount", "true")


def need(reason):
    """Skips the running test or class if there is a reason."""
    if reason:
        raise unittest.SkipTest(f"not allowed here: {reason}")
