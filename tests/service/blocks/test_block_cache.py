"""The cache that is bounded in bytes."""

from __future__ import annotations

from datasynth.service.blocks.block_cache import BlockCache


def test_forgets_what_was_used_longest_ago() -> None:
    """When a value does not fit, those used longest ago go until it does."""
    cache: BlockCache[str, bytes] = BlockCache(10, len)
    for key in "abc":
        cache.put(key, b"xxx")
    assert b"xxx" == cache.get("a")
    cache.put("d", b"xxxxx")

    assert [b"xxx", None, None, b"xxxxx"] == [cache.get(key) for key in "abcd"]
    assert (8, 2) == (cache.bytes, len(cache))


def test_value_is_replaced() -> None:
    """A second value under the same key takes the place of the first, in bytes too."""
    cache: BlockCache[str, bytes] = BlockCache(10, len)
    cache.put("a", b"xxxxxx")
    cache.put("a", b"xx")

    assert (b"xx", 2) == (cache.get("a"), cache.bytes)


def test_value_larger_than_the_cache_is_not_kept() -> None:
    """A value that cannot fit drives nothing out."""
    cache: BlockCache[str, bytes] = BlockCache(10, len)
    cache.put("a", b"xx")
    cache.put("b", b"x" * 11)

    assert (b"xx", None, 2) == (cache.get("a"), cache.get("b"), cache.bytes)


def test_clear_forgets_everything() -> None:
    """A cleared cache holds nothing."""
    cache: BlockCache[str, bytes] = BlockCache(10, len)
    cache.put("a", b"xx")
    cache.clear()

    assert (None, 0, 0, 10) == (cache.get("a"), cache.bytes, len(cache), cache.capacity)
