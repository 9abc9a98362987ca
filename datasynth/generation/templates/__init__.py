"""Templates: transactions drawn once, with all their lines, and dealt to cases for ever."""
