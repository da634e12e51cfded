"""What the database itself refuses, on SQLite and PostgreSQL: a seal over lines that do not balance, a line after the
seal, any change of a sealed voucher, a voucher in a closed month."""

from django.db import migrations

KEPT = "凭证已经入账，不能改也不能删；有错请红字冲销"
UNBALANCED = "借贷不平，或行数、金额与封签不符；凭证没有入账"
SEALED = "凭证已经封签，不能再加分录"
CLOSED = "这个月已经结账，不能再记凭证"

SUMS = "(SELECT COUNT(*) FROM books_line WHERE voucher_id = NEW.voucher_id) = NEW.lines AND NEW.lines >= 2 " \
       "AND (SELECT SUM(debit_fen) FROM books_line WHERE voucher_id = NEW.voucher_id) = NEW.fen " \
       "AND (SELECT SUM(credit_fen) FROM books_line WHERE voucher_id = NEW.voucher_id) = NEW.fen"
IS_SEALED = "EXISTS (SELECT 1 FROM books_seal WHERE voucher_id = NEW.voucher_id)"
IS_CLOSED = "EXISTS (SELECT 1 FROM books_month WHERE organisation_id = NEW.organisation_id AND month = NEW.month AND closed)"
TABLES = ("books_voucher", "books_line", "books_seal")


def make(_apps, editor):
    (sqlite if editor.connection.vendor == "sqlite" else postgresql)(editor)


def sqlite(editor):
    for name, table, when, word in (("balanced", "books_seal", f"NOT ({SUMS})", UNBALANCED), ("after", "books_line", IS_SEALED, SEALED),
                                    ("open", "books_voucher", IS_CLOSED, CLOSED)):
        editor.execute(f"CREATE TRIGGER {table}_{name} BEFORE INSERT ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{word}'); END")
    for table in TABLES:
        for deed in ("UPDATE", "DELETE"):
            editor.execute(f"CREATE TRIGGER {table}_{deed.lower()} BEFORE {deed} ON {table} WHEN NOT mingbai_lifted() "
                           f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END")


def postgresql(editor):
    for name, table, when, word in (("balanced", "books_seal", f"NOT ({SUMS})", UNBALANCED), ("after", "books_line", IS_SEALED, SEALED),
                                    ("open", "books_voucher", IS_CLOSED, CLOSED)):
        editor.execute(f"CREATE FUNCTION {table}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {when} THEN "
                       f"RAISE EXCEPTION '{word}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$", params=None)
        editor.execute(f"CREATE TRIGGER {table}_{name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_{name}()", params=None)
    editor.execute(f"CREATE FUNCTION books_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                   f"RAISE EXCEPTION '{KEPT}' USING ERRCODE = 'integrity_constraint_violation'; END $$", params=None)
    for table in TABLES:
        editor.execute(f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION books_kept()", params=None)


class Migration(migrations.Migration):
    dependencies = [("books", "0001_initial")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
