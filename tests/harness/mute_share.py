"""A share that shows a folder with one file in it, and then answers no more, as when its
server is gone: FUSE spoken without any library.

    python mute_share.py FOLDER USER
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
import time

_LOOKUP, _FORGET, _GETATTR, _INIT = 1, 2, 3, 26
_OPENDIR, _READDIR = 27, 28
_NO_SUCH_CALL = 38
_HEAD = struct.Struct("<IIQQIIII")


def mount(folder: str, user: str) -> int:
    """Mount a share of a user, and return the end at which its requests are read."""
    libc = ctypes.CDLL(None, use_errno=True)
    handle = os.open("/dev/fuse", os.O_RDWR)
    words = f"fd={handle},rootmode=40000,user_id={user},group_id=0"
    if libc.mount(b"mute", folder.encode(), b"fuse", 0, words.encode()):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return handle


def answer(handle: int, request: bytes) -> bool:
    """Answer a request; False once the file in the folder was shown."""
    call: int
    _, call, unique, node, *_ = _HEAD.unpack_from(request)
    if call == _INIT:
        facts = struct.pack("<IIIIHHI", 7, 31, 4096, 0, 0, 0, 4096) + bytes(36)
    elif call == _GETATTR:
        facts = struct.pack("<QII", 0, 0, 0)
        facts += struct.pack("<6Q", node, 4096, 8, 1, 1, 1)
        facts += struct.pack("<10I", 0, 0, 0, 0o40755, 2, 0, 0, 0, 4096, 0)
    elif call == _OPENDIR:
        facts = struct.pack("<QII", 1, 0, 0)
    elif call == _READDIR:
        facts = struct.pack("<QQII", 5, 1, 5, 0) + b"a.jpg" + bytes(3)
    else:
        facts = b""
    error = -_NO_SUCH_CALL if not facts else 0
    if call != _FORGET:
        os.write(handle, struct.pack("<IiQ", 16 + len(facts), error, unique) + facts)
    return call != _READDIR


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    handle = mount(sys.argv[1], sys.argv[2])
    _say("mounted")
    while answer(handle, os.read(handle, 1 << 17)):
        pass
    _say("mute")
    time.sleep(600)


if __name__ == "__main__":
    main()
