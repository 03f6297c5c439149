from torch import sofmax
