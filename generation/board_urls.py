"""How far a company is, and what was released to it."""

from __future__ import annotations

from django.urls import path

from .views import board, board_files, board_member, closing, papers

app_name = "board"
urlpatterns = [
    path("", board.board, name="board"),
    path("wall/", board.wall, name="wall"),
    path("wall/alike/", board.alike, name="alike"),
    path("wall/approve/", board.approve_all, name="approve_all"),
    path("again/", board.again, name="again"),
    path("pictures/", board_files.pictures, name="pictures"),
    path("pictures.zip", board_files.archive, name="archive"),
    path("board.csv", board_files.table, name="table"),
    path("members/<uuid:member>/", board_member.member, name="member"),
    path("members/<uuid:member>/remove/", board_member.remove, name="remove"),
    path("portraits/<uuid:portrait>/approve/", board_member.approve, name="approve"),
    path("portraits/<uuid:portrait>/redo/", board_member.redo, name="redo"),
    path("portraits/<uuid:portrait>/<str:size>/", board_files.portrait, name="portrait"),
    # Its end and its data protection papers; the settings link here.
    path("settings/close/", closing.close, name="close"),
    path("settings/papers/<slug:paper>/", papers.show, name="paper"),
    path("settings/papers/<slug:paper>.md", papers.download, name="paper_file"),
]
