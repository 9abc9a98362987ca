"""Texts that programs stumble over: in paths, queries, headers and bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from bench.fuzz.dice import Dice

NUMBERS = (
    *(
        "0",
        "1",
        "-1",
        "+1",
        "01",
        "1_000",
        "1e3",
        "1.0",
        "0x10",
        "NaN",
        "Infinity",
        " 1",
        "1 ",
        "9" * 30,
        "9" * 5_000,
    ),
    *("9223372036854775807", "9223372036854775808", "\u00b2", "\uff11", "\u0663", "1\x00", "--1", ""),
)
DAYS = (
    "2024-06-30",
    "2024-02-30",
    "0000-00-00",
    "9999-12-31",
    "2024-13-45",
    "2024-6-3",
    "20240630",
    "2024-W01-1",
)
WORDS = (
    *(
        "ndjson",
        "csv",
        "arrow",
        "parquet",
        "json",
        "line",
        "document",
        "latest",
        "entry",
        "progress,complete",
        "true",
    ),
    *(
        "false",
        "decimal",
        "1000",
        "month_end",
        "nobody",
        "None",
        "null",
        "../../etc/passwd",
        "%",
        "%zz",
        "%00",
        "%ff",
    ),
    *(
        "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
        "\u0130",
        "\u202e",
        "\x7f",
        "\r\nX: y",
    ),
    *("a" * 3_000, "'\"<script>", "{{7*7}}", "${jndi:x}", ";", "&&", "=", "#", "?", "+", "\t"),
)
KEYS = (
    *(
        "stream_id",
        "from",
        "count",
        "format",
        "view",
        "types",
        "line",
        "company",
        "at",
        "limit",
        "cursor",
        "header",
    ),
    *("amounts", "ticket", "", "FROM", "from[]", "count%00", "x" * 500),
)
SENSIBLE = (
    *(
        "count=3",
        "from=0",
        "from=7",
        "format=csv",
        "format=ndjson",
        "view=document",
        "view=line",
        "company=1000",
    ),
    *(
        "at=2024-06-30",
        "at=100",
        "at=0",
        "limit=5",
        "header=false",
        "types=progress,complete",
        "from=latest",
        "line=1",
    ),
)
BYTES = (b"\x00", b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\r", b"\n", b"\x1f", b"\x7f", b"\xf4\x90\x80\x80")

_NEST = 100_000

BODIES: dict[str, tuple[bytes, ...]] = {
    "application/json": (
        b"",
        b"{}",
        b"null",
        b"[]",
        b'"text"',
        b"0",
        b"{",
        b'{"global": {"seed": 7}}',
        b'{"transactions": {"target_count": 300}}',
        b'{"count": 5, "wait_for_subscriber": 0}',
        b'{"count": 1e2, "entries_per_second": 1e308}',
        b'{"count": -0, "entries_per_second": NaN}',
        b'{"count": Infinity}',
        b'{"count": true, "config": []}',
        b'{"count": 1, "count": 2}',
        b'{"config": {"global": {"seed": ' + b"9" * 30 + b"}}}",
        b'{"global": {"seed": ' + b"9" * 6_000 + b"}}",
        b'{"global": {"seed": 1e400}}',
        b'{"global": {"seed": 0.1e-400}}',
        b'{"global": {"start_date": "2024-02-30"}}',
        b'{"global": {"industry": "\\ud800"}}',
        b'{"companies": [{"code": "\\u0000", "name": "\\udfff\\ud800"}]}',
        b'{"companies": [{"code": "\xff"}]}',
        b'{"\\ud83d\\ude00": 1, "": 2, "global": null}',
        b'{"a.b": {"c": {}}, "__proto__": {}, "$ref": "#"}',
        b"[" * _NEST,
        b"[" * _NEST + b"]" * _NEST,
        b'{"global":' * (_NEST // 4) + b"1" + b"}" * (_NEST // 4),
        b'{"companies": [' + b",".join([b"{}"] * 20_000) + b"]}",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b"{}" + b" " * 70_000,
        b"{}{}",
        b"{'a': 1}",
        b'{"a": 1,}',
        b"// text\n{}",
    ),
    "application/yaml": (
        b"---\n",
        b"--- {}\n--- {}\n",
        b"&a [*a]",
        b"a: &a {b: *a}",
        b"a: *nothing",
        b"\n".join(
            [
                b"a0: &a0 [lol]",
                *(b"a%d: &a%d [%s]" % (n, n, b",".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 30)),
            ]
        ),
        b"a: &a {x: 1}\nb: {<<: *a, <<: [*a, *a]}",
        b"<<: 1",
        b"? [a]\n: b",
        b"? {a: 1}\n: b",
        b"1: 2\nnull: 3\ntrue: 4\n2024-01-01: 5",
        b"!!python/object/apply:os.system [echo]",
        b"!!binary aGk=",
        b"!!set {a, b}",
        b"!!omap [a: 1]",
        b"!!int x",
        b"!!float y",
        b"!!timestamp z",
        b"!<tag:x> 1",
        b"%YAML 9.9\n---\n{}",
        b"global: {seed: .inf}",
        b"global: {seed: .nan, start_date: 2024-02-30}",
        b"global: {seed: 1:30:00, start_date: 2024-01-01T00:00:00Z}",
        b"global: {seed: 0o17, industry: no}",
        b"global:\n\tseed: 1",
        b"a: 'open",
        b'a: "\\x"',
        b'a: "\\ud800"',
        b"[" * 20_000,
        b"- " * 20_000,
        b"a: " * 5_000,
        b"? " * 5_000,
        b"*",
        b"&",
        b"@",
        b"a: |\n x\n  y\n z",
        b"\x00",
        b"\x85\xe2\x80\xa8",
        b"\xef\xbb\xbfglobal: {}",
    ),
}


def text(dice: Dice) -> str:
    """Return one odd text."""
    return dice.one_of(dice.one_of((NUMBERS, DAYS, WORDS)))


def query(dice: Dice) -> str:
    """Return a query string, with the question mark; often none."""
    if dice.chance(0.3):
        return ""
    if dice.chance(0.02):
        return "?" + "&".join(f"k{n}=1" for n in range(400))
    pairs = dice.some_of(SENSIBLE, dice.below(4))
    if not pairs or dice.chance(0.4):
        pairs += [f"{dice.one_of(KEYS)}={spelt(text(dice), dice)}" for _ in range(dice.whole(1, 2))]
    return "?" + dice.one_of(("&", "&", ";", "&&")).join(pairs)


def spelt(words: str, dice: Dice) -> str:
    """Return a text as it may stand in a target: mostly encoded as it should be."""
    if dice.chance(0.85):
        return quote(words, safe="" if dice.chance(0.8) else "/%;,")
    return words.encode("utf-8", "replace").decode("latin-1")
