"""What a child process gives up before it works on foreign text. Linux; elsewhere there is less to give up."""

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER, _CLONE_NEWNET = 0x1000_0000, 0x4000_0000


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """Be killed when the worker is: nobody would read what comes of it."""
    parent = os.getppid()
    _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it went just before
        os._exit(1)


def leave_network() -> bool:
    """Move into a network of its own with nothing in it. False where the kernel does not allow it to this process.

    The fetcher of the layout engine refuses every address as well; this is the wall behind it.
    """
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        return bool(_libc().unshare(_CLONE_NEWNET) == 0)
    if _libc().unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    # Without these the process has no name of its own in there and could not write a temporary file.
    for file, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{file}", "w", encoding="ascii") as map_file:
            map_file.write(line)
    return True
