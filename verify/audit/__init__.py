"""A walk through an article's citations with a person, worst first."""
