"""The pages of the books."""

from django.urls import path

from mingbai.books.pages import bank, bridge, desk, dues, imports, months, reports

urlpatterns = [
    path("books/", months.board, name="books"),
    path("books/voucher/<int:pk>/", desk.show, name="voucher"),
    path("books/voucher/<int:pk>/pdf/", desk.paper, name="voucher-pdf"),
    path("books/voucher/<int:pk>/reverse/", desk.take_back, name="voucher-reverse"),
    path("books/in/<int:pk>/", imports.one, name="books-import"),
    path("books/in/<int:pk>/settle/", imports.settle, name="books-import-settle"),
    path("books/in/<int:pk>/marked/", imports.marked, name="books-import-marked"),
    path("books/<slug:code>/", months.month, name="books-month"),
    path("books/<slug:code>/new/", desk.new, name="voucher-new"),
    path("books/<slug:code>/close/", months.close, name="books-close"),
    path("books/<slug:code>/accounts/", desk.accounts, name="books-accounts"),
    path("books/<slug:code>/statements/", reports.statements, name="books-statements"),
    path("books/<slug:code>/trial/", reports.trial, name="books-trial"),
    path("books/<slug:code>/parties/", reports.parties, name="books-parties"),
    path("books/<slug:code>/notes/", reports.notes, name="books-notes"),
    path("books/<slug:code>/in/", imports.index, name="books-imports"),
    path("books/<slug:code>/dues/", dues.show, name="books-dues"),
    path("books/<slug:code>/dues/book/", dues.book, name="books-dues-book"),
    path("books/<slug:code>/bank/", bank.desk, name="books-bank"),
    path("books/<slug:code>/bank/settle/", bank.settle, name="books-bank-settle"),
    path("books/<slug:code>/reconciliation/", bank.reconciliation, name="books-reconciliation"),
    path("books/<slug:code>/bridge/", bridge.show, name="books-bridge"),
    path("books/<slug:code>/bridge/settle/", bridge.settle, name="books-bridge-settle"),
    path("books/<slug:code>/ledger/<slug:account>/", reports.ledger, name="books-ledger"),
    path("books/<slug:code>/ledger/<slug:account>/<slug:form>/", reports.ledger_file, name="books-ledger-file"),
    path("books/<slug:code>/file/<slug:what>/", reports.file, name="books-file"),
]
