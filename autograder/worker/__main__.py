"""Entry of the zygote's process: ``python -I -m autograder.worker SETTINGS``."""

from __future__ import annotations

from autograder.worker.zygote import main

if __name__ == "__main__":
    main()
