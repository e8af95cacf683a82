"""What a child process gives up before it works on foreign text. Linux; elsewhere there is less to give up."""

import ctypes
import functools
import os
import signal
from collections.abc import Iterable

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER, _CLONE_NEWNET = 0x1000_0000, 0x4000_0000
_STANDARD = 3  # descriptors: input, output and errors


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def die_with(parent: int) -> None:
    """Be killed when the worker, whose process id this is, goes: nobody would read what comes of it."""
    if hasattr(_libc(), "prctl"):
        _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it went just before
        os._exit(1)


def close_all_but(kept: Iterable[int]) -> None:
    """Let go of everything that was open in the parent: its database, its broker, its other children.

    A network of its own would not end connections that are there. The numbers are pointed at nothing and not freed:
    what the parent's objects would still write on their way out must not get into another file.
    """
    stays = {*range(_STANDARD), *kept}
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in map(int, os.listdir("/dev/fd")):
        if number not in stays and number != nothing:
            try:
                os.dup2(nothing, number)
            except OSError:  # the one by which the list was read
                continue
    os.close(nothing)


@functools.cache
def can_leave_network() -> bool:
    """Whether the kernel lets a process like this one do that. Tried once, in a child: half of it has no way back."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if _leave_network() else 1)
        except BaseException:  # nothing of the parent's may run in here
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def leave_network() -> None:
    """Move into a network of its own with nothing in it. Raises OSError where `can_leave_network` was not asked first.

    The fetcher of the layout engine refuses every address as well; this is the wall behind it.
    """
    if not _leave_network():
        raise OSError("the kernel does not allow a network of its own")


def _leave_network() -> bool:
    libc = _libc()
    if not hasattr(libc, "unshare"):
        return False
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        return bool(libc.unshare(_CLONE_NEWNET) == 0)
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    # Without these the process has no name of its own in there and could not write a temporary file. Some systems
    # allow the namespace and refuse the names.
    for file, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{file}", "w", encoding="ascii") as map_file:
            map_file.write(line)
    return True
