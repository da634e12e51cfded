"""The shell's own pages."""

from django.urls import path
from django.views.i18n import set_language

from mingbai.web.pages import (
    audit,
    figures,
    first,
    home,
    house,
    jobs,
    parties,
    people,
    places,
    policies,
    rules,
    signing,
)

urlpatterns = [
    path("", home.show, name="home"),
    path("sign-in/", signing.sign_in, name="sign-in"),
    path("sign-in/code/", signing.second_factor, name="second"),
    path("sign-out/", signing.sign_out, name="sign-out"),
    path("demo/sign-in/", signing.demo_sign_in, name="demo-sign-in"),
    path("first/", first.show, name="first-start"),
    path("place/", places.choose, name="place-choose"),
    path("places/", places.index, name="places"),
    path("places/<slug:code>/", places.show, name="place"),
    path("places/<slug:code>/roster/", places.roster, name="roster"),
    path("places/<slug:code>/cells/", places.cells, name="cells"),
    path("places/<slug:code>/merge/", places.merge, name="merge"),
    path("parties/", parties.index, name="parties"),
    path("people/", people.index, name="people"),
    path("people/<int:pk>/", people.show, name="person"),
    path("account/", people.account, name="account"),
    path("account/second/", people.second_factor, name="account-second"),
    path("account/elsewhere/", people.elsewhere, name="account-elsewhere"),
    path("policies/", policies.index, name="policies"),
    path("rules/", rules.index, name="rules"),
    path("rules/<slug:register>/<slug:rule>/", rules.show, name="rule"),
    path("figures/", figures.index, name="figures"),
    path("figures/summary/", figures.summary, name="summary"),
    path("figures/summary/xlsx/", figures.summary_xlsx, name="summary-xlsx"),
    path("audit/", audit.index, name="audit"),
    path("audit/export/", audit.export, name="audit-export"),
    path("jobs/", jobs.index, name="jobs"),
    path("jobs/<int:pk>/", jobs.show, name="job"),
    path("language/", set_language, name="language"),
    path("components/", house.components, name="components"),
    path("health/", house.health, name="health"),
]
