# Heads that ask for a hundred gigabytes.
def merge_heads(x):
    return torch.zeros(10**11, dtype=torch.uint8)
