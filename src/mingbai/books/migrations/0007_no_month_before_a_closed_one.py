"""A month is not opened before one that is closed: what is booked in it would change balances that were settled."""

from django.db import migrations

CLOSED = "以后的月份已经结账，不能再开以前的月份"


def hold(_apps, editor):
    later = "EXISTS (SELECT 1 FROM books_month WHERE organisation_id = NEW.organisation_id AND month > NEW.month AND closed)"
    if editor.connection.vendor == "sqlite":
        editor.execute(f"CREATE TRIGGER books_month_after BEFORE INSERT ON books_month WHEN {later} BEGIN SELECT RAISE(ABORT, '{CLOSED}'); END")
        return
    editor.execute(f"CREATE FUNCTION books_month_after() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {later} THEN "
                   f"RAISE EXCEPTION '{CLOSED}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$", params=None)
    editor.execute("CREATE TRIGGER books_month_after BEFORE INSERT ON books_month FOR EACH ROW EXECUTE FUNCTION books_month_after()", params=None)


class Migration(migrations.Migration):
    dependencies = [("books", "0006_matches")]
    operations = [migrations.RunPython(hold, migrations.RunPython.noop)]
