"""The tree of organisations, the parties of contracts, officers and kin, people with their roles, and grid cells."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from mingbai.places.tree import after, ancestors, child_path
from mingbai.vault.fields import FreeLine, SealedField


class Organisation(models.Model):
    """An organisation 组织: a node of the tree province … street … village … group.

    ``parent`` is the truth; ``path`` is derived from it (fixed-width numbers, so that a subtree is a half-open range of
    text); the 12-digit ``code`` is a fact about it. A merger keeps the merged organisation with its date.
    """

    class Level(models.TextChoices):
        PROVINCE = "province", "省"
        CITY = "city", "市"
        COUNTY = "county", "县（区）"
        TOWNSHIP = "township", "乡镇（街道）"
        VILLAGE = "village", "村"
        GROUP = "group", "组"

    owner: ClassVar[str] = ""
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    code = models.CharField("代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=100)
    level = models.CharField("层级", max_length=10, choices=Level.choices)
    is_collective = models.BooleanField("集体经济组织", default=False)
    path = models.CharField(max_length=60, unique=True, editable=False)
    since = models.DateField("设立日期", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="absorbed", verbose_name="并入"
    )
    merged_on = models.DateField("合并日期", null=True, blank=True)

    class Meta:
        ordering = ("path",)
        verbose_name = "组织"

    def __str__(self) -> str:
        return self.name

    def placed(self) -> Organisation:
        """Itself with its path set from its parent; call before the first save."""
        last = Organisation.objects.filter(parent=self.parent).order_by("path").values_list("path", flat=True).last()
        self.path = child_path(self.parent.path if self.parent else "", last)
        return self

    @property
    def below(self) -> models.QuerySet[Organisation]:
        """Itself and everything under it."""
        return Organisation.objects.filter(path__gte=self.path, path__lt=after(self.path))

    @property
    def above(self) -> models.QuerySet[Organisation]:
        """Itself and everything over it, from the top."""
        return Organisation.objects.filter(path__in=ancestors(self.path))


class People(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(login=username)


class Person(AbstractBaseUser):
    """A person 人员 who signs in. What they may do stands in their grants."""

    owner: ClassVar[str] = "home"
    login = models.CharField("登录名", max_length=40, unique=True)
    name = FreeLine("姓名", max_length=40)
    home = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="people", verbose_name="所在组织"
    )
    phone = SealedField("电话", null=True, blank=True)
    is_active = models.BooleanField("在用", default=True)
    second = SealedField("动态码密钥", null=True, blank=True)
    second_step = models.BigIntegerField("上次用的动态码", default=0)
    recovery = SealedField("恢复码", null=True, blank=True)

    invited = models.CharField(max_length=32, blank=True)
    """The mark of an invitation's code that nobody has used yet."""
    invited_until = models.DateTimeField("邀请有效到", null=True, blank=True)

    objects: ClassVar[People] = People()
    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ("login",)
        verbose_name = "人员"

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """A role 角色: a named bundle of powers. Roles are data; later work adds powers to them."""

    owner: ClassVar[str] = ""
    key = models.SlugField("代号", unique=True)
    title = models.CharField("名称", max_length=20)
    powers = models.JSONField("权力", default=list)

    class Meta:
        ordering = ("id",)
        verbose_name = "角色"

    def __str__(self) -> str:
        return self.title


class Grant(models.Model):
    """A grant 授权: this person holds this role over this organisation and all below it, from a day to a day."""

    owner: ClassVar[str] = "organisation"
    person = models.ForeignKey(Person, models.PROTECT, related_name="grants", verbose_name="人员")
    role = models.ForeignKey(Role, models.PROTECT, related_name="grants", verbose_name="角色")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="grants", verbose_name="范围")
    granted_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="granted", verbose_name="授权人"
    )
    since = models.DateField("起", null=True, blank=True)
    until = models.DateField("止（不含）", null=True, blank=True)

    class Meta:
        verbose_name = "授权"

    def holds(self, on: date) -> bool:
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


class Officer(models.Model):
    """An officer 村干部: who held which post, from when to when."""

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="officers", verbose_name="组织")
    name = FreeLine("姓名", max_length=40)
    post = FreeLine("职务", max_length=40)
    since = models.DateField("任职日期", null=True, blank=True)
    until = models.DateField("离任日期", null=True, blank=True)

    class Meta:
        ordering = ("id",)
        verbose_name = "村干部"


class Kin(models.Model):
    """Kin 近亲属 of an officer."""

    owner: ClassVar[str] = "officer__organisation"
    officer = models.ForeignKey(Officer, models.CASCADE, related_name="kin", verbose_name="村干部")
    name = FreeLine("姓名", max_length=40)
    relation = FreeLine("关系", max_length=20)

    class Meta:
        ordering = ("id",)
        verbose_name = "近亲属"


class Party(models.Model):
    """A party 当事人: a lessee or debtor as one village writes them. ``same_as`` is set by a person, never by a match
    of names alone; ``id_mark`` finds equal identity numbers without opening them."""

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="parties", verbose_name="组织")
    name = FreeLine("姓名或名称", max_length=200, db_index=True)
    id_no = SealedField("证件号码", null=True, blank=True)
    id_mark = models.CharField(max_length=32, blank=True, db_index=True)
    phone = SealedField("电话", null=True, blank=True)
    same_as = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="others", verbose_name="同一人"
    )

    class Meta:
        ordering = ("id",)
        verbose_name = "当事人"

    def __str__(self) -> str:
        return self.name


class GridCell(models.Model):
    """A grid cell 责任田: part of a village's work, with a leader who answers for it and members who do it."""

    owner: ClassVar[str] = "organisation"
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="cells", verbose_name="组织")
    title = FreeLine("名称", max_length=60)
    leader = models.ForeignKey(Person, models.PROTECT, related_name="leads", verbose_name="负责人")
    members: Any = models.ManyToManyField(Person, blank=True, related_name="cells", verbose_name="成员")

    class Meta:
        ordering = ("id",)
        verbose_name = "责任田"

    def __str__(self) -> str:
        return self.title


class Home(models.Model):
    """The home 家目录 itself: is it a demo, and which day is today in it. One row."""

    owner: ClassVar[str] = ""
    is_demo = models.BooleanField(default=False)
    today = models.DateField(null=True, blank=True)
    seed = models.BigIntegerField(null=True, blank=True)
