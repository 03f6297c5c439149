"""Code that is right on CUDA, as students write recurrent networks and decoders."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import rnn

from tests.simulated.legal_code import legal
from tests.simulated.legal_code_of_courses import made


def _weights(x: Tensor, gates: int = 1) -> list[Tensor]:
    shapes = (5 * gates, 4), (5 * gates, 5), (5 * gates,)
    return [(made(x, *shape) * 0.3).requires_grad_() for shape in shapes]


@legal
def rnn_into_a_tensor(x):
    inputs, (w_ih, w_hh, bias) = made(x, 6, 3, 4), _weights(x)
    out = torch.zeros(6, 3, 5, dtype=x.dtype, device=x.device)
    h = torch.zeros_like(out[0])
    for t in range(6):
        h = torch.tanh(inputs[t] @ w_ih.T + h @ w_hh.T + bias)
        out[t] = h
    out.square().sum().backward()
    return out, h, w_ih.grad, w_hh.grad, bias.grad


@legal
def lstm_by_chunks(x):
    w_ih, w_hh, bias = _weights(x, gates=4)
    h, c = x.new_zeros(2, 3, 5).unbind(0)
    outs = []
    for step in made(x, 6, 3, 4):
        i, f, g, o = (F.linear(step, w_ih, bias) + h @ w_hh.t()).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        outs += [h]
    torch.stack(outs).sum().backward()
    return torch.stack(outs), (h, c), w_ih.grad, w_hh.grad


@legal
def gru_by_slices(x):
    w_ih, w_hh, bias = _weights(x, gates=3)
    h = torch.zeros((3, 5), device=x.device).to(x.dtype)
    for step in made(x, 6, 3, 4):
        inputs, hidden = F.linear(step, w_ih, bias), F.linear(h, w_hh)
        r, z = torch.sigmoid(inputs[:, :10] + hidden[:, :10]).split(5, 1)
        h = torch.lerp(torch.tanh(inputs[:, 10:] + r * hidden[:, 10:]), h, z)
    h.sum().backward()
    return h, w_ih.grad, w_hh.grad


@legal
@torch.no_grad()
def backward_through_time_by_hand(x):
    inputs, gradients = made(x, 6, 3, 4), made(x, 6, 3, 5)
    w_ih, w_hh, _ = _weights(x)
    states = [torch.zeros(3, 5, device=x.device, dtype=x.dtype)]
    for step in inputs:
        states.append(torch.tanh(step @ w_ih.T + states[-1] @ w_hh.T))
    found = {"w_ih": torch.zeros_like(w_ih), "w_hh": torch.zeros_like(w_hh)}
    back, bias, to_inputs = w_hh.new_zeros(3, 5), 0, torch.empty_like(inputs)
    for t in reversed(range(6)):
        inner = (back + gradients[t]) * (1 - states[t + 1] ** 2)
        found["w_ih"] += inner.T @ inputs[t]
        found["w_hh"].addmm_(inner.t(), states[t])
        bias = bias + inner.sum(0)
        to_inputs[t] = inner @ w_ih
        back = inner @ w_hh
    return list(found.values()), bias, to_inputs, back


@legal
def truncated_backwards(x):
    torch.manual_seed(0)
    model, out = nn.LSTM(4, 5).to(x.device), nn.Linear(5, 2).to(x.device)
    parameters = [*model.parameters(), *out.parameters()]
    optimizer = torch.optim.SGD(parameters, lr=0.1)
    state, losses = None, []
    for chunk in made(x, 12, 3, 4).split(5):
        found, state = model(chunk, state)
        loss = out(found).square().mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 0.5)
        optimizer.step()
        state = tuple(part.detach() for part in state)
        losses.append(loss.detach())
    return torch.stack(losses), state


@legal
def sequences_of_any_length(x):
    torch.manual_seed(0)
    lengths = torch.tensor([2, 6, 4])
    batch = made(x, 3, 6, 4).requires_grad_()
    gru = nn.GRU(4, 5, batch_first=True, bidirectional=True).to(x.device)
    packed = rnn.pack_padded_sequence(
        batch, lengths, batch_first=True, enforce_sorted=False
    )
    found, last = gru(packed)
    out, seen = rnn.pad_packed_sequence(found, batch_first=True, padding_value=-1.0)
    out.sum().backward()
    padded = rnn.pad_sequence([batch[0], batch[1, :2]], batch_first=True)
    return out, seen.tolist(), last, batch.grad, padded, out[torch.arange(3), seen - 1]


@legal
def states_held_at_the_end_of_a_sequence(x):
    inputs, lengths = made(x, 6, 3, 4), torch.tensor([2, 6, 4]).to(x.device)
    h = inputs.new_zeros(3, 4)
    for t, step in enumerate(inputs):
        h = torch.where((t < lengths)[:, None], torch.tanh(step + h), h)
    steps = torch.arange(6, device=x.device)[:, None]
    mirrored = torch.where(steps < lengths, lengths - 1 - steps, steps)
    turned = inputs.gather(0, mirrored[..., None].expand(-1, -1, 4))
    return h, turned, inputs[mirrored, torch.arange(3, device=x.device)], inputs.flip(0)


class _Translator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(11, 4)
        self.reader = nn.GRU(4, 4, batch_first=True)
        self.cell = nn.GRUCell(8, 4)
        self.out = nn.Linear(8, 11)

    def forward(self, source: Tensor, target: Tensor, teach: list[bool]) -> Tensor:
        memory, h = self.reader(self.words(source))
        h = h[-1]
        context = torch.zeros(len(source), 4, device=source.device, dtype=memory.dtype)
        word, outs = target[:, 0], []
        for t, forced in enumerate(teach):
            h = self.cell(torch.cat([self.words(word), context], -1), h)
            scores = torch.bmm(memory, h.unsqueeze(2)).squeeze(2)
            weights = scores.masked_fill(source.eq(0), -1e9).softmax(-1)
            context = torch.einsum("ns,nsh->nh", weights, memory)
            outs.append(self.out(torch.cat((h, context), 1)))
            word = target[:, t + 1] if forced else outs[-1].argmax(-1).detach()
        return torch.stack(outs, 1)


@legal
def a_translator_trains(x):
    torch.manual_seed(0)
    model = _Translator().to(x.device)
    source = torch.arange(18, device=x.device).view(3, 6) * 5 % 11
    target = source[:, :5] + 0
    logits = model(source, target, [True, False, True, True])
    loss = F.cross_entropy(logits.transpose(1, 2), target[:, 1:], ignore_index=0)
    loss.backward()
    return logits, loss, [p.grad for p in model.parameters()]


def _reader(x: Tensor) -> tuple[nn.Embedding, nn.GRU, nn.Linear]:
    torch.manual_seed(0)
    made = nn.Embedding(11, 4), nn.GRU(4, 5), nn.Linear(5, 11)
    return tuple(part.to(x.device) for part in made)


@legal
def greedy_decoding(x):
    words, gru, out = _reader(x)
    with torch.inference_mode():
        word = torch.full((1, 3), 1, dtype=torch.long, device=x.device)
        done = torch.zeros(3, dtype=torch.bool, device=x.device)
        found, h = [word[0]], None
        for _ in range(6):
            logits, h = gru(words(word), h)
            nearest = out(logits)[-1].argmax(-1).masked_fill(done, 2)
            done |= nearest == 2
            found.append(nearest)
            word = nearest[None]
            if done.all():
                break
        return torch.stack(found, 1).clone(), done.clone(), (~done).sum().item()


@legal
@torch.no_grad()
def beams(x):
    words, gru, out = _reader(x)
    kept = torch.ones(1, 1, dtype=torch.long, device=x.device)
    scores = torch.zeros(1, device=x.device)
    for _ in range(4):
        logs = out(gru(words(kept.t()))[0][-1]).log_softmax(-1)
        scores, place = (scores[:, None] + logs).view(-1).topk(3)
        parent = torch.div(place, 11, rounding_mode="floor")
        kept = torch.cat([kept[parent], (place % 11)[:, None]], 1)
    alone = [([1], 0.0)]
    for _ in range(2):
        longer = []
        for said, score in alone:
            step = torch.tensor([[said[-1]]], device=x.device)
            logs = F.log_softmax(out(gru(words(step))[0])[0, 0], -1)
            for value, index in zip(*torch.topk(logs, 3)):
                longer.append(([*said, index.item()], score + value.item()))
        alone = sorted(longer, key=lambda one: -one[1])[:3]
    return kept, scores, kept[scores.argmax()].tolist(), [said for said, _ in alone]


@legal
def the_most_likely_words(x):
    logs = made(x, 2, 3, 11).log_softmax(-1)
    scores = torch.zeros(2, 3, device=x.device)
    scores[:, 1:] = -1e9
    best, place = (scores[..., None] + logs).flatten(1).topk(3, -1)
    parent, states = place // 11, made(x, 2, 3, 5)
    ordered, order = logs[0].sort(descending=True)
    past = ordered.exp().cumsum(-1) > 0.8
    past[..., 1:] = past[..., :-1].clone()
    past[..., 0] = False
    return (
        best,
        place % 11,
        states.gather(1, parent[..., None].expand(-1, -1, 5)),
        states[torch.arange(2, device=x.device)[:, None], parent],
        torch.take_along_dim(states, parent[..., None], 1),
        logs[0].masked_fill(past.scatter(1, order, past), float("-inf")),
        logs.masked_fill(logs < logs.topk(4).values[..., -1:], float("-inf")),
    )
