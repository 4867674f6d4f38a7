"""What goes with questions to another bank: their pictures, and the articles that prove them."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.core.markdown import images
from quizapp.core.question import Question as Content
from quizapp.core.question_types.texts import texts
from quizapp.models import Article, ArticleVersion, Evidence, MediaUse, Question, QuestionVersion
from quizapp.services.identifiers import new_uid
from quizapp.services.transfer.import_content import insert_rows

OTHER_PICTURE = "The other bank has another picture of the same name, {name}."


class Luggage:
    """What one move carries, inside its transaction."""

    def __init__(self, session: Session, bank_id: int, target_id: int) -> None:
        self._session, self._bank_id, self._target_id = session, bank_id, target_id
        self._articles: dict[int, tuple[int, int, int] | None] = {}

    def pack(self, questions: Sequence[Question]) -> dict[int, str]:
        """Give the target the pictures of these questions; return why some cannot have theirs."""
        ours, theirs = self._media(self._bank_id), self._media(self._target_id)
        refused: dict[int, str] = {}
        if not ours:
            return refused
        wanted = self._pictures([question.id for question in questions])
        new: dict[str, str] = {}
        for question_id, names in wanted.items():
            clash = [name for name in names if name in ours
                     and theirs.get(name, ours[name]) != ours[name]]  # fmt: skip
            if clash:
                refused[question_id] = OTHER_PICTURE.format(name=clash[0])
            else:
                new |= {name: ours[name] for name in names if name in ours and name not in theirs}
        rows = [{"bank_id": self._target_id, "sha256": sha256, "name": name}
                for name, sha256 in sorted(new.items())]  # fmt: skip
        insert_rows(self._session, MediaUse, rows)
        return refused

    def move_evidence(self, fact_id: int) -> None:
        """Let what proves a moved fact stand in the target's articles; older versions are left."""
        query = sa.select(Evidence).where(Evidence.fact_id == fact_id).order_by(Evidence.id)
        for row in self._session.scalars(query).all():
            there = self._article(row.article_id)
            if there is None or row.article_version != there[2]:
                self._session.delete(row)
            else:
                row.article_id, row.article_version = there[0], there[1]

    def copy_evidence(self, fact_id: int, copy_id: int) -> None:
        """Let a copy of a fact be proved as the fact is, in the target's articles."""
        query = sa.select(Evidence).where(Evidence.fact_id == fact_id).order_by(Evidence.id)
        for row in self._session.scalars(query).all():
            there = self._article(row.article_id)
            if there is not None and row.article_version == there[2]:
                self._session.add(
                    Evidence(
                        fact_id=copy_id,
                        article_id=there[0],
                        article_version=there[1],
                        start=row.start,
                        end=row.end,
                        quote=row.quote,
                        state=row.state,
                    )
                )

    def _article(self, article_id: int) -> tuple[int, int, int] | None:
        """Return the target's article of the same text, made where there is none.

        That is its id and version, and the version here that it is.
        """
        if article_id not in self._articles:
            article = self._session.get_one(Article, article_id)
            version = self._session.get_one(ArticleVersion, (article.id, article.version))
            found = self._same(version.sha256) or self._copy(article, version)
            self._articles[article_id] = (*found, article.version)
        return self._articles[article_id]

    def _same(self, sha256: str) -> tuple[int, int] | None:
        query = (
            sa.select(Article.id, Article.version)
            .join(
                ArticleVersion,
                (ArticleVersion.article_id == Article.id)
                & (ArticleVersion.number == Article.version),
            )
            .where(Article.bank_id == self._target_id, ArticleVersion.sha256 == sha256)
            .order_by(Article.id)
        )
        row = self._session.execute(query).first()
        return (row[0], row[1]) if row else None

    def _copy(self, article: Article, version: ArticleVersion) -> tuple[int, int]:
        key = article.key
        taken = sa.select(Article.id).where(Article.bank_id == self._target_id, Article.key == key)
        if self._session.scalar(taken) is not None:
            key = f"{key[:160]}-{new_uid()}"
        copy = Article(uid=new_uid(), bank_id=self._target_id, key=key, version=1)
        self._session.add(copy)
        self._session.flush()
        columns = [column.name for column in ArticleVersion.__table__.columns]
        values = {name: getattr(version, name) for name in columns}
        self._session.add(ArticleVersion(**values | {"article_id": copy.id, "number": 1}))
        self._session.flush()
        return copy.id, 1

    def _media(self, bank_id: int) -> dict[str, str]:
        query = sa.select(MediaUse.name, MediaUse.sha256).where(MediaUse.bank_id == bank_id)
        return {row[0]: row[1] for row in self._session.execute(query)}

    def _pictures(self, ids: Sequence[int]) -> dict[int, list[str]]:
        """Return the names of the pictures of questions, in all their versions."""
        query = sa.select(
            Question.id, Question.type, QuestionVersion.stem, QuestionVersion.body
        ).join(QuestionVersion, QuestionVersion.question_id == Question.id)
        found: dict[int, list[str]] = {}
        for id_, kind, stem, body in self._session.execute(query.where(Question.id.in_(ids))):
            names = [name for _, text in texts(Content(kind, stem, body))
                     for _, name in images(text)]  # fmt: skip
            if names:
                found.setdefault(id_, []).extend(names)
        return found
