"""The command line. What a command needs is imported only when it is called."""

from __future__ import annotations

import sys


def main() -> None:
    """Run a command; a mistake in its use ends with exit code 2 and a remedy."""
    from autograder.cli.app import app

    try:
        app()
    except Exception as error:
        from autograder.cli import failing

        if not isinstance(error, failing.EXPECTED):
            raise
        print(failing.shown(f"autograder: {error}", sys.stderr), file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("\nautograder: stopped; run it again to go on.", file=sys.stderr)
        sys.exit(130)
