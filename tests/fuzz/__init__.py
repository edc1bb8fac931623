"""
Random hostile input for every reader of foreign text: `python -m tests.fuzz --minutes 10`.

CI runs each property on a few examples. What a long run finds becomes a case in
`test_fuzz.FINDINGS`, so that it stays mended.
"""
