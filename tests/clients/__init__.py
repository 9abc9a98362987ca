"""Other people's clients against a real server; each test says which tool it wants where that is missing."""
