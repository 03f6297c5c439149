"""A right train_step, for a LinearClassifier that calls it."""


def train_step(model, loss_fn, optimizer, x, y):
    """The optimizer's own way: a closure that it calls for loss and gradients."""

    def closure():
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        return loss

    return float(optimizer.step(closure))
