"""Several lines of a bank's statement may be one entry, and one of them several entries: what is the same money is a match of its
own. Each line that was matched keeps its match, and the database still takes no line of the books that is not there, and none
twice.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

UNKNOWN = "流水要对上的分录不存在"


def carry(_apps, editor):
    """A match gets the number of the bank's line it was."""
    editor.execute("INSERT INTO books_match (id, organisation_id, how, by_id) SELECT id, organisation_id, how, by_id FROM books_bankline WHERE matched_voucher_id IS NOT NULL")
    editor.execute("INSERT INTO books_matched (match_id, voucher_id, number) SELECT id, matched_voucher_id, matched_number FROM books_bankline WHERE matched_voucher_id IS NOT NULL")
    editor.execute("UPDATE books_bankline SET match_id = id WHERE matched_voucher_id IS NOT NULL")
    if editor.connection.vendor == "sqlite":
        for deed in ("insert", "update"):
            editor.execute(f"DROP TRIGGER books_bankline_matched_{deed}")
        return
    editor.execute("SELECT setval(pg_get_serial_sequence('books_match', 'id'), COALESCE(MAX(id), 0) + 1, false) FROM books_match")
    editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    editor.execute('ALTER TABLE books_bankline DROP CONSTRAINT "bank_line_matched"')


def hold(_apps, editor):
    """A matched line is there. SQLite could say so as a foreign key only where the table is made."""
    if editor.connection.vendor != "sqlite":
        editor.execute('ALTER TABLE books_matched ADD CONSTRAINT "line_matched" FOREIGN KEY ("voucher_id", "number") '
                       'REFERENCES books_line ("voucher_id", "number") DEFERRABLE INITIALLY DEFERRED')
        return
    for deed in ("INSERT", "UPDATE"):
        editor.execute(f"CREATE TRIGGER books_matched_{deed.lower()} BEFORE {deed} ON books_matched WHEN NOT EXISTS "
                       "(SELECT 1 FROM books_line WHERE voucher_id = NEW.voucher_id AND number = NEW.number) "
                       f"BEGIN SELECT RAISE(ABORT, '{UNKNOWN}'); END")


class Migration(migrations.Migration):
    dependencies = [("books", "0005_whole"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="Match",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("how", models.CharField(blank=True, max_length=20, verbose_name="怎么对上的")),
                ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="经手人")),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.organisation", verbose_name="组织")),
            ],
            options={"verbose_name": "勾对"},
        ),
        migrations.CreateModel(
            name="Matched",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="行")),
                ("match", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="books.match", verbose_name="勾对")),
                ("voucher", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="books.voucher", verbose_name="凭证")),
                ("line", models.ForeignObject(from_fields=("voucher", "number"), on_delete=django.db.models.deletion.PROTECT, related_name="matched", to="books.line",
                                              to_fields=("voucher", "number"), verbose_name="分录")),
            ],
            options={"verbose_name": "勾对的分录", "constraints": [models.UniqueConstraint(fields=("voucher", "number"), name="line_matched_once")]},
        ),
        migrations.AddField("bankline", "match", models.ForeignKey(
            blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="bank_lines", to="books.match", verbose_name="勾对")),
        migrations.RunPython(carry),
        migrations.RemoveConstraint("bankline", "bank_line_matched_once"),
        migrations.RemoveConstraint("bankline", "bank_line_matched_whole"),
        migrations.SeparateDatabaseAndState([], [migrations.RemoveField("bankline", "matched")]),  # no column of its own
        migrations.RemoveField("bankline", "matched_voucher"),
        migrations.RemoveField("bankline", "matched_number"),
        migrations.RemoveField("bankline", "how"),
        migrations.RunPython(hold),
    ]
