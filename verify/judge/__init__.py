"""A claim and a document -> Verdict."""
