"""The contract register 合同台账: what a collective has let, sold, built or promised, and to whom."""
