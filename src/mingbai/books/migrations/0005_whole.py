"""A voucher is its own seal. It says how many lines it has and what they come to, and the database holds it to that:

SQLite has only row triggers, so the lines are written first and the voucher last: it is refused unless its lines stand and
balance, after it no line comes, and a line that never gets its voucher is a foreign key nobody can commit.

PostgreSQL looks once a transaction, not once a row: what a statement put in is noted (``books_posting``), and at commit every
voucher of it must have exactly its lines. Whoever adds a line sees his own and the whole voucher, so two sessions cannot
cheat each other. Existence of months, persons, parties and peers is asked once a statement too, and held by a lock.

Lines are kept by voucher and number, without a number of their own: a line of a bank's statement that is the same money
names them both, and the database refuses one that is not there.
"""

import django.db.models.deletion
from django.db import migrations, models

import mingbai.vault.fields

KEPT = "凭证已经入账，不能改也不能删；有错请红字冲销"
UNBALANCED = "借贷不平，或行数、金额与凭证不符；凭证没有入账"
BOOKED = "凭证已经入账，不能再加分录"
CLOSED = "这个月没有开账或已经结账，不能再记凭证"
NOBODY = "凭证上的人员、往来或被冲销的凭证不存在"
NAMED = "账上还记着它，不能删"
UNKNOWN = "流水要对上的分录不存在"
TABLES = ("books_voucher", "books_line")
INDEXES = (
    'CREATE INDEX "voucher_record" ON "books_voucher" ("record")',
    'CREATE INDEX "line_party" ON "books_line" ("party_id") WHERE "party_id" IS NOT NULL',
    'CREATE INDEX "line_peer" ON "books_line" ("peer_id") WHERE "peer_id" IS NOT NULL',
)
FILL = ('UPDATE books_voucher SET size = (SELECT COUNT(*) FROM books_line WHERE voucher_id = books_voucher.id), '
        'total_fen = (SELECT COALESCE(SUM(debit_fen), 0) FROM books_line WHERE voucher_id = books_voucher.id)')
SIZED = 'CHECK ("size" >= 2)'


def match(_apps, editor):
    """Lines of the bank's statement go over to voucher and number, while lines still have their own."""
    editor.execute("UPDATE books_bankline SET matched_voucher_id = (SELECT voucher_id FROM books_line WHERE id = matched_id), "
                   "matched_number = (SELECT number FROM books_line WHERE id = matched_id) WHERE matched_id IS NOT NULL")
    if editor.connection.vendor != "sqlite":
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def hold(_apps, editor):
    """A matched line is there. SQLite could say so as a foreign key only where the table is made."""
    if editor.connection.vendor != "sqlite":
        editor.execute('ALTER TABLE books_bankline ADD CONSTRAINT "bank_line_matched" FOREIGN KEY ("matched_voucher_id", "matched_number") '
                       'REFERENCES books_line ("voucher_id", "number") DEFERRABLE INITIALLY DEFERRED')
        return
    for deed in ("INSERT", "UPDATE"):
        editor.execute(f"CREATE TRIGGER books_bankline_matched_{deed.lower()} BEFORE {deed} ON books_bankline WHEN NEW.matched_number IS NOT NULL AND NOT EXISTS "
                       "(SELECT 1 FROM books_line WHERE voucher_id = NEW.matched_voucher_id AND number = NEW.matched_number) "
                       f"BEGIN SELECT RAISE(ABORT, '{UNKNOWN}'); END")


def make(_apps, editor):
    (sqlite if editor.connection.vendor == "sqlite" else postgresql)(editor)


