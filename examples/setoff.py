"""Set-off from Python: three villages, a township and a company that owe each other in rings. ``python examples/setoff.py``."""

import polars as pl

from mingbai import setoff

debts = pl.DataFrame(
    [
        ("D1", "九院村", "某镇政府", 50_000_00, "2023-06-30"),
        ("D2", "某镇政府", "建工公司", 80_000_00, "2022-12-31"),
        ("D3", "建工公司", "九院村", 30_000_00, "2024-03-31"),
        ("D4", "建工公司", "东坪村", 40_000_00, "2021-12-31"),
        ("D5", "东坪村", "某镇政府", 45_000_00, "2024-12-31"),
    ],
    schema=["id", "debtor", "creditor", "amount_fen", "due_date"], orient="row",
)

answer = setoff.clear(debts)
print(f"owed {answer.total_fen / 100:,.2f} yuan, cancelled without cash {answer.cleared_fen / 100:,.2f}, bound {answer.bound_fen / 100:,.2f}: "
      f"{'proved, none is larger' if answer.optimal else 'not proved'}")
for name, fen in zip(answer.given.ids, answer.cleared, strict=True):
    print(f"  {name}: {fen / 100:,.2f}")

for wish, wishes in {
    "with 10,000 yuan of cash": setoff.Wishes(cash=10_000_00),
    "pairs only, by notice (art. 568)": setoff.Wishes(mode="bilateral"),
    "if the township stayed away": setoff.Wishes(without="某镇政府"),
}.items():
    print(f"{wish}: {setoff.clear(debts, wishes=wishes).cleared_fen / 100:,.2f}")

setoff.write(answer, "out/setoff-example")  # cleared.csv, cycles.csv, parties.csv, excluded.csv, proof.json
