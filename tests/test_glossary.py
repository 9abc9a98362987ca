"""Words of the code that only this house has stand in the glossary, each once, with one meaning."""

from __future__ import annotations

import ast
import re
from itertools import pairwise

from tests import documents
from tests.server import ROOT

PAGE = documents.DOCS / "glossary.md"
PACKAGE = ROOT / "datasynth"

EVERYDAY = """
    abandoned ahead allowed already at attempt bad changed choice day expected gone growing internal
    invalid large later list listing longer lost main many master name naming native need no not number
    of one out part range running shared side size start state sum summed synth term text time timed to
    too type unexpected unknown usage value waiting wanted week whole word work
    busy first
"""
"""Words of every program, and what this one is about."""

ACCOUNTING = """
    allocation amount approval balance basis book calendar cash chart closing company country currency
    decimal exchange exposure figure fiscal gain group industry intercompany invoice issued ledger merge
    money
    month movement opening order pay persona process procure rate regime reversal role staff
    style tax user
    valuation valued vendor volume weight
    closed income period result sheet statement trial
"""
"""Words of bookkeeping and of the businesses whose books are kept."""

NUMERICS = """
    band correlation cost deviation dispersion distribution draw elementary extra fitting frequency kind
    layout level measuring mix model numbering outcome pair predictor priority scheduling share spec table
    tree window workspace zipf
    digit statistic
"""
"""Words of statistics and of computing with arrays."""

PROGRAMMING = """
    asyncapi blueprint component ending meta openapi operation success async decoder filter follow
    following http import refused compressed compression dask dialect parquet ray spark thrift view
    workbook accept access action active address admission allocator answer answering api app array arrow
    authority batch body bootstrap builder cache calculator call caller cli client clock column commented
    condition config configuration conflict connection context counter csv dataset datasynth decision
    declaration default delivery descriptor directory download draft encoded encoding engine environment
    error evaluation event exceeded fact failed failure field fingerprint flag flaw flow forbidden format
    formatter found frame generate generation global grpc grpcio guard gunicorn handler header health hub
    index init interner job json judge kernel library lifecycle limit listener log maker media
    memory message method metric ndjson notation opcode option origin overloaded packaged page parsed
    parser pattern pause payload peer pipeline precondition preset pressure principal problem program
    progress protobuf protocol query queue reader readiness reading reason record reference reflection
    refusal registry report rest route row rpc rule satisfiable schema section serve server service
    servicer setting signal sock socket source spelling standard status stoppable store subscriber
    temporal terminated thread ticker timeout tls transport triggered triggering unauthorized
    unimplemented unreadable unsupported upgrade verdict verify version warm web worker writable writer
    ws yaml
"""
"""Words of Python, HTTP, WebSocket, gRPC, threads, files and testing."""


def _singular(word: str) -> str:
    """Make one of all forms of a noun; some of the results are no words, which does no harm."""
    return re.sub(r"(?:(?<=ss)|(?<=x))es$|(?<!s)s$", "", re.sub(r"ies$", "y", word))


PLAIN = {_singular(word) for word in f"{EVERYDAY} {ACCOUNTING} {NUMERICS} {PROGRAMMING}".split()}


def _words(name: str) -> list[str]:
    """The words of a name in CamelCase or with underscores, in lower case."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def _public_nouns() -> dict[str, list[str]]:
    """Each word of a module's or a public class's name, with the names that have it."""
    found: dict[str, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if "_pb2" in path.name:
            continue
        classes = [
            node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)
        ]
        module = path.parent.name if path.stem == "__init__" else path.stem
        for name in [module, *(name for name in classes if not name.startswith("_"))]:
            for word in map(_singular, _words(name)):
                found.setdefault(word, []).append(f"{path.relative_to(ROOT)} {name}")
    return found


def _terms() -> list[str]:
    """What the glossary has an entry for, in the page's order."""
    return re.findall(r"^\*\*(.+)\*\*$", PAGE.read_text(), re.MULTILINE)


def _explained() -> set[str]:
    """Each word of a term, and of what is set in italics because a definition introduces it."""
    text = PAGE.read_text()
    introduced = [*_terms(), *re.findall(r"(?<!\*)\*([\w ]+)\*(?!\*)", text)]
    return {_singular(word) for term in introduced for word in re.split(r"[ -]", term.lower())}


def _plain_text(text: str) -> str:
    """A text with every name taken apart into its words."""
    return " ".join(_words(text))


def test_private_nouns_are_explained() -> None:
    """A word in the name of a module or a public class is a plain one, or part of a term of the glossary."""
    known = _explained() | PLAIN
    private = [f"{word}: {', '.join(names)}" for word, names in _public_nouns().items() if word not in known]

    assert [] == private


def test_plain_words_are_used() -> None:
    """The list of plain words has none that no name has, so that it allows nothing by chance."""
    assert set() == PLAIN - set(_public_nouns())


def test_plain_words_are_no_terms() -> None:
    """A word that is explained as a whole term is not taken for a plain one as well."""
    assert [] == sorted(PLAIN & {_singular(term.lower()) for term in _terms()})


def test_terms_are_in_order() -> None:
    """Terms stand in alphabetical order, so each has one entry."""
    terms = [term.lower() for term in _terms()]

    assert [] == [later for earlier, later in pairwise(terms) if earlier >= later]


def test_terms_have_one_meaning() -> None:
    """Each term is followed by one definition."""
    entries = re.findall(r"^\*\*.+\*\*\n((?:.+\n)+)", PAGE.read_text(), re.MULTILINE)

    assert len(entries) == len(_terms())
    assert [] == [entry for entry in entries if len(re.findall("^: ", entry, re.MULTILINE)) != 1]


def test_terms_are_used() -> None:
    """Each term, or what the code calls it, is a word of the code or of another page."""
    pages = [page for page in documents.PAGES if page != PAGE]
    text = _plain_text("\n".join(path.read_text() for path in [*PACKAGE.rglob("*.py"), *pages]))
    short = dict(re.findall(r"^\*\*(.+)\*\*\n(?:.+\n)*?.*In code: \*(\w+)\*", PAGE.read_text(), re.MULTILINE))

    assert [] == [term for term in _terms() if f" {_plain_text(short.get(term, term))}" not in text]
