"""What a WSGI server and the `flask` command load."""

from quizapp import create_app
from quizapp.config import UnsafeSettings

try:
    app = create_app()
except UnsafeSettings as error:  # one line says more than a traceback
    raise SystemExit(f"quizapp: {error}") from None
