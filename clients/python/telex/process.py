"""Notices that this process is a forked child: objects made before the fork belong to the parent."""

import os

from .errors import Errc, Error, make_error

_forks = 0  # between the first process and this one


def _count_fork() -> None:
    global _forks
    _forks += 1


os.register_at_fork(after_in_child=_count_fork)


class ProcessMark:
    def __init__(self) -> None:
        self._forks = _forks

    @property
    def is_inherited(self) -> bool:
        return self._forks != _forks


def inherited_error() -> Error:
    return make_error(Errc.CLOSED, "the client was created before fork(); create one in this process")
