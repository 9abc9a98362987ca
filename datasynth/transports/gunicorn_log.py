"""gunicorn's messages in the server's own log, without its small talk."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

if TYPE_CHECKING:
    from gunicorn.config import Config

# What the arbiter says of a worker that could not start, after the worker itself has said why.
_EXIT = "Worker (pid:%s) exited with code %s."
_ECHOES = ("Shutting down: %s", "Reason: %s")
_SAID_WHY = (Arbiter.WORKER_BOOT_ERROR, Arbiter.APP_LOAD_ERROR)


class GunicornLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Hands gunicorn's records to the root logger; its progress reports count as debugging."""

    def setup(self, cfg: Config) -> None:
        """Take the log files that gunicorn was told of, but not its own way to stderr."""
        super().setup(cfg)
        if cfg.errorlog == "-":
            self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.error_log.setLevel(logging.NOTSET)

    def info(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Log what operators of this server learn from its ready line, or do not need."""
        self.error_log.debug(msg, *args, **kwargs)

    def error(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Log an error, unless it only repeats that a worker could not start."""
        echo = msg in _ECHOES or (msg == _EXIT and args[1:] and args[1] in _SAID_WHY)
        self.error_log.log(logging.DEBUG if echo else logging.ERROR, msg, *args, **kwargs)
