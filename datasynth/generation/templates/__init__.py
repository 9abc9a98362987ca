"""Templates: transactions drawn once, with all their lines, which cases take again and again."""
