"""What we know of Persian and English: the only stage that all others may use."""
