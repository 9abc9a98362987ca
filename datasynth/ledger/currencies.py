"""Currencies in which books are kept, and how finely each is divided.

Codes and minor units are those of ISO 4217, list of 1 January 2026, as the
package ``iso4217`` carries it; a test compares the two.  Of that list are left out

- metals: ``XAG XAU XPD XPT``;
- codes for tests and for no currency: ``XTS XXX``;
- bond market units and accounting units of funds and banks: ``XAD XBA XBB XBC XBD XSU XUA``;
- funds codes, which are prices of money and no money of their own: ``BOV CHE CHW COU MXV USN UYI``.

The list includes ``CLF`` and ``UYW``, units of account in which contracts of a whole
country are written, and the special drawing rights, ``XDR``.  The latter have no minor
unit in ISO 4217; here they have two decimals, as the International Monetary Fund prints
amounts below millions.  ``ANG``, ``BGN`` and ``ZWL``, which were withdrawn since 2024, are
included for earlier periods.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"

_TWO_DECIMALS = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD
    CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
    GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD
    MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP
    PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS
    TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG XDR YER ZAR ZMW ZWG ZWL
"""

_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"

_FOUR_DECIMALS = "CLF UYW"

CURRENCIES: Mapping[str, int] = MappingProxyType(
    {
        code: decimals
        for decimals, codes in (
            (0, _WITHOUT_DECIMALS),
            (2, _TWO_DECIMALS),
            (3, _THREE_DECIMALS),
            (4, _FOUR_DECIMALS),
        )
        for code in codes.split()
    }
)
"""Decimals of the minor unit by ISO 4217 code: 0, 2, 3 or 4."""


def decimals(code: str) -> int:
    """Return the decimals of a currency's minor unit: 0 (JPY), 2 (EUR), 3 (KWD) or 4 (CLF).

    Raises
    ------
    KeyError
        If no books are kept in such a currency.
    """
    return CURRENCIES[code]
