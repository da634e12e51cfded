"""督导整改台账: a register (docs/add-a-register.md)."""
