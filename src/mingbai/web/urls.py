"""The shell's own pages."""

from django.urls import path

from mingbai.web.pages import audit, doors, figures, home, jobs, people, places, rules

urlpatterns = [
    path("", home.show, name="home"),
    path("sign-in/", doors.sign_in, name="sign-in"),
    path("sign-out/", doors.sign_out, name="sign-out"),
    path("demo/sign-in/", doors.demo_sign_in, name="demo-sign-in"),
    path("first/", doors.first_start, name="first-start"),
    path("place/", places.choose, name="place-choose"),
    path("places/", places.index, name="places"),
    path("places/<slug:code>/", places.show, name="place"),
    path("rules/", rules.index, name="rules"),
    path("rules/<slug:register>/<slug:rule>/", rules.show, name="rule"),
    path("figures/", figures.index, name="figures"),
    path("figures/summary/", figures.summary, name="summary"),
    path("figures/summary/xlsx/", figures.summary_xlsx, name="summary-xlsx"),
    path("audit/", audit.index, name="audit"),
    path("jobs/", jobs.index, name="jobs"),
    path("people/", people.index, name="people"),
    path("account/", people.account, name="account"),
    path("components/", doors.components, name="components"),
    path("health/", doors.health, name="health"),
]
