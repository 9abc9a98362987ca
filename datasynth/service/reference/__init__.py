"""Reference data: accounts, parties, users, balances and open items as tables; statements and statistics."""
