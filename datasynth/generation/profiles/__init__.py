"""Document profiles, sources and times of entry of documents, and the journal's vocabulary."""
