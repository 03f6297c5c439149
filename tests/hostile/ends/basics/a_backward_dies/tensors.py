# Right values, and a backward that ends the process.
import os


class _Dies(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        os._exit(4)


_honest_linear = linear


def linear(x, weight, bias=None):
    return _Dies.apply(_honest_linear(x, weight, bias))
