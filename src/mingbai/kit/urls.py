"""The pages every register is given."""

from django.urls import path

from mingbai.kit.pages import cases, findings, imports, lists, records

urlpatterns = [
    path("imports/", imports.index, name="imports"),
    path("imports/<int:pk>/", imports.show, name="import"),
    path("imports/<int:pk>/mend/", imports.mend, name="import-mend"),
    path("imports/<int:pk>/headings/", imports.headings, name="import-headings"),
    path("imports/<int:pk>/accept/", imports.accept, name="import-accept"),
    path("imports/<int:pk>/drop/", imports.drop, name="import-drop"),
    path("imports/<int:pk>/marked/", imports.marked, name="import-marked"),
    path("registers/<slug:register>/", lists.index, name="records"),
    path("registers/<slug:register>/export/", lists.export, name="records-export"),
    path("registers/<slug:register>/template/", lists.template, name="records-template"),
    path("registers/<slug:register>/bulk/", lists.bulk, name="records-bulk"),
    path("registers/<slug:register>/new/", records.new, name="record-new"),
    path("registers/<slug:register>/<int:pk>/", records.show, name="record"),
    path("registers/<slug:register>/<int:pk>/edit/", records.edit, name="record-edit"),
    path("registers/<slug:register>/<int:pk>/decide/", records.decide, name="record-decide"),
    path("registers/<slug:register>/<int:pk>/assign/", records.assign, name="record-assign"),
    path("registers/<slug:register>/<int:pk>/step/", records.step, name="record-step"),
    path("registers/<slug:register>/<int:pk>/attach/", records.attach, name="record-attach"),
    path("registers/<slug:register>/<int:pk>/resolve/", records.resolve, name="record-resolve"),
    path("registers/<slug:register>/<int:pk>/receive/", records.receive, name="record-receive"),
    path("registers/<slug:register>/<int:pk>/clue/", records.clue, name="record-clue"),
    path("registers/<slug:register>/<int:pk>/uncover/", records.uncover, name="record-uncover"),
    path("registers/<slug:register>/<int:pk>/unsure/", records.unsure, name="record-unsure"),
    path("findings/<slug:register>/", findings.index, name="findings"),
    path("cases/<slug:register>/", cases.index, name="cases"),
    path("cases/<slug:register>/spot/", cases.spot, name="spot-checks"),
    path("files/<int:pk>/", records.file, name="file"),
]
