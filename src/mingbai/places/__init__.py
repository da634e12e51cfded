"""Who and where: organisations, parties, officers and kin, people and their roles, grid cells, and ``scope()``."""
