"""``python -m wijkbeeld``: the same as the command ``wijkbeeld``."""

from wijkbeeld.cli import main

if __name__ == "__main__":
    main()
