"""Currencies in circulation and how finely each is divided (ISO 4217).

Left out: metals, bond units and testing codes (``XAU``, ``XBA``, ``XTS``), and
units of account with four decimals (``CLF``, ``UYW``), which nobody posts in.
Codes that were withdrawn since 2024 stay, for the periods in which they ran.
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
    TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL
"""

_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"

CURRENCIES: Mapping[str, int] = MappingProxyType(
    {
        code: decimals
        for decimals, codes in ((0, _WITHOUT_DECIMALS), (2, _TWO_DECIMALS), (3, _THREE_DECIMALS))
        for code in codes.split()
    }
)
"""Decimals of the minor unit by ISO 4217 code: 0, 2 or 3."""


def decimals(code: str) -> int:
    """Decimals of a currency's minor unit.

    Parameters
    ----------
    code
        ISO 4217 code in capitals.

    Returns
    -------
    int
        0 (JPY), 2 (EUR) or 3 (KWD).

    Raises
    ------
    KeyError
        If no such currency circulates.
    """
    return CURRENCIES[code]


def minor_units_of(places: int) -> int:
    """Return the minor units that are worth about as much as a dollar, by decimals.

    Amounts and limits are laid down for currencies like the dollar.  One
    without minor units is taken to be a hundred times smaller, one with three
    decimals to be three times larger; rough, but it keeps amounts credible.
    """
    return {0: 100, 2: 100, 3: 300}[places]


def minor_units(code: str) -> int:
    """Return the minor units of a currency that are worth about as much as a dollar."""
    return minor_units_of(decimals(code))
