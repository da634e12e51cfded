"""Forms of the pages that are no register's own. Each says in words what is wrong and what to type instead."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from mingbai.places.models import Person
from mingbai.places.tree import STEP
from mingbai.units import Value, parse_phone


class SignInForm(forms.Form):
    login = forms.CharField(
        label=_("登录名"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("动态码"),
        max_length=20,
        help_text=_("手机验证器上的六位数；手机不在身边，就输一个恢复码。"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )


class Day(forms.DateInput):
    """A day as the browser picks it."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


def _new_password(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("至少 10 个字；别用容易猜的，例如生日、12345。一句自己记得住的话最好。"),
    )


class LoginField(forms.RegexField):
    """A login name: letters, digits and a few marks, so that it can be typed everywhere."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            regex="^[A-Za-z0-9_.-]{2,40}$",
            label=_("登录名"),
            max_length=40,
            error_messages={"invalid": _("用 2 到 40 个字母、数字，例如 wang.jianguo")},
            widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
            **options,
        )


class NewPassword(forms.Form):
    """Twice the same, and not a bad one."""

    password = _new_password(_("密码"))
    again = forms.CharField(
        label=_("再输一遍密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        password, again = said.get("password"), said.get("again")
        if password:
            try:
                validate_password(password)
            except forms.ValidationError as error:
                self.add_error("password", error)
            if again is not None and again != password:
                self.add_error("again", _("两遍不一样，请再输一遍"))
        return said


class AdministratorForm(NewPassword):
    login = LoginField()
    name = forms.CharField(label=_("姓名"), max_length=40)
    field_order = ("name", "login", "password", "again")


class InvitedForm(NewPassword):
    """A person's first password, or a new one after it was reset."""

    login = LoginField()
    code = forms.CharField(
        label=_("邀请码"),
        max_length=40,
        help_text=_("给您开账号的人告诉您的，三段字母和数字，七天内有效，只能用一次。"),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    field_order = ("login", "code", "password", "again")


class AccountForm(NewPassword):
    """A new password for oneself, after the present one."""

    now = forms.CharField(
        label=_("现在的密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("now", "password", "again")

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        self._person = person

    def clean_now(self) -> str:
        said: str = self.cleaned_data["now"]
        if not check_password(said, self._person.password):
            raise forms.ValidationError(_("现在的密码不对，请再输一遍"))
        return said


class OfficerForm(forms.Form):
    name = forms.CharField(label=_("姓名"), max_length=40)
    post = forms.CharField(label=_("职务"), max_length=40, widget=forms.TextInput(attrs={"list": "posts"}))
    since = forms.DateField(label=_("任职日期"), required=False, widget=Day())
    until = forms.DateField(label=_("离任日期"), required=False, widget=Day())

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("since") and said.get("until") and said["until"] < said["since"]:
            self.add_error("until", _("离任不能早于任职"))
        return said


class KinForm(forms.Form):
    officer: Any = forms.ModelChoiceField(label=_("哪位村干部"), queryset=None)
    name = forms.CharField(label=_("亲属姓名"), max_length=40)
    relation = forms.CharField(label=_("关系"), max_length=20, widget=forms.TextInput(attrs={"list": "relations"}))

    def __init__(self, *args: Any, officers: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["officer"].queryset = officers
        self.fields["officer"].label_from_instance = lambda officer: f"{officer.post} {officer.name}"


class CellForm(forms.Form):
    """A grid cell; leader and members are people who may work there."""

    title = forms.CharField(
        label=_("名称"), max_length=60, widget=forms.TextInput(attrs={"placeholder": _("例如：第一责任田（果园片）")})
    )
    leader: Any = forms.ModelChoiceField(label=_("负责人"), queryset=None)
    members: Any = forms.ModelMultipleChoiceField(
        label=_("成员"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple()
    )

    def __init__(self, *args: Any, people: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("leader", "members"):
            self.fields[name].queryset = people
            self.fields[name].label_from_instance = lambda person: f"{person.name}（{person.login}）"


class PlaceField(forms.ModelChoiceField):
    """An organisation in reach, by its code, drawn as the tree."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=None, to_field_name="code", empty_label=None, **options)

    def label_from_instance(self, place: Any) -> str:
        return "　" * (len(place.path) // STEP - 1) + place.name


class GrantForm(forms.Form):
    """A role over a place, for a while or for good."""

    role: Any = forms.ModelChoiceField(label=_("角色"), queryset=None, to_field_name="key")
    place: Any = PlaceField(label=_("管哪里（连同下面的）"))
    until = forms.DateField(
        label=_("到哪天为止（不含）"), required=False, widget=Day(), help_text=_("不填就一直有效，随时可以收回")
    )

    def __init__(self, *args: Any, places: Any, roles: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["place"].queryset = places
        self.fields["role"].queryset = roles


class InviteForm(GrantForm):
    """A new person, with the first role."""

    name = forms.CharField(label=_("姓名"), max_length=40)
    login = LoginField(help_text=_("登录用，用字母和数字，例如姓名的拼音"))
    phone = forms.CharField(
        label=_("电话"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    field_order = ("name", "login", "role", "place", "phone")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["until"]

    def clean_login(self) -> str:
        said: str = self.cleaned_data["login"]
        if Person.objects.filter(login__iexact=said).exists():
            raise forms.ValidationError(_("这个登录名有人用了，换一个，例如后面加村名的拼音"))
        return said

    def clean_phone(self) -> str:
        said: str = self.cleaned_data["phone"].strip()
        if said and not isinstance(parse_phone(said), Value):
            raise forms.ValidationError(_("不像电话号码，请写 11 位手机号或带区号的座机"))
        return said


class ChangeForm(forms.Form):
    """A local number to be changed."""

    parameter = forms.ChoiceField(label=_("哪个数"))
    value = forms.CharField(
        label=_("改成"),
        max_length=200,
        help_text=_("一个数，例如 5；金额写元；按地类的写：耕地 100；园地 120；日期写 2028-12-31"),
    )
    since = forms.DateField(label=_("从哪天起"), widget=Day())
    source = forms.CharField(label=_("依据"), max_length=200, help_text=_("哪个会、哪一天、哪个文号"))
    note = forms.CharField(label=_("说明"), max_length=300, required=False)

    def __init__(self, *args: Any, parameters: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["parameter"].choices = parameters


class MergeForm(forms.Form):
    """One organisation taken into another of its level."""

    into: Any = PlaceField(label=_("并入哪里"))
    on = forms.DateField(label=_("哪天合并的"), widget=Day())
    source = forms.CharField(label=_("依据"), max_length=200, help_text=_("批准合并的文件或者决议"))

    def __init__(self, *args: Any, places: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["into"].queryset = places
