"""How references are printed."""

from __future__ import annotations

from datasynth.ledger.processes import CASE_KINDS, SINGLE_KINDS, prefix_of
from datasynth.ledger.references import VENDOR_STYLES, ReferenceKind, own_kind


def test_own_numbers_have_a_hyphen_and_ten_digits() -> None:
    """The kind holds the separator."""
    assert ReferenceKind("INV-", 10) == own_kind("INV")


def test_styles_of_vendors_differ_from_each_other_and_from_a_company_s_own() -> None:
    """There are 24 of 4 to 8 digits, and none has the text of a company's own numbers."""
    own = {own_kind(prefix_of(item)).text for kind in (*CASE_KINDS, *SINGLE_KINDS) for item in kind.items}

    assert 24 == len(VENDOR_STYLES) == len(set(VENDOR_STYLES))
    assert {4, 5, 6, 7, 8} == {style.digits for style in VENDOR_STYLES}
    assert not own & {style.text for style in VENDOR_STYLES}
    assert all(len(style.text) <= 5 and style.text.isascii() for style in VENDOR_STYLES)
