"""The command line and the environment, read in this one place.

Everything else receives values.  One table names each option once: its flag,
its variable, how its text is read and what it means; the parser, the checks
and the reference page follow it.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn, Self

from datasynth.option_values import count, key, one_of, path, size, text
from datasynth.origins import allowed_host, allowed_origin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

PREFIX = "DATASYNTH_"
NONE = "none"
LOG_LEVELS = ("debug", "info", "warning", "error")
LOG_FORMATS = ("text", "json")


class SettingsError(ValueError):
    """The server cannot start as it was told to; the message is one line for the operator."""


def cores() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server is started.

    Attributes
    ----------
    host
        Address or name of both ports; ``localhost`` means 127.0.0.1 and ::1.
    port, grpc_port
        HTTP with WebSocket, and gRPC; 0 picks a free one.
    worker_threads
        Native generator threads.
    api_keys
        Keys that are accepted; empty lets everybody in.  Not part of the repr.
    api_key_file
        File of further keys, with names and rights.
    rate_limit
        Requests per minute and client; 0 for no limit.
    memory_limit
        Resident memory that the server may use, or None. [bytes]
    config
        YAML or JSON file, merged over the defaults.
    tls_cert, tls_key
        Files with the certificate chain and its key; both or neither.
    trusted_proxies
        Hops of ``X-Forwarded-For`` to believe.
    allowed_origins, allowed_hosts
        Whose web pages may use it; how it may be called; ``*`` for all.
    log_level, log_format
        One of `LOG_LEVELS`, one of `LOG_FORMATS`.
    """

    host: str = "localhost"
    port: int = 3000
    grpc_port: int = 50051
    worker_threads: int = field(default_factory=cores)
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    api_key_file: Path | None = None
    rate_limit: int = 100
    memory_limit: int | None = None
    config: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    trusted_proxies: int = 0
    allowed_origins: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    log_level: str = "info"
    log_format: str = "text"

    def __post_init__(self) -> None:
        if self.port and self.port == self.grpc_port:
            raise SettingsError(f"--port and --grpc-port are both {self.port}; they need two ports")
        if (self.tls_cert is None) != (self.tls_key is None):
            raise SettingsError("--tls-cert and --tls-key go together; one of them is missing")

    @classmethod
    def from_args(cls, argv: Sequence[str], environ: Mapping[str, str] = os.environ) -> Self:
        """Read the command line; variables fill in what it leaves out.

        Parameters
        ----------
        argv
            Arguments after the program's name.
        environ
            Environment variables.

        Raises
        ------
        SettingsError
            With every value that is wrong.
        """
        flags = vars(_parser().parse_args(argv))
        return cls._read({name: given for name, given in flags.items() if given is not None}, environ)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the variables alone.

        Raises
        ------
        SettingsError
            With every value that is wrong.
        """
        return cls._read({}, environ)

    @classmethod
    def _read(cls, flags: Mapping[str, Sequence[str]], environ: Mapping[str, str]) -> Self:
        values: dict[str, object] = {}
        problems: list[str] = []
        for option in OPTIONS:
            source, texts = option.find(flags, environ)
            try:
                if texts:
                    values[option.name] = option.value(texts)
            except ValueError as error:
                problems.append(f"{source}: {error}")
        if problems:
            raise SettingsError("; ".join(problems))
        return cls(**values)  # type: ignore[arg-type]  # each option reads the type of its field


@dataclass(frozen=True, slots=True)
class Option:
    """One setting, as operators meet it.

    Attributes
    ----------
    name
        Field of `Settings`.
    flag, variable
        How it is spelt on the command line and in the environment.
    default
        How the default is spelt in help and reference; `NONE` where there is none.
    metavar
        What stands for the value in the help.
    read
        Turns its text into its value, or raises ValueError with a sentence.
    meaning
        One line of help.
    repeatable
        Whether it takes several values: flags one each, the variable a comma list.
    """

    name: str
    flag: str
    default: str
    metavar: str
    read: Callable[[str], object]
    meaning: str
    repeatable: bool = False

    @property
    def variable(self) -> str:
        """Name of the environment variable."""
        return PREFIX + self.flag.removeprefix("--").replace("-", "_").upper()

    def find(self, flags: Mapping[str, Sequence[str]], environ: Mapping[str, str]) -> tuple[str, list[str]]:
        """Tell where the setting was given and what was given; the command line goes first.

        An empty variable stands for the default, if there is one.  Where there is none, the empty text is
        left to be refused: it looks like a key or a limit, and would leave the server without.
        """
        if self.name in flags:
            return self.flag, list(flags[self.name])
        given = environ.get(self.variable)
        if given is None or (given == "" and self.default != NONE):
            return self.variable, []
        return self.variable, given.split(",") if self.repeatable else [given]

    def value(self, texts: Sequence[str]) -> object:
        """Read what was given; of a flag that is given twice and takes one value the last counts."""
        return tuple(self.read(one) for one in texts) if self.repeatable else self.read(texts[-1])


OPTIONS = (
    Option("host", "--host", "localhost", "HOST", text,
           "address of both ports; localhost is 127.0.0.1 and ::1"),
    Option("port", "--port", "3000", "PORT", count(0, 65_535),
           "HTTP and WebSocket; 0 picks a free port and prints it"),
    Option("grpc_port", "--grpc-port", "50051", "PORT", count(0, 65_535),
           "gRPC; 0 picks a free port and prints it"),
    Option("worker_threads", "--worker-threads", "CPU cores", "N", count(1, 1_024),
           "native generator threads"),
    Option("api_keys", "--api-key", NONE, "KEY", key,
           "required key (repeatable; the variable takes a comma list)", repeatable=True),
    Option("api_key_file", "--api-key-file", NONE, "FILE", path,
           "further keys, each line with a name, a key or its hash, and rights"),
    Option("rate_limit", "--rate-limit", "100", "N", count(0, 1_000_000),
           "requests per minute and client; 0 switches it off"),
    Option("memory_limit", "--memory-limit", NONE, "BYTES", size,
           "resident memory that the server may use (also 512M, 1G)"),
    Option("config", "--config", NONE, "FILE", path,
           "YAML or JSON file, merged over the defaults"),
    Option("tls_cert", "--tls-cert", NONE, "FILE", path,
           "certificate chain (PEM); TLS on both ports"),
    Option("tls_key", "--tls-key", NONE, "FILE", path,
           "key of the certificate (PEM, not encrypted)"),
    Option("trusted_proxies", "--trusted-proxies", "0", "N", count(0, 32),
           "hops of X-Forwarded-For to believe"),
    Option("allowed_origins", "--allowed-origin", NONE, "ORIGIN", allowed_origin,
           "origin whose web pages may use the server, or * (repeatable, or a comma list)", repeatable=True),
    Option("allowed_hosts", "--allowed-host", NONE, "HOST", allowed_host,
           "name that the server is called by, or * (repeatable, or a comma list)", repeatable=True),
    Option("log_level", "--log-level", "info", "LEVEL", one_of(LOG_LEVELS),
           "debug, info, warning or error"),
    Option("log_format", "--log-format", "text", "FORMAT", one_of(LOG_FORMATS),
           "text, or json for one JSON object a line"),
)  # fmt: skip


def unknown_variables(environ: Mapping[str, str] = os.environ) -> list[str]:
    """List the variables that look like settings and are none, such as misspelt ones."""
    known = {option.variable for option in OPTIONS}
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)


def under_gunicorn(environ: Mapping[str, str] = os.environ) -> bool:
    """Tell whether gunicorn has started this process; its arbiter says so in a variable."""
    return environ.get("SERVER_SOFTWARE", "").startswith("gunicorn/")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise SettingsError(message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="datasynth serve",
        description="Stream balanced synthetic journal entries over REST, WebSocket and gRPC.",
        epilog=f"Every option is also a variable: --grpc-port is {PREFIX}GRPC_PORT.",
        allow_abbrev=False,
    )
    for option in OPTIONS:
        # Texts only: values from flags and from variables are then read and refused alike.
        parser.add_argument(
            option.flag,
            dest=option.name,
            action="append",
            metavar=option.metavar,
            help=f"{option.meaning} (default: {option.default})",
        )
    return parser
