"""What this machine lets tests do. A container or a change of root forbids some of it: a test that needs
it is then skipped, with the machine's own words as the reason."""

import functools
import subprocess
import unittest


@functools.cache
def refusal(*command):
    """Returns why the machine refuses a harmless command, or None when it does not."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except OSError as error:
        return str(error)
    if result.returncode == 0:
        return None
    return result.stderr.strip() or f"{command[0]} exits with {result.returncode}"


def private_mounts_refusal():
    """Mounts that only one process tree sees, as `unshare --mount` makes them."""
    return refusal("unshare", "--mount", "true")


def need(reason):
    """Skips the running test or class if there is a reason to."""
    if reason:
        raise unittest.SkipTest(f"not allowed here: {reason}")
