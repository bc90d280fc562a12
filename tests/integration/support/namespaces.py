"""Namespaces for this process and all that it starts from now on: ports and folders with fixed
names that belong to the test alone. For root; call them before the first thread is there."""

import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import unittest

CLONE_NEWNS = 0x00020000
CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def _unshare(flags):
    if os.getuid() != 0:
        raise unittest.SkipTest("only root can make namespaces")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flags) != 0:
        raise unittest.SkipTest(f"no namespaces here: {os.strerror(ctypes.get_errno())}")


def enter_network():
    """All ports are free, and loopback is the only network."""
    _unshare(CLONE_NEWNET)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def enter_mounts(*empty_folders):
    """These folders are empty file systems of their own."""
    _unshare(CLONE_NEWNS)
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    for folder in empty_folders:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0755", "none", folder], check=True)


def enter_hosts(path):
    """Names are looked up in this file, in the format of /etc/hosts."""
    enter_mounts()
    subprocess.run(["mount", "--bind", path, "/etc/hosts"], check=True)
