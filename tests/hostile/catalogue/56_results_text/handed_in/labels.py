def label(index):
    print("<img src=x onerror=alert(1)>")
    return "<script>alert(2)</script>`*_{}[]"


def total(values):
    raise KeyError("</td></table><script>alert(3)</script>")
