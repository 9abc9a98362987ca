"""``python -m bench.cost``: what journals take, beside what `estimate_bytes` says."""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.fuzz.documents import Bounds, random_document
from bench.process import peak_bytes, resident_bytes
from datasynth.config import config_from_mapping
from datasynth.generation.cost import COEFFICIENTS, estimate_bytes, quantities
from datasynth.generation.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ROOT = Path(__file__).parent.parent
LIMIT = 3_000_000_000
"""Largest estimate of a configuration that is drawn; what is refused matters too. [bytes]"""

LARGE = 200_000_000
"""From here on an estimate is to be close. [bytes]"""

_COUNTRIES = (
    "US DE FR GB CH JP CA AU SE PL BR KW SA IL IN SG HU DK FI NO IE NL BE AT PT "
    "ES IT GR CZ SK SI HR RO BG EE LV LT LU MT CY TR MX AR CL CO PE ZA EG MA KE"
)


def _companies(count: int, currencies: str) -> list[dict[str, str]]:
    words = currencies.split()
    return [
        {"code": f"C{number:02}", "country": country, "currency": words[number % len(words)]}
        for number, country in enumerate(_COUNTRIES.split()[:count])
    ]


_LONG = {"max_lines": 1_000, "custom_distribution": {"1000": 1}}
_MILLION = dict.fromkeys(("customers", "vendors", "employees"), 1_000_000)
_TEN = "USD EUR GBP CHF JPY CAD AUD SEK PLN KWD"

NAMED: dict[str, dict[str, Any]] = {
    "default": {},
    "300 of 1000 lines": {"transactions": {"target_count": 300, "line_items": _LONG}},
    "100k of 1000 lines": {"transactions": {"line_items": _LONG}},
    "5 companies": {"companies": _companies(5, "USD EUR JPY")},
    "50 of one currency": {"companies": _companies(50, "EUR")},
    "50 of 10 currencies": {"companies": _companies(50, _TEN)},
    "50 of 10, 120 months": {"companies": _companies(50, _TEN), "global": {"period_months": 120}},
    "50 of 10, large chart": {
        "companies": _companies(50, _TEN),
        "chart_of_accounts": {"complexity": "large"},
    },
    "50 of 1000 lines": {
        "companies": _companies(50, _TEN),
        "transactions": {"target_count": 300, "line_items": _LONG},
    },
    "120 months": {"global": {"period_months": 120}},
    "120 months, large": {"global": {"period_months": 120}, "chart_of_accounts": {"complexity": "large"}},
    "a million parties": {"master_data": _MILLION},
    "50 of a million": {"companies": _companies(50, _TEN), "master_data": _MILLION},
    "2500 users": {
        "companies": _companies(50, "USD"),
        "user_personas": dict.fromkeys(
            ("junior_accountant", "senior_accountant", "controller", "manager", "automated_system"), 500
        ),
    },
    "10^10": {"transactions": {"target_count": 10**10}},
    "10^10, 50, 120": {
        "companies": _companies(50, "USD EUR JPY KWD"),
        "global": {"period_months": 120},
        "transactions": {"target_count": 10**10},
    },
}
"""The configurations that how-to/size-memory.md tells of, and others at the edges."""

_SMALL: dict[str, Any] = {"transactions": {"target_count": 100}, "global": {"period_months": 1}}
_MOST_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Measured:
    """What building a journal took.

    Attributes
    ----------
    name
        Of the configuration.
    peak, held
        Resident memory at its highest, and afterwards, above what there was before. [bytes]
    nbytes
        `Journal.nbytes`.
    estimate
        `estimate_bytes`.
    seconds
        Processor time of the build. [s]
    quantities
        What the estimate is made of.
    """

    name: str
    peak: int
    held: int
    nbytes: int
    estimate: int
    seconds: float
    quantities: dict[str, float]


def measure(name: str, document: dict[str, Any]) -> Measured:
    """Build one journal in a fresh process.

    Parameters
    ----------
    name
        Of the configuration.
    document
        The configuration.
    """
    command = [sys.executable, "-m", "bench.cost", "--one", name]
    done = subprocess.run(
        command, cwd=ROOT, input=json.dumps(document), stdout=subprocess.PIPE, text=True, check=True
    )
    return Measured(**json.loads(done.stdout))


