"""The file under starmap_record.py: opening a record in any state, and refusing what is none."""

import ctypes
import fcntl
import importlib
import os
import struct
import typing

SUGGESTION = "name a task_info.h5 written by Starmap"


class RecordError(Exception):
    """The file cannot be read as a record, or a module that is needed is missing."""


def module(name: str) -> typing.Any:
    """Imports a module when it is needed; raises RecordError where it is missing."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise RecordError(f"this needs the Python module {package} ({error}): install python3-"
                          f"{package} of your system, or 'pip install {package}'") from None


class Damage:
    """What h5py raises of a damaged file, as one sentence."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: "BaseException | None", trace: object) -> None:
        if isinstance(error, (OSError, RuntimeError, KeyError, ValueError, TypeError, MemoryError)):
            raise RecordError(f"{self.path} cannot be read ({one_line(error)}): it is damaged or "
                              f"no record of Starmap; {SUGGESTION}") from None


def one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def open_record(h5py: typing.Any, path: str) -> "tuple[typing.Any, bool]":
    """The file, and whether it was closed by its writer."""
    try:
        with open(path, "rb") as file:
            start = file.read(12)
    except OSError as error:
        raise RecordError(f"{path} cannot be opened ({error.strerror}): {SUGGESTION}") from None
    if not start.startswith(b"\x89HDF\r\n\x1a\n"):
        raise RecordError(f"{path} is not an HDF5 file: {SUGGESTION}")
    # Version 3 of the superblock ends its prefix with flags that are 0 only after closing.
    closed = len(start) < 12 or start[8] != 3 or start[11] == 0
    with Damage(path):
        if closed:
            return h5py.File(path, "r"), True
        access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
        access.set_libver_bounds(h5py.h5f.LIBVER_LATEST, h5py.h5f.LIBVER_LATEST)
        # h5py has no word for this: by default HDF5 tries 100 times, with a pause that it doubles
        # each time from 1 ns on, to read a piece that is damaged; 25 times are 30 ms.
        library = ctypes.CDLL(h5py.h5p.__file__)  # finds what it is linked with, too
        attempts = getattr(library, "H5Pset_metadata_read_attempts", None)
        if attempts is not None:
            attempts.argtypes = (ctypes.c_int64, ctypes.c_uint)
            attempts(access.id, 25)
        flags = h5py.h5f.ACC_RDONLY | h5py.h5f.ACC_SWMR_READ
        return h5py.File(h5py.h5f.open(os.fsencode(path), flags, fapl=access)), False


def is_being_written(path: str) -> bool:
    """Whether a living process has the mark of a writer, a lock on a byte that no file reaches."""
    question = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 1 << 62, 1, 0)
    try:
        with open(path, "rb") as file:
            answer = fcntl.fcntl(file, fcntl.F_GETLK, question)
    except OSError:  # a file that is not there, or a file system without locks
        return False
    return struct.unpack("hhqqi4x", answer)[0] != fcntl.F_UNLCK


def read(dataset: typing.Any, count: int, closed: bool) -> typing.Any:
    """The rows, as many from the first on as can be read: after a kill the end may lead nowhere."""
    try:
        return dataset[:count]
    except (OSError, RuntimeError):
        if closed or count == 0:
            raise
        step, readable = 1 << count.bit_length(), 0
        while step := step // 2:
            try:
                dataset[readable:min(readable + step, count)]
                readable = min(readable + step, count)
            except (OSError, RuntimeError):
                continue
        return dataset[:readable]
