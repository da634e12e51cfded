"""Notices 公示: what a village shows everyone — frozen, masked, signed off, shown for the days of the law, open to objections."""