def sqlite(editor):
    def names(kind, *tables):
        marks = ", ".join(f"'{table}'" for table in tables)
        with editor.connection.cursor() as cursor:
            cursor.execute(f"SELECT name FROM sqlite_master WHERE type = '{kind}' AND sql IS NOT NULL AND tbl_name IN ({marks})")
            return [name for name, in cursor.fetchall()]

    for name in names("trigger", *TABLES, "books_seal"):
        editor.execute(f'DROP TRIGGER "{name}"')
    for name in names("index", *TABLES, "books_balance", "books_partybalance"):
        editor.execute(f'DROP INDEX "{name}"')
    editor.execute(f'ALTER TABLE books_voucher ADD COLUMN "size" smallint unsigned NOT NULL DEFAULT 2 {SIZED}')
    editor.execute('ALTER TABLE books_voucher ADD COLUMN "total_fen" bigint NOT NULL DEFAULT 0')
    editor.execute(FILL)
    editor.execute("""CREATE TABLE "new__books_line" (
        "voucher_id" bigint NOT NULL REFERENCES "books_voucher" ("id") DEFERRABLE INITIALLY DEFERRED,
        "number" smallint unsigned NOT NULL CHECK ("number" >= 0), "account" varchar(11) NOT NULL, "words" varchar(200) NOT NULL,
        "debit_fen" bigint NOT NULL, "credit_fen" bigint NOT NULL,
        "party_id" bigint NULL REFERENCES "places_party" ("id") DEFERRABLE INITIALLY DEFERRED,
        "peer_id" bigint NULL REFERENCES "places_organisation" ("id") DEFERRABLE INITIALLY DEFERRED,
        "record" varchar(60) NOT NULL, "project" varchar(60) NOT NULL, "household" varchar(60) NOT NULL, "whom" varchar(250) NOT NULL,
        CONSTRAINT "line_one_side" CHECK (("debit_fen" = 0) <> ("credit_fen" = 0)),
        PRIMARY KEY ("voucher_id", "number")) WITHOUT ROWID""")
    columns = "voucher_id, number, account, words, debit_fen, credit_fen, party_id, peer_id, record, project, household, whom"
    editor.execute(f'INSERT INTO "new__books_line" ({columns}) SELECT {columns} FROM books_line ORDER BY voucher_id, number')
    editor.execute("DROP TABLE books_line")
    editor.execute('ALTER TABLE "new__books_line" RENAME TO "books_line"')
    editor.execute("DROP TABLE books_seal")
    for index in INDEXES:
        editor.execute(index)
    refuse = "CREATE TRIGGER {} BEFORE INSERT ON {} WHEN {} BEGIN SELECT RAISE(ABORT, '{}'); END"
    # INSERT OR REPLACE takes a row away without asking the triggers of DELETE: no row that stands may be met.
    editor.execute(refuse.format("books_voucher_once", "books_voucher",
        "EXISTS (SELECT 1 FROM books_voucher WHERE id = NEW.id) "
        "OR EXISTS (SELECT 1 FROM books_voucher WHERE organisation_id = NEW.organisation_id AND month = NEW.month AND number = NEW.number) "
        "OR EXISTS (SELECT 1 FROM books_voucher WHERE organisation_id = NEW.organisation_id AND event = NEW.event) "
        "OR (NEW.reverses_id IS NOT NULL AND EXISTS (SELECT 1 FROM books_voucher WHERE reverses_id = NEW.reverses_id))", KEPT))
    editor.execute(refuse.format("books_voucher_open", "books_voucher",
        "NOT EXISTS (SELECT 1 FROM books_month WHERE organisation_id = NEW.organisation_id AND month = NEW.month AND NOT closed)", CLOSED))
    editor.execute(refuse.format("books_voucher_whole", "books_voucher",
        "(SELECT COUNT(*) = NEW.size AND SUM(debit_fen) = NEW.total_fen AND SUM(credit_fen) = NEW.total_fen FROM books_line WHERE voucher_id = NEW.id) IS NOT 1",
        UNBALANCED))
    editor.execute(refuse.format("books_line_after", "books_line", "EXISTS (SELECT 1 FROM books_voucher WHERE id = NEW.voucher_id)", BOOKED))
    for table in TABLES:
        for deed in ("UPDATE", "DELETE"):
            editor.execute(f"CREATE TRIGGER {table}_{deed.lower()} BEFORE {deed} ON {table} WHEN NOT mingbai_lifted() "
                           f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END")


def postgresql(editor):
    def run(sql):
        editor.execute(sql, params=None)

    run("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the commit would hold the tables
    for name, table in (("balanced", "books_seal"), ("after", "books_line"), ("open", "books_voucher")):
        run(f"DROP TRIGGER {table}_{name} ON {table}")
        run(f"DROP FUNCTION {table}_{name}()")
    for table in TABLES:
        run(f"DROP TRIGGER {table}_kept ON {table}")
    run("DROP TABLE books_seal")
    run(f'ALTER TABLE books_voucher ADD COLUMN "size" smallint NOT NULL DEFAULT 2 {SIZED}, ADD COLUMN "total_fen" bigint NOT NULL DEFAULT 0')
    run(FILL)
    run("ALTER TABLE books_line DROP COLUMN id")
    run("""DO $$ DECLARE each record; BEGIN
        FOR each IN SELECT conrelid::regclass AS place, conname FROM pg_constraint
            WHERE conrelid IN ('books_voucher'::regclass, 'books_line'::regclass, 'books_balance'::regclass, 'books_partybalance'::regclass)
            AND (contype = 'f' OR conname = 'line_once' OR (contype = 'u' AND conkey = ARRAY[(SELECT attnum FROM pg_attribute
                 WHERE attrelid = 'books_voucher'::regclass AND attname = 'reverses_id')] AND conrelid = 'books_voucher'::regclass)) LOOP
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', each.place, each.conname);
        END LOOP;
        FOR each IN SELECT indexrelid::regclass AS name FROM pg_index
            WHERE indrelid IN ('books_voucher'::regclass, 'books_line'::regclass, 'books_balance'::regclass, 'books_partybalance'::regclass)
            AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid) LOOP
            EXECUTE format('DROP INDEX %s', each.name);
        END LOOP; END $$""")
    run('ALTER TABLE books_line ADD PRIMARY KEY ("voucher_id", "number")')
    # Events and keys are compared as bytes: nobody reads them in an order.
    run('ALTER TABLE books_voucher ALTER COLUMN event TYPE varchar(100) COLLATE "C"')
    run('ALTER TABLE books_partybalance ALTER COLUMN whom TYPE varchar(250) COLLATE "C"')
    for index in (*INDEXES, 'CREATE UNIQUE INDEX "voucher_reversed_once" ON "books_voucher" ("reverses_id") WHERE "reverses_id" IS NOT NULL'):
        run(index)
    run("CREATE UNLOGGED TABLE books_posting (id bigserial PRIMARY KEY, lo bigint NOT NULL, hi bigint NOT NULL)")

    def raises(word):
        return f"RAISE EXCEPTION '{word}' USING ERRCODE = 'integrity_constraint_violation';"

    def function(name, body, declare=""):
        run(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {declare} BEGIN {body} RETURN NULL; END $$")

    function("books_whole", f"""
        IF NOT EXISTS (SELECT 1 FROM books_posting WHERE id = NEW.id) THEN RETURN NULL; END IF;
        IF EXISTS (SELECT 1 FROM (
                SELECT voucher_id, 1 AS lines, debit_fen, credit_fen FROM books_line WHERE voucher_id BETWEEN NEW.lo AND NEW.hi
                UNION ALL SELECT id, -size, -total_fen, -total_fen FROM books_voucher WHERE id BETWEEN NEW.lo AND NEW.hi) AS both_sides
            GROUP BY voucher_id HAVING SUM(lines) <> 0 OR SUM(debit_fen) <> 0 OR SUM(credit_fen) <> 0) THEN
            {raises(UNBALANCED)}
        END IF;
        DELETE FROM books_posting WHERE lo >= NEW.lo AND hi <= NEW.hi;""")
    run("ALTER FUNCTION books_whole() SET jit = off")
    run("ALTER FUNCTION books_whole() SET enable_seqscan = off")  # planned while the tables were small, run when they are not
    run("CREATE CONSTRAINT TRIGGER books_whole AFTER INSERT ON books_posting DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION books_whole()")
    # A note is taken away by the check alone: a hand that does it would unsay what has to be looked at.
    function("books_noted", f"IF pg_trigger_depth() < 2 THEN {raises(KEPT)} END IF; RETURN COALESCE(OLD, NEW);")
    run("CREATE TRIGGER books_noted BEFORE UPDATE OR DELETE ON books_posting FOR EACH ROW EXECUTE FUNCTION books_noted()")

    run(f"CREATE FUNCTION books_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {raises(KEPT)} END $$")
    run("CREATE TRIGGER books_not_emptied BEFORE TRUNCATE ON books_posting FOR EACH STATEMENT EXECUTE FUNCTION books_not_emptied()")

    def known(column, table):
        """Rows named in a statement exist, and stay till it is committed."""
        return (f"PERFORM 1 FROM {table} WHERE id IN (SELECT {column} FROM fresh WHERE {column} IS NOT NULL) FOR KEY SHARE; "
                f"IF EXISTS (SELECT 1 FROM (SELECT DISTINCT {column} AS one FROM fresh WHERE {column} IS NOT NULL) AS named "
                f"WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE id = one)) THEN {raises(NOBODY)} END IF;")

    def noted(key, first, second):
        """One look at what came in: from where to where, and who is named in it."""
        return (f"SELECT MIN({key}) AS lo, MAX({key}) AS hi, COUNT({first[0]}) AS firsts, COUNT({second[0]}) AS seconds INTO seen FROM fresh; "
                f"IF seen.lo IS NULL THEN RETURN NULL; END IF; INSERT INTO books_posting (lo, hi) VALUES (seen.lo, seen.hi); "
                f"IF seen.firsts > 0 THEN {known(*first)} END IF; IF seen.seconds > 0 THEN {known(*second)} END IF;")

    function("books_voucher_new", f"""
        {noted("id", ("by_id", "places_person"), ("reverses_id", "books_voucher"))}
        PERFORM 1 FROM books_month AS m WHERE (m.organisation_id, m.month) IN (SELECT organisation_id, month FROM fresh) FOR SHARE;
        IF EXISTS (SELECT 1 FROM (SELECT DISTINCT organisation_id, month FROM fresh) AS wanted WHERE NOT EXISTS (
            SELECT 1 FROM books_month AS m WHERE m.organisation_id = wanted.organisation_id AND m.month = wanted.month AND NOT m.closed)) THEN
            {raises(CLOSED)}
        END IF;""", "DECLARE seen record;")
    function("books_line_new", noted("voucher_id", ("party_id", "places_party"), ("peer_id", "places_organisation")), "DECLARE seen record;")
    for table in TABLES:
        run(f"CREATE TRIGGER {table}_new AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION {table}_new()")
        run(f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION books_kept()")
    for table, where in (("places_party", "books_line WHERE party_id = OLD.id"), ("places_organisation", "books_line WHERE peer_id = OLD.id"),
                         ("places_person", "books_voucher WHERE by_id = OLD.id")):
        function(f"books_named_{table}", f"IF EXISTS (SELECT 1 FROM {where}) THEN {raises(NAMED)} END IF; RETURN OLD;")
        run(f"CREATE TRIGGER books_named BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION books_named_{table}()")


class Migration(migrations.Migration):
    dependencies = [("books", "0004_incoming")]
    operations = [
        migrations.AddField("bankline", "matched_voucher", models.ForeignKey(
            blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="books.voucher", verbose_name="对上的凭证")),
        migrations.AddField("bankline", "matched_number", models.PositiveSmallIntegerField("对上的行", blank=True, null=True)),
        migrations.RunPython(match, migrations.RunPython.noop),
        migrations.RemoveField("bankline", "matched"),
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(make, migrations.RunPython.noop)],
            [
                migrations.DeleteModel("Seal"),
                migrations.DeleteModel("Line"),
                migrations.AddField("voucher", "size", models.PositiveSmallIntegerField("行数", default=2)),
                migrations.AddField("voucher", "total_fen", models.BigIntegerField("金额（分）", default=0)),
                migrations.AlterField("voucher", "organisation", models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="vouchers", to="places.organisation", verbose_name="组织")),
                migrations.AlterField("voucher", "by", models.ForeignKey(
                    db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.person", verbose_name="制单人")),
                migrations.AlterField("voucher", "record", models.CharField(blank=True, max_length=60, verbose_name="来源")),
                migrations.AlterField("balance", "organisation", models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.organisation")),
                migrations.AlterField("partybalance", "organisation", models.ForeignKey(
                    db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.organisation")),
                migrations.AddIndex("voucher", models.Index(fields=["record"], name="voucher_record")),
                migrations.AddConstraint("voucher", models.CheckConstraint(condition=models.Q(("size__gte", 2)), name="voucher_two_lines")),
                migrations.CreateModel(
                    name="Line",
                    fields=[
                        ("pk", models.CompositePrimaryKey("voucher_id", "number", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("voucher", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="books.voucher")),
                        ("number", models.PositiveSmallIntegerField(verbose_name="行")),
                        ("account", models.CharField(max_length=11, verbose_name="科目")),
                        ("words", mingbai.vault.fields.FreeLine(blank=True, max_length=200, verbose_name="摘要")),
                        ("debit_fen", models.BigIntegerField(default=0, verbose_name="借方（分）")),
                        ("credit_fen", models.BigIntegerField(default=0, verbose_name="贷方（分）")),
                        ("party", models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                                                    to="places.party", verbose_name="往来")),
                        ("peer", models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                                                   to="places.organisation", verbose_name="往来组织")),
                        ("record", models.CharField(blank=True, max_length=60, verbose_name="合同")),
                        ("project", mingbai.vault.fields.FreeLine(blank=True, max_length=60, verbose_name="项目")),
                        ("household", mingbai.vault.fields.FreeLine(blank=True, max_length=60, verbose_name="农户")),
                        ("whom", models.CharField(blank=True, max_length=250)),
                    ],
                    options={
                        "verbose_name": "分录",
                        "ordering": ("voucher", "number"),
                        "indexes": [models.Index(condition=models.Q(("party__isnull", False)), fields=["party"], name="line_party"),
                                    models.Index(condition=models.Q(("peer__isnull", False)), fields=["peer"], name="line_peer")],
                        "constraints": [models.CheckConstraint(
                            condition=models.Q(models.Q(("debit_fen", 0), models.Q(("credit_fen", 0), _negated=True)),
                                               models.Q(models.Q(("debit_fen", 0), _negated=True), ("credit_fen", 0)), _connector="OR"),
                            name="line_one_side")],
                    },
                ),
        ]),
        migrations.AddConstraint("bankline", models.UniqueConstraint(fields=["matched_voucher", "matched_number"], name="bank_line_matched_once")),
        migrations.AddConstraint("bankline", models.CheckConstraint(
            condition=models.Q(models.Q(("matched_number", None), ("matched_voucher", None)),
                               models.Q(("matched_number__isnull", False), ("matched_voucher__isnull", False)), _connector="OR"),
            name="bank_line_matched_whole")),
        migrations.AddField("bankline", "matched", models.ForeignObject(
            from_fields=["matched_voucher", "matched_number"], null=True, on_delete=django.db.models.deletion.PROTECT, related_name="bank_line",
            to="books.line", to_fields=["voucher", "number"], verbose_name="对上的分录")),
        migrations.RunPython(hold, migrations.RunPython.noop),
    ]
