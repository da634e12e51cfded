"""The kit's own tables: workbooks handed in, cells to mend, headings remembered, findings and the cases they open."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mingbai.kit.road import Stage
from mingbai.places.models import GridCell, Organisation, Party, Person
from mingbai.records.models import Attachment
from mingbai.vault.fields import FreeLine, FreeText, SealedField


class Upload(models.Model):
    """A workbook handed in 导入: received → read (look, mend) → accepted, or refused with its reason."""

    class State(models.TextChoices):
        RECEIVED = "received", "在读"
        READ = "read", "待收下"
        REFUSED = "refused", "没读成"
        ACCEPTED = "accepted", "已收下"
        DROPPED = "dropped", "放弃"

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="uploads", verbose_name="组织")
    register = models.CharField("台账", max_length=40)
    file = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="文件")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.RECEIVED)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="经手人")
    on = models.DateField("日期")
    mapping = models.JSONField("表头对照", default=dict)
    """Heading → column name or None, as corrected by a person; the rest is found by evidence."""
    reading = models.BinaryField(null=True)
    """What was read: the reading as JSON, compressed and sealed. Can be made again from file, mapping and mends."""
    letters = models.JSONField(default=dict)
    """Sheet → column name → letter of its column, where one sheet has one header: the way back to a cell."""
    read = models.PositiveIntegerField("读", default=0)
    accepted = models.PositiveIntegerField("收", default=0)
    rejected = models.PositiveIntegerField("退", default=0)
    skipped = models.PositiveIntegerField("略", default=0)
    errors = models.PositiveIntegerField("错格", default=0)
    added = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("更新", default=0)
    same = models.PositiveIntegerField("不变", default=0)
    message = FreeText("说明", blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = "导入"


class Mend(models.Model):
    """A cell mended in place 改格: what a person says it should be. The workbook itself stays as it came."""

    owner: ClassVar[str] = "upload__organisation"
    upload = models.ForeignKey(Upload, models.PROTECT, related_name="mends")
    sheet = models.CharField(max_length=100)
    cell = models.CharField(max_length=12)
    text = SealedField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("upload", "sheet", "cell"), name="mend_once"),)


class Heading(models.Model):
    """A heading a person settled 表头记忆: remembered for the village, offered to its neighbours."""

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    register = models.CharField(max_length=40)
    heading = FreeLine(max_length=100)
    column = models.CharField(max_length=60, blank=True)
    """"" = belongs to no column."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=("organisation", "register", "heading"), name="heading_once"),)


class Lesson(models.Model):
    """What the reader learnt from a correction 读表记忆: a word taken for a choice, the unit of a heading, what 2016.1 means,
    which register a sheet is. Holds for the village's next files, is offered to its neighbours, and can be taken back."""

    class Kind(models.TextChoices):
        WORD = "words", "格子里的词"
        UNIT = "units", "表头的单位"
        DATE = "dates", "日期写法"
        REGISTER = "kinds", "工作表的种类"

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    register = models.CharField("台账", max_length=40)
    kind = models.CharField("记住什么", max_length=10, choices=Kind.choices)
    column = models.CharField(max_length=60, blank=True)
    """The column a word stands in; "" for the other kinds."""
    said = FreeLine("写的是", max_length=200)
    value = models.CharField("读作", max_length=100)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="经手人")
    on = models.DateField("日期")

    class Meta:
        ordering = ("kind", "column", "said")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "register", "kind", "column", "said"), name="lesson_once"),
        )
        verbose_name = "读表记忆"


class Finding(models.Model):
    """A finding 疑点 at rest. ``state`` is what a person made of it; the rest comes from the rules and is rebuilt.

    A finding whose rule no longer says so is taken away if nobody had judged it, else kept as *gone*. One that was set
    aside stays so while the facts it was set aside on stand, and is open again when they change.
    """

    class State(models.TextChoices):
        OPEN = "open", "待认定"
        CONFIRMED = "confirmed", "已认定"
        SET_ASIDE = "set_aside", "已排除"

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="组织")
    register = models.CharField("台账", max_length=40)
    record = models.BigIntegerField("记录")
    rule = models.CharField("规则", max_length=10)
    answer = models.CharField("结论", max_length=10)
    severity = models.PositiveSmallIntegerField("轻重")
    sentence = FreeText("事实")
    cites = models.JSONField("依据", default=list)
    columns = models.JSONField("栏目", default=list)
    advice = models.TextField("通常怎么办", blank=True)
    since = models.DateField("发现日期")
    gone = models.BooleanField("已不再出现", default=False)
    state = models.CharField("认定", max_length=10, choices=State.choices, default=State.OPEN)
    reason = FreeText("理由", blank=True)
    facts = models.CharField(max_length=32, blank=True)
    """What it was set aside on: a fingerprint of the record's cells the rule read, its answer and its law."""
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="认定人")
    on = models.DateField("认定日期", null=True)
    case = models.ForeignKey("kit.Case", models.SET_NULL, null=True, related_name="findings", verbose_name="整改")

    class Meta:
        ordering = ("-severity", "rule")
        constraints = (models.UniqueConstraint(fields=("register", "record", "rule"), name="finding_once"),)
        indexes = (models.Index(fields=("organisation", "register", "rule", "state")),)
        verbose_name = "疑点"

    @property
    def key(self) -> str:
        return f"{self.register}:{self.record}"


