"""The command line and the environment, read in this one place.

Everything else receives values.  `Settings` declares each option once: its
default, how its text is read and what it means; its flag and its variable
follow from its name, and the parser, the checks and the reference page from it.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, NoReturn, Self

from datasynth.option_values import count, key, one_of, path, size, text
from datasynth.origins import allowed_host, allowed_origin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

PREFIX = "DATASYNTH_"
NONE = "none"
MOST_THREADS = 1_024


class SettingsError(ValueError):
    """The server cannot start as it was told to; the message is one line for the operator."""


def cores() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True)
class Option:
    """One setting, as operators meet it.

    Attributes
    ----------
    name
        Field of `Settings`.
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
    default: str
    metavar: str
    read: Callable[[str], object]
    meaning: str
    repeatable: bool

    @property
    def flag(self) -> str:
        """How it is spelt on the command line; a flag that is repeated names one value."""
        singular = self.name.removesuffix("s") if self.repeatable else self.name
        return "--" + singular.replace("_", "-")

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


def setting(default: Any, metavar: str, read: Callable[[str], object], meaning: str) -> Any:
    """Declare a setting.

    Parameters
    ----------
    default
        A tuple makes the setting repeatable; a function gives the default when it is called.
    metavar, read, meaning
        See `Option`.
    """
    repeatable = isinstance(default, tuple)
    declared = {"metavar": metavar, "read": read, "meaning": meaning, "repeatable": repeatable}
    if callable(default):
        return field(default_factory=default, metadata={"default": "CPU cores", **declared})
    shown = NONE if default in (None, ()) else str(default)
    return field(default=default, repr=read is not key, metadata={"default": shown, **declared})


@dataclass(frozen=True, slots=True)
class Settings:
    """How a server is started; the repr leaves keys out."""

    host: str = setting("localhost", "HOST", text, "address of both ports; localhost is 127.0.0.1 and ::1")
    port: int = setting(
        3000, "PORT", count(0, 65_535), "HTTP and WebSocket; 0 picks a free port and prints it"
    )
    grpc_port: int = setting(50051, "PORT", count(0, 65_535), "gRPC; 0 picks a free port and prints it")
    worker_threads: int = setting(cores, "N", count(1, MOST_THREADS), "native threads that generate entries")
    api_keys: tuple[str, ...] = setting(
        (),
        "KEY",
        key,
        "API key that clients must send (repeatable; variable: comma list)",
    )
    api_key_file: Path | None = setting(
        None, "FILE", path, "file of further keys; each line has a name, a key or its hash, and rights"
    )
    rate_limit: int = setting(
        100, "N", count(0, 1_000_000), "requests per minute and client; 0 switches it off"
    )
    memory_limit: int | None = setting(
        None, "BYTES", size, "resident memory that the server may use (also 512M, 1G)"
    )
    config: Path | None = setting(None, "FILE", path, "YAML or JSON file, merged over the defaults")
    tls_cert: Path | None = setting(None, "FILE", path, "certificate chain (PEM); TLS on both ports")
    tls_key: Path | None = setting(None, "FILE", path, "key of the certificate (PEM, not encrypted)")
    trusted_proxies: int = setting(0, "N", count(0, 32), "number of hops of X-Forwarded-For to trust")
    allowed_origins: tuple[str, ...] = setting(
        (),
        "ORIGIN",
        allowed_origin,
        "origin whose web pages may use the server, or * for all (repeatable; variable: comma list)",
    )
    allowed_hosts: tuple[str, ...] = setting(
        (),
        "HOST",
        allowed_host,
        "host name that clients may use, or * for all (repeatable; variable: comma list)",
    )
    log_level: str = setting(
        "info", "LEVEL", one_of(("debug", "info", "warning", "error")), "debug, info, warning or error"
    )
    log_format: str = setting(
        "text", "FORMAT", one_of(("text", "json")), "text, or json for one JSON object per line"
    )

    def __post_init__(self) -> None:
        if self.port and self.port == self.grpc_port:
            raise SettingsError(f"--port and --grpc-port are both {self.port}; they must be different")
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


OPTIONS = tuple(Option(found.name, **found.metadata) for found in fields(Settings))


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
        epilog=f"Every option can also be set as a variable: {PREFIX}GRPC_PORT for --grpc-port.",
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