def measure_here(name: str, document: dict[str, Any]) -> Measured:
    """Build one journal in this process, which has built nothing but a small one before."""
    small = Journal(config_from_mapping(_SMALL))
    small.balances(small.total)
    del small
    gc.collect()
    config = config_from_mapping(document)
    before, began = resident_bytes(), time.process_time()
    journal = Journal(config)
    seconds = time.process_time() - began
    return Measured(
        name,
        max(peak_bytes() - before, 0),
        max(resident_bytes() - before, 0),
        journal.nbytes,
        estimate_bytes(config),
        round(seconds, 2),
        quantities(config),
    )


def main(argv: Sequence[str]) -> int:
    """Measure random configurations, and say how far estimates are from them.

    Parameters
    ----------
    argv
        Arguments after the command.
    """
    given = _parser().parse_args(argv)
    if given.one is not None:
        print(json.dumps(asdict(measure_here(given.one, json.load(sys.stdin)))))
        return 0
    documents = _named(given.files) or [
        *NAMED.items(),
        *(
            (str(seed), random_document(seed, Bounds(memory=given.limit)))
            for seed in range(given.seed, given.seed + given.count)
        ),
    ]
    print(f"{'':22} {'peak':>9} {'held':>9} {'nbytes':>9} {'estimate':>9} {'ratio':>6} {'cpu/s':>6}")
    found = []
    for name, document in documents:
        one = measure(name, document)
        found.append(one)
        megabytes = (f"{size / 1e6:9.1f}" for size in (one.peak, one.held, one.nbytes, one.estimate))
        ratio = one.estimate / max(one.peak, 1)
        print(f"{name[:22]:22} {' '.join(megabytes)} {ratio:6.2f} {one.seconds:6.2f}", flush=True)
    ratios = np.array([one.estimate / max(one.peak, 1) for one in found])
    large = np.array([one.peak > LARGE for one in found])
    for word, chosen in (("all", np.full(len(found), fill_value=True)), ("large", large)):
        if chosen.any():
            low, middle, high = np.quantile(ratios[chosen], (0.0, 0.5, 1.0))
            print(
                f"{word}: {chosen.sum()}; estimate over peak {low:.2f}, median {middle:.2f}, most {high:.2f}"
            )
    if given.fit:
        for name, value in fit(found).items():
            print(f'    "{name}": {value:.3g},  # now {COEFFICIENTS[name]:.3g}')
    return 0


def fit(found: Sequence[Measured]) -> dict[str, float]:
    """Fit the coefficients of the estimate to what was measured, none of them below nil.

    Parameters
    ----------
    found
        Measurements; those of all sizes weigh alike.

    Returns
    -------
    dict
        Bytes for each unit of a quantity.
    """
    names = list(COEFFICIENTS)
    peaks = np.array([max(one.peak, 1) for one in found], dtype=np.float64)
    table = np.array([[one.quantities[name] for name in names] for one in found])
    solved = _non_negative(table / peaks[:, None], np.ones(len(found)))
    return dict(zip(names, solved.tolist(), strict=True))


def _non_negative(table: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve least squares, leaving out what comes out below nil."""
    chosen = np.full(table.shape[1], fill_value=True)
    solved = np.zeros(table.shape[1])
    for _ in range(_MOST_ROUNDS):
        solved[:] = 0.0
        solved[chosen] = np.linalg.lstsq(table[:, chosen], wanted, rcond=None)[0]
        if (solved >= 0).all():
            break
        chosen &= solved > 0
    return solved


def _named(files: Sequence[Path]) -> list[tuple[str, dict[str, Any]]]:
    return [(file.stem, json.loads(file.read_text())) for file in files]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.cost", description=__doc__)
    parser.add_argument(
        "files", nargs="*", type=Path, help="configurations, instead of the named and the random ones"
    )
    parser.add_argument("--seed", type=int, default=1, help="number of the first random configuration")
    parser.add_argument("--count", type=int, default=30, help="how many random ones besides")
    parser.add_argument("--limit", type=int, default=LIMIT, help="largest estimate of a random one, in bytes")
    parser.add_argument("--fit", action="store_true", help="print coefficients that fit what was measured")
    parser.add_argument("--one", metavar="NAME", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