class Case(models.Model):
    """A case 整改: the road of one record from confirmed findings to acceptance. Steps stand in :mod:`kit.road`."""

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="组织")
    register = models.CharField("台账", max_length=40)
    record = models.BigIntegerField("记录", db_index=True)
    klass = models.CharField("类别", max_length=1)
    stage = models.CharField(
        "环节", max_length=12, choices=[(s.value, s.label) for s in Stage], default=Stage.CONFIRMED.value
    )
    cell = models.ForeignKey(GridCell, models.PROTECT, null=True, related_name="+", verbose_name="责任田")
    responsible = models.ForeignKey(Person, models.PROTECT, null=True, related_name="cases", verbose_name="责任人")
    deadline = models.DateField("期限", null=True)
    measure = FreeText("措施", blank=True)
    secret = models.BooleanField(default=False)
    """A clue (移交线索): only those with the power ``clue`` see it, and no count of others shows it."""
    opened_on = models.DateField("立项日期")
    closed_on = models.DateField("销号日期", null=True)
    reopened = models.PositiveSmallIntegerField("退回重办次数", default=0)

    class Meta:
        ordering = ("deadline", "id")
        indexes = (models.Index(fields=("organisation", "stage", "deadline")),)
        verbose_name = "整改"

    @property
    def key(self) -> str:
        return f"{self.register}:{self.record}"


class Step(models.Model):
    """A step 步骤 taken on a case: who, when, with what words."""

    owner: ClassVar[str] = "case__organisation"
    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    name = models.CharField("步骤", max_length=20)
    to = models.CharField("到", max_length=12)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="人员")
    on = models.DateField("日期")
    note = FreeText("说明", blank=True)

    class Meta:
        ordering = ("id",)
        verbose_name = "步骤"

    @property
    def key(self) -> str:
        return self.case.key


class SpotCheck(models.Model):
    """A spot check 抽查: a sample of accepted cases drawn with a seed that is shown, so that anyone can draw it again."""

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="组织")
    on = models.DateField("日期")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="抽查人")
    seed = FreeLine("种子", max_length=40)
    share = models.PositiveSmallIntegerField("比例（%）")
    of = models.JSONField("总体", default=list)
    drawn = models.JSONField("抽中", default=list)

    class Meta:
        ordering = ("-id",)
        verbose_name = "抽查"


class Policy(models.Model):
    """A place's own policy 本地政策, as YAML. The newest of a place holds, on top of those of the places above it."""

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="policies", verbose_name="组织")
    register = models.CharField("台账", max_length=40)
    text = models.TextField("内容")
    since = models.DateField("自")
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="批准人")

    class Meta:
        ordering = ("since", "id")
        verbose_name = "本地政策"


class Change(models.Model):
    """A change of a local number 政策改数: proposed by one person, approved or refused by another."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待批准"
        APPROVED = "approved", "已批准"
        REFUSED = "refused", "未批准"

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="组织")
    register = models.CharField("台账", max_length=40)
    parameter = models.CharField("参数", max_length=60)
    value = models.JSONField("改成")
    """A number in the parameter's unit, a day as ISO text, or numbers by 地类."""
    since = models.DateField("自")
    source = FreeLine("依据", max_length=200)
    note = FreeText("说明", blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提出人")
    proposed_on = models.DateField("提出日期")
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="批准人")
    decided_on = models.DateField("批准日期", null=True)
    why = FreeText("理由", blank=True)
    policy = models.ForeignKey(Policy, models.PROTECT, null=True, related_name="+", verbose_name="本地政策")

    class Meta:
        ordering = ("-id",)
        verbose_name = "政策改数"


class Checked(models.Model):
    """The day a place was last checked as a whole 重查日: tells the worker that a new day has come. Derived."""

    owner: ClassVar[str] = "organisation"
    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="+")
    on = models.DateField()


class Apart(models.Model):
    """Two parties a person said are not one 不是同一当事人, so that nobody is asked again. ``one`` has the smaller number."""

    owner: ClassVar[str] = "other__organisation"
    one = models.ForeignKey(Party, models.CASCADE, related_name="+", verbose_name="当事人")
    other = models.ForeignKey(Party, models.CASCADE, related_name="+", verbose_name="当事人")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="认定人")
    on = models.DateField("日期")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("one", "other"), name="apart_once"),
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="apart_in_order"),
        )
        verbose_name = "不是同一当事人"
