"""The pages of the books."""

from django.urls import path

from mingbai.books.pages import desk, months, reports

urlpatterns = [
    path("books/", months.board, name="books"),
    path("books/voucher/<int:pk>/", desk.show, name="voucher"),
    path("books/voucher/<int:pk>/pdf/", desk.paper, name="voucher-pdf"),
    path("books/voucher/<int:pk>/reverse/", desk.take_back, name="voucher-reverse"),
    path("books/<slug:code>/", months.month, name="books-month"),
    path("books/<slug:code>/new/", desk.new, name="voucher-new"),
    path("books/<slug:code>/close/", months.close, name="books-close"),
    path("books/<slug:code>/accounts/", desk.accounts, name="books-accounts"),
    path("books/<slug:code>/statements/", reports.statements, name="books-statements"),
    path("books/<slug:code>/trial/", reports.trial, name="books-trial"),
    path("books/<slug:code>/parties/", reports.parties, name="books-parties"),
    path("books/<slug:code>/ledger/<slug:account>/", reports.ledger, name="books-ledger"),
    path("books/<slug:code>/file/<slug:what>/", reports.file, name="books-file"),
]
