"""Document profiles: what documents of a kind have in common, where they come from, and all words."""
