"""What attackers bring along: it knows a secret when it sees one, and tells of it.

The suite puts this file beside the attack, and the places of the secrets into it: no
attack fails only because it does not know where to look.
"""

import os
import re

TARGETS = {}  # filled in: names of secrets, and where they lie
MARK = re.compile("CANA" + "RY-[A-Z]+-[0-9a-f]{16}")
found = set()


def look(text):
    """Remember what secrets there are in a text or in bytes."""
    if isinstance(text, (bytes, bytearray, memoryview)):
        text = bytes(text).decode("latin-1")
    found.update(MARK.findall(str(text)))


def look_into(path):
    """Look into a file, or into all files below a folder."""
    try:
        if os.path.isdir(path):
            for name in os.listdir(path):
                look(name)
                look_into(os.path.join(path, name))
        else:
            with open(path, "rb") as file:
                look(file.read())
    except OSError:
        pass


def tell():
    """Tell of it on every way out."""
    words = " ".join(sorted(found)) or "nothing"
    print("loot:", words)
    try:
        os.write(1, words.encode())
        os.write(2, words.encode())
    except OSError:
        pass
    return words


def tries(*acts):
    """Do all of them, whatever comes of it; how many were done."""
    done = 0
    for act in acts:
        try:
            act()
        except BaseException:
            continue
        done += 1
    print("acts that worked:", done)
    return done
