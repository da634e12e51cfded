"""Benches: each times us against a named peer in the same run and prints ratios. ``make bench`` keeps RESULTS.md."""
