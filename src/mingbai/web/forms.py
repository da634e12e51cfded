"""Forms of the pages that are no register's own. Each says in words what is wrong and what to type instead."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class SignInForm(forms.Form):
    login = forms.CharField(label=_("登录名"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none", "spellcheck": "false"}))
    password = forms.CharField(label=_("密码"), max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))


class Day(forms.DateInput):
    """A day as the browser picks it."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
