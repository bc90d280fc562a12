"""Private namespaces for this process and its later children, so that a test can use fixed ports and folders.
Requires root; call before the first thread starts."""

import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import unittest

import machine

CLONE_NEWNS = 0x00020000
CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def _unshare(flags):
    if os.getuid() != 0:
        raise unittest.SkipTest("only root can create namespaces")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flags) != 0:
        raise unittest.SkipTest(f"namespaces are not permitted: {os.strerror(ctypes.get_errno())}")


def enter_network():
    """Enters a network namespace in which all ports are free and loopback is the only network."""
    _unshare(CLONE_NEWNET)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def enter_mounts(*empty_folders):
    """Enters a mount namespace in which these folders are empty file systems. In a chroot, mounts cannot be kept
    private."""
    machine.need(machine.private_mounts_refusal())
    _unshare(CLONE_NEWNS)
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    for folder in empty_folders:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0755", "none", folder], check=True)


def enter_hosts(path):
    """Enters a mount namespace in which host names are resolved by this file, in the format of /etc/hosts."""
    enter_mounts()
    subprocess.run(["mount", "--bind", path, "/etc/hosts"], check=True)
