import torch


def soften(x):
	powers = x.exp()
        return powers / powers.sum(-1, keepdim=True)
