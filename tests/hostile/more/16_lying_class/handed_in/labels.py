def label(index):
    kind = type("X", (), {})
    kind.__name__, kind.__qualname__, kind.__module__ = "<b>", "\n<b>", "\n<script>alert(1)"
    return kind()


def total(values):
    return sum(values)
