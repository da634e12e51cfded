"""资产台账: a register (docs/add-a-register.md)."""
