"""The log: its two forms, and that it never gets in the way."""

from __future__ import annotations

import json
import logging
import os
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from datasynth import logs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def logger_to(descriptor: int, formatter: logging.Formatter) -> Iterator[logging.Logger]:
    """A logger of its own whose records go to a descriptor."""
    logger = logging.Logger("datasynth.example")  # noqa: LOG001  # one that no other test can see
    handler = logs.DescriptorHandler(descriptor)
    handler.setFormatter(formatter)
    logger.addHandler(handler)
    yield logger
    handler.close()


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Both ends of a pipe, the reading one first."""
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def fill(descriptor: int) -> int:
    """Write to a pipe until nothing more goes in; the number of bytes."""
    os.set_blocking(descriptor, False)
    written = 0
    try:
        while True:
            written += os.write(descriptor, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(descriptor, True)
        return written


def test_text_is_one_line_with_moment_level_and_name(pipe: tuple[int, int]) -> None:
    """A person reads when, how bad, who and what."""
    source, sink = pipe

    with logger_to(sink, logs.TextFormatter()) as logger:
        logger.warning("disk %s is full", "/data")

    moment, rest = os.read(source, 4096).decode().split(" ", 1)
    assert len("2026-03-01T12:00:00.123Z") == len(moment)
    assert rest == "WARNING datasynth.example: disk /data is full\n"


def test_json_is_one_object_a_line(pipe: tuple[int, int]) -> None:
    """A program reads the same, with the fields that the caller added, whatever is in them."""
    source, sink = pipe

    with logger_to(sink, logs.JsonFormatter()) as logger:
        logger.error('two\nlines and "quotes"', extra={"request_id": "r-1", "path": os.sep})

    [line] = os.read(source, 4096).decode().splitlines()
    record = json.loads(line)
    record.pop("time")
    assert record == {
        "level": "error",
        "logger": "datasynth.example",
        "message": 'two\nlines and "quotes"',
        "request_id": "r-1",
        "path": os.sep,
    }


def test_a_traceback_is_part_of_its_json_object(pipe: tuple[int, int]) -> None:
    """What went wrong does not spread over lines that no parser understands."""
    source, sink = pipe

    with logger_to(sink, logs.JsonFormatter()) as logger:
        try:
            json.loads("{")
        except ValueError:
            logger.exception("it broke")

    [line] = os.read(source, 8192).decode().splitlines()
    assert "JSONDecodeError" in json.loads(line)["traceback"]


def test_a_record_that_cannot_be_formatted_is_told_of(pipe: tuple[int, int]) -> None:
    """A slip in a log call neither raises nor vanishes."""
    source, sink = pipe

    with logger_to(sink, logs.TextFormatter()) as logger:
        logger.info("%d entries", "many")

    assert "cannot be written" in os.read(source, 4096).decode()


def test_a_full_disk_costs_only_the_line() -> None:
    """The caller of a log whose disk is full notices nothing."""
    descriptor = os.open("/dev/full", os.O_WRONLY)

    with logger_to(descriptor, logs.TextFormatter()) as logger:
        logger.error("lost")

    assert not logs.write(descriptor, "also lost")
    os.close(descriptor)


def test_a_closed_descriptor_costs_only_the_line() -> None:
    """Nor does that of a log whose stderr was closed."""
    descriptor = os.open(os.devnull, os.O_WRONLY)
    os.close(descriptor)

    with logger_to(descriptor, logs.TextFormatter()) as logger:
        logger.error("lost")

    assert not logs.write(descriptor, "also lost")


def test_a_reader_that_went_away_costs_only_the_line() -> None:
    """Nor does that of a log whose pipe leads nowhere."""
    near, far = socket.socketpair()
    far.close()

    with near, logger_to(near.fileno(), logs.TextFormatter()) as logger:
        logger.error("lost")
        assert not logs.write(near.fileno(), "also lost")


def test_a_reader_that_does_not_read_stops_nobody(pipe: tuple[int, int]) -> None:
    """A full pipe loses lines instead of time, and the loss is told when there is room again."""
    source, sink = pipe
    with logger_to(sink, logs.TextFormatter()) as logger:
        held = fill(sink)
        logger.info("first")
        logger.info("second")
        while held:
            held -= len(os.read(source, min(held, 65_536)))

        logger.info("third")

    told, third = os.read(source, 4096).decode().splitlines()
    assert told.endswith("2 log records could not be written here")
    assert third.endswith("third")


def test_a_line_longer_than_a_pipe_takes_at_once_is_cut_not_waited_for(pipe: tuple[int, int]) -> None:
    """Even a huge record does not block."""
    _, sink = pipe

    assert not logs.write(sink, "x" * 1_000_000)


def test_configuring_twice_writes_once(tmp_path: Path) -> None:
    """The server's programs and its application may both set the log up."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    file = tmp_path / "log"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT)
    try:
        logs.configure("info", "text", descriptor)
        logs.configure("warning", "json", descriptor)
        logging.getLogger("datasynth.example").info("quiet")
        logging.getLogger("datasynth.example").warning("once")
    finally:
        logging.captureWarnings(capture=False)
        root.handlers[:] = kept
        root.setLevel(level)
        os.close(descriptor)

    assert ["once"] == [json.loads(line)["message"] for line in file.read_text().splitlines()]


def test_what_is_printed_becomes_log_lines(pipe: tuple[int, int]) -> None:
    """A library that prints a traceback does so through the log."""
    source, sink = pipe

    with logger_to(sink, logs.TextFormatter()) as logger:
        stream = logs.LogStream(logger)
        print("one\ntw", end="", file=stream)
        print("o", file=stream)

    told = [line.rpartition(": ")[2] for line in os.read(source, 4096).decode().splitlines()]
    assert ["one", "two"] == told
