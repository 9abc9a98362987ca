"""Cards: transactions drawn once, with all their lines, and dealt to chains for ever."""
