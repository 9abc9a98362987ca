"""What a configuration promises: the days, the shares.

Worked out from the configuration and the ledger's tables alone, so that it can be held
against what came out.
"""
