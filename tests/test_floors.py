"""The ground floor stands alone: every module imports in a child in which Django and databases are refused."""

import subprocess
import sys

CHILD = """
import importlib, pkgutil, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("django", "psycopg", "sqlite3", "django_tasks"):
            raise ImportError(f"{name} is not for the ground floor")

sys.meta_path.insert(0, Refuse())
import mingbai
GROUND = ("limits", "units", "columns", "dues", "sheets", "paper", "rules", "setoff", "proofs", "report", "registers", "cli")
HOUSE = ("models", "apps", "road", "strip", "course", "counting", "migrations", "forms", "posting", "letters", "claims", "events", "reports", "pages", "urls", "calendar", "comparable", "limitation")  # the furniture that needs Django
names = []
for room in GROUND:
    module = importlib.import_module(f"mingbai.{room}")
    names.append(module.__name__)
    for each in pkgutil.walk_packages(getattr(module, "__path__", []), module.__name__ + "."):
        if not set(each.name.split(".")) & set(HOUSE):
            names.append(each.name)
for name in names:
    importlib.import_module(name)
assert {"mingbai.units.money", "mingbai.sheets.rows", "mingbai.rules.engine", "mingbai.setoff.clearing", "mingbai.proofs.notice", "mingbai.registers.contracts.rules"} <= set(names)
print(len(names))
"""


def test_every_module_imports_while_django_is_refused() -> None:
    done = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 40
