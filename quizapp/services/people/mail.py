"""Mail, where the operator gave an SMTP server: smtps://user:password@host:465/?from=a@b.org."""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

WAIT_S = 10


class MailFailed(RuntimeError):
    """The message was not taken; nothing else failed."""


def send(smtp_url: str, to: str, subject: str, text: str) -> None:
    """Hand one plain message to the server; MailFailed where it does not take it."""
    server = urlsplit(smtp_url)
    message = EmailMessage()
    message["To"], message["Subject"], message["From"] = to, subject, sender(smtp_url)
    message.set_content(text)
    try:
        with _connect(server) as smtp:
            smtp.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise MailFailed(str(error)) from error


def sender(smtp_url: str) -> str:
    """Return whom the mail comes from: `from` in the address, else its user, else quizapp@host."""
    server = urlsplit(smtp_url)
    given = parse_qs(server.query).get("from", [""])[0]
    user = unquote(server.username or "")
    return given or (user if "@" in user else f"quizapp@{server.hostname}")


def _connect(server: SplitResult) -> smtplib.SMTP:
    """Connect and sign in; a password never travels in the clear."""
    host, context = server.hostname or "localhost", ssl.create_default_context()
    if server.scheme == "smtps":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            host, server.port or 465, timeout=WAIT_S, context=context
        )
    else:
        smtp = smtplib.SMTP(host, server.port or 587, timeout=WAIT_S)
        smtp.ehlo()
        if smtp.has_extn("starttls"):
            smtp.starttls(context=context)
        elif server.username:
            smtp.close()
            raise smtplib.SMTPNotSupportedError("the server offers no TLS for the password")
    if server.username:
        smtp.login(unquote(server.username), unquote(server.password or ""))
    return smtp
