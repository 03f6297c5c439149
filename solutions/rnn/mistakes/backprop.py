"""The classic wrong turns in backprop.py."""

from __future__ import annotations

import torch

from autograder import changed, mistake, reference

# fmt: off
changed("bptt", name="counts_the_last_loss_only",
        grad_outputs=lambda grad_outputs: _last_row(grad_outputs),
        like="gradients of the last output's loss, without those of the others",
        ask="Which rows of grad_outputs does your loop use?")
changed("bptt", name="begins_with_zeros", h0=lambda h0: h0 * 0,
        like="gradients of a network that begins with zeros, whatever h0 is",
        ask="With which state does your forward pass begin?")
changed("bptt", name="forgets_the_biases", bias_ih=lambda bias_ih: bias_ih * 0,
        bias_hh=lambda bias_hh: bias_hh * 0,
        like="gradients at the states of a network without biases",
        ask="What does your forward pass add to the two products?")
changed("bptt", name="forgets_bias_hh", bias_hh=lambda bias_hh: bias_hh * 0,
        like="gradients at the states of a network with one bias",
        ask="How many biases does your forward pass add?")
changed("truncated_bptt", name="never_cuts", chunk=1000,
        like="the gradients of bptt, whatever the chunk is",
        ask="What must not pass from a chunk to the one before?")
changed("truncated_bptt", name="cuts_at_each_step", chunk=1,
        like="gradients that never reach the step before, whatever the chunk is",
        ask="How far back does a gradient go inside a chunk of three steps?")
changed("truncated_bptt", name="cuts_one_step_late",
        chunk=lambda chunk: chunk + 1,
        like="gradients with chunks that are one step longer",
        ask="With chunks of two steps, to which chunk does the third step belong?")
changed("truncated_bptt", name="begins_with_zeros", h0=lambda h0: h0 * 0,
        like="gradients of a network that begins with zeros, whatever h0 is",
        ask="With which state does your forward pass begin?")
changed("truncated_bptt", name="counts_the_last_loss_only",
        grad_outputs=lambda grad_outputs: _last_row(grad_outputs),
        like="gradients of the last output's loss, without those of the others",
        ask="Which rows of grad_outputs does your loop use?")
changed("gradient_norms", name="begins_with_zeros", h0=lambda h0: h0 * 0,
        like="norms for a network that begins with zeros, whatever h0 is",
        ask="With which state does your forward pass begin?")
changed("gradient_norms", name="reads_no_input", x=lambda x: x * 0,
        like="norms for a network that reads zeros only",
        ask="Does the slope of tanh depend on the input?")
# fmt: on


@mistake(question="Who else changes if the state of step 1 does, beside output 1?")
def bptt__forgets_the_later_steps(*arguments):
    """gradients that never reach the step before: each step by itself"""
    return _walk(*arguments, cut=lambda t: True)


@mistake(question="tanh's slope is 1 - h^2: of which step's state?")
def bptt__takes_the_slope_at_the_state_before(*arguments):
    """gradients with the slope 1 - h_{t-1}^2 in place of 1 - h_t^2"""
    return _walk(*arguments, slope=lambda h, before, z: 1 - before**2)


@mistake(question="Is 1 - z^2 the slope of tanh at z?")
def bptt__takes_the_slope_of_the_sum(*arguments):
    """gradients with the slope 1 - z_t^2 in place of 1 - h_t^2"""
    return _walk(*arguments, slope=lambda h, before, z: 1 - z**2)


@mistake(question="What stands between z_t and h_t?")
def bptt__forgets_the_tanh(*arguments):
    """gradients that pass the tanh as if it were not there"""
    return _walk(*arguments, slope=lambda h, before, z: torch.ones_like(h))


@mistake(question="What is the derivative of tanh, written in h?")
def bptt__takes_the_slope_of_a_sigmoid(*arguments):
    """gradients with h (1 - h), the slope of a sigmoid, in place of tanh's"""
    return _walk(*arguments, slope=lambda h, before, z: h * (1 - h))


@mistake(question="Unit j of z is row j of weight_hh times h: what comes back to h?")
def bptt__transposes_weight_hh(*arguments):
    """gradients that go back in time through the transpose of the right matrix"""
    return _walk(*arguments, back=lambda grad_z, weight_hh: grad_z @ weight_hh.T)


@mistake(question="In which order does the gradient visit the steps?")
def bptt__walks_forwards(*arguments):
    """gradients that are handed on from the first step to the last"""
    return _walk(*arguments, forwards=True)


@mistake(question="Which state is multiplied with weight_hh in step t?")
def bptt__pairs_weight_hh_with_the_new_state(*arguments):
    """gradients with h_t in place of h_{t-1} in that of weight_hh"""
    x, h0, weight_ih, weight_hh, bias_ih, bias_hh, _ = arguments
    grads = _walk(*arguments)
    states = _states(x, h0, weight_ih, weight_hh, bias_ih + bias_hh)
    grad_z = _grad_z(*arguments)
    return {**grads, "weight_hh": torch.einsum("tnh,tnk->hk", grad_z, states[1:])}


@mistake(question="What happens to the shares of all the steps that use a weight?")
def bptt__keeps_one_steps_share(*arguments):
    """weight gradients with the share of the first step alone, overwritten by it"""
    x, h0, *_ = arguments
    grads, grad_z = _walk(*arguments), _grad_z(*arguments)
    if len(x) == 0:
        return grads
    grads["weight_ih"] = grad_z[0].T @ x[0]
    grads["weight_hh"] = grad_z[0].T @ h0
    grads["bias_ih"] = grads["bias_hh"] = grad_z[0].sum(0)
    return grads


@mistake(question="Does a step depend on h_0?")
def bptt__leaves_h0_without_a_gradient(*arguments):
    """the right gradients, but zeros for h0"""
    grads = _walk(*arguments)
    return {**grads, "h0": torch.zeros_like(grads["h0"])}


@mistake(question="Through what does the gradient pass from h_1 to h_0?")
def bptt__gives_h0_the_gradient_of_the_first_state(*arguments):
    """gradients with that of z_1 for h0, before it has passed weight_hh"""
    grads, grad_z = _walk(*arguments), _grad_z(*arguments)
    return {**grads, "h0": grad_z[0]} if len(grad_z) else grads


@mistake(question="Which axes has a bias, and over which do its shares add up?")
def bptt__sums_a_bias_over_the_steps_only(*arguments):
    """gradients of the biases with a row for each sequence"""
    grads, bias = _walk(*arguments), _grad_z(*arguments).sum(0)
    return {**grads, "bias_ih": bias, "bias_hh": bias}


@mistake(question="Is the loss a sum over the batch, or a mean?")
def bptt__averages_over_the_batch(*arguments):
    """gradients of weights and biases divided by the number of sequences"""
    return _scaled(_walk(*arguments), 1 / max(arguments[0].shape[1], 1))


@mistake(question="Is the loss a sum over the steps, or a mean?")
def bptt__averages_over_the_steps(*arguments):
    """gradients of weights and biases divided by the number of steps"""
    return _scaled(_walk(*arguments), 1 / max(len(arguments[0]), 1))


@mistake(question="Which shape has the gradient of a matrix?")
def bptt__transposes_the_weight_gradients(*arguments):
    """gradients of the two matrices with rows for columns"""
    grads = _walk(*arguments)
    weights = {name: grads[name].T for name in ("weight_ih", "weight_hh")}
    return {**grads, **weights}


@mistake(question="How many biases does each step add, and what does each get?")
def bptt__shares_the_bias_gradient(*arguments):
    """gradients of the biases that each have half of what they should"""
    grads = _walk(*arguments)
    return {**grads, "bias_ih": grads["bias_ih"] / 2, "bias_hh": grads["bias_hh"] / 2}


@mistake(question="What is stacked if there is nothing?")
def bptt__stacks_nothing(*arguments):
    """gradients that are stacked step by step, though there may be no steps"""
    torch.stack(list(arguments[0]))
    return _walk(*arguments)


@mistake(question="What does a chunk begin with?")
def truncated_bptt__resets_the_state(*arguments):
    """gradients of chunks that each begin with a state of zeros"""
    return _in_chunks(*arguments, begin=lambda h0, last: torch.zeros_like(h0))


@mistake(question="What does a chunk begin with?")
def truncated_bptt__begins_each_chunk_with_h0(*arguments):
    """gradients of chunks that each begin with h0"""
    return _in_chunks(*arguments, begin=lambda h0, last: h0)


@mistake(question="How many chunks of three steps are there in five steps?")
def truncated_bptt__drops_the_short_chunk(*arguments):
    """gradients without those of the steps left over at the end"""
    *others, grad_outputs, chunk = arguments
    whole = len(grad_outputs) // chunk * chunk
    grad_outputs = grad_outputs.clone()
    grad_outputs[whole:] = 0
    return reference.truncated_bptt(*others, grad_outputs, chunk)


@mistake(question="Which chunk is the short one, the first or the last?")
def truncated_bptt__puts_the_short_chunk_first(*arguments):
    """gradients with the shorter chunk at the beginning"""
    *others, chunk = arguments
    first = len(others[0]) % chunk
    return _walk(*others, cut=lambda t: t % chunk == first)


@mistake(question="Do the chunks' gradients add up, or does the last one stay?")
def truncated_bptt__keeps_the_last_chunks_gradients(*arguments):
    """weight gradients of the last chunk alone, those before being set to zero"""
    x, chunk = arguments[0], arguments[-1]
    begin = max(len(x) - 1, 0) // chunk * chunk
    grad_outputs = arguments[-2].clone()
    grad_outputs[:begin] = 0
    late = reference.truncated_bptt(*arguments[:-2], grad_outputs, chunk)
    right = reference.truncated_bptt(*arguments)
    return {**late, "x": right["x"], "h0": right["h0"]}


@mistake(question="Is the loss a sum over the chunks, or a mean?")
def truncated_bptt__averages_over_the_chunks(*arguments):
    """gradients of weights and biases divided by the number of chunks"""
    chunks = max(-(-len(arguments[0]) // arguments[-1]), 1)
    return _scaled(reference.truncated_bptt(*arguments), 1 / chunks)


@mistake(question="Does the first chunk depend on h_0?")
def truncated_bptt__leaves_h0_without_a_gradient(*arguments):
    """the right gradients, but zeros for h0"""
    grads = reference.truncated_bptt(*arguments)
    return {**grads, "h0": torch.zeros_like(grads["h0"])}


@mistake(question="Where is the first border, before step 1 or after the first chunk?")
def truncated_bptt__cuts_inside_each_chunk(*arguments):
    """gradients that are cut after the first step of each chunk, not before it"""
    *others, chunk = arguments
    return _walk(*others, cut=lambda t: (t - 1) % chunk == 0 if t else False)


@mistake(question="Does a chunk of one step have a loss?")
def truncated_bptt__counts_the_last_loss_of_each_chunk(*arguments):
    """gradients of the last output's loss in each chunk, without the others'"""
    *others, grad_outputs, chunk = arguments
    steps = torch.arange(len(grad_outputs))
    last = ((steps + 1) % chunk == 0) | (steps == len(grad_outputs) - 1)
    return reference.truncated_bptt(*others, grad_outputs * last[:, None, None], chunk)


@mistake(question="How many factors has d h_T / d h_0?")
def gradient_norms__of_one_step(x, h0, weight_ih, weight_hh):
    """the norms of d h_{t+1} / d h_t, one factor each"""
    states = _states(x, h0, weight_ih, weight_hh)
    factors = (1 - states[1:, 0, :, None] ** 2) * weight_hh
    return factors.square().sum((1, 2)).sqrt()


@mistake(question="Does d h_T / d h_t end at the last state, or begin at the first?")
def gradient_norms__from_the_first_state(x, h0, weight_ih, weight_hh):
    """the norms of d h_t / d h_0, for t = 1 to T"""
    jacobian, norms = torch.eye(len(weight_hh)).to(x), []
    for h in _states(x, h0, weight_ih, weight_hh)[1:]:
        jacobian = (1 - h**2).T * weight_hh @ jacobian
        norms.append(jacobian.square().sum().sqrt())
    return torch.stack(norms) if norms else x.new_zeros(0)


@mistake(question="Which of the norms belongs to t = 0, that with most factors?")
def gradient_norms__from_the_end(x, h0, weight_ih, weight_hh):
    """the right norms in the opposite order, from t = T - 1 to 0"""
    return reference.gradient_norms(x, h0, weight_ih, weight_hh).flip(0)


@mistake(question="What stands between z_t and h_t?")
def gradient_norms__forgets_the_tanh(x, h0, weight_ih, weight_hh):
    """the norms of powers of weight_hh, without the slopes of tanh"""
    return _norms(x, h0, weight_ih, weight_hh, slope=lambda h, before: h * 0 + 1)


@mistake(question="tanh's slope is 1 - h^2: of which step's state?")
def gradient_norms__takes_the_slope_at_the_state_before(x, h0, weight_ih, weight_hh):
    """norms with the slope 1 - h_{k-1}^2 in place of 1 - h_k^2"""
    return _norms(x, h0, weight_ih, weight_hh, slope=lambda h, before: 1 - before**2)


@mistake(question="Does tanh's slope belong to a row of weight_hh or to a column?")
def gradient_norms__puts_the_slope_on_the_columns(x, h0, weight_ih, weight_hh):
    """norms with factors W_hh diag(1 - h^2), the two matrices in the wrong order"""
    jacobian, norms = torch.eye(len(weight_hh)).to(x), []
    for h in _states(x, h0, weight_ih, weight_hh)[1:].flip(0):
        jacobian = jacobian @ (weight_hh * (1 - h**2))
        norms.append(jacobian.square().sum().sqrt())
    return torch.stack(norms[::-1]) if norms else x.new_zeros(0)


@mistake(question="In which order do the factors of a Jacobian stand, last step first?")
def gradient_norms__multiplies_the_factors_in_the_wrong_order(
    x, h0, weight_ih, weight_hh
):
    """norms of products whose factors stand in the opposite order"""
    jacobian, norms = torch.eye(len(weight_hh)).to(x), []
    for h in _states(x, h0, weight_ih, weight_hh)[1:].flip(0):
        jacobian = (1 - h**2).T * weight_hh @ jacobian
        norms.append(jacobian.square().sum().sqrt())
    return torch.stack(norms[::-1]) if norms else x.new_zeros(0)


@mistake(question="Which norm is meant, that of all entries or the largest stretch?")
def gradient_norms__takes_the_largest_singular_value(x, h0, weight_ih, weight_hh):
    """the largest singular values of the Jacobians, their spectral norms"""
    return _norms(
        x, h0, weight_ih, weight_hh, norm=lambda j: torch.linalg.matrix_norm(j, 2)
    )


@mistake(question="What comes after the sum of squares?")
def gradient_norms__forgets_the_root(x, h0, weight_ih, weight_hh):
    """the sums of squares, without their roots"""
    return reference.gradient_norms(x, h0, weight_ih, weight_hh) ** 2


@mistake(question="Is h_T one number, or a vector?")
def gradient_norms__of_the_sum_of_the_last_state(x, h0, weight_ih, weight_hh):
    """the norms of the gradient of the sum of h_T, in place of its Jacobian"""
    return _norms(x, h0, weight_ih, weight_hh, norm=lambda j: j.sum(0).norm())


@mistake(question="For which t do you compute d h_T / d h_t? Is T among them?")
def gradient_norms__counts_the_last_state_too(x, h0, weight_ih, weight_hh):
    """the right norms, and after them that of d h_T / d h_T"""
    right = reference.gradient_norms(x, h0, weight_ih, weight_hh)
    return torch.cat([right, right.new_full((1,), len(weight_hh) ** 0.5)])


@mistake(question="Is the length of (3, 4) the sum of the lengths of 3 and 4?")
def clip_gradient_norm__clips_each_tensor(gradients, max_norm):
    """gradients that are clipped tensor by tensor, each to max_norm"""
    _, total = reference.clip_gradient_norm(gradients, max_norm)
    each = [reference.clip_gradient_norm([g], max_norm)[0][0] for g in gradients]
    return each, total


@mistake(question="What happens to gradients that are short enough?")
def clip_gradient_norm__lengthens_short_gradients(gradients, max_norm):
    """gradients that all have the length max_norm in the end, the short ones too"""
    _, total = reference.clip_gradient_norm(gradients, max_norm)
    return [g * (max_norm / (total + 1e-6)) for g in gradients], total


@mistake(question="Does clipping a norm change the direction of the gradient?")
def clip_gradient_norm__clips_each_number(gradients, max_norm):
    """gradients of which each number is cut off at max_norm"""
    _, total = reference.clip_gradient_norm(gradients, max_norm)
    return [g.clamp(-max_norm, max_norm) for g in gradients], total


@mistake(question="Is the length of (3, 4) 5, or 7?")
def clip_gradient_norm__adds_the_norms_up(gradients, max_norm):
    """a total norm that is the sum of the tensors' norms"""
    total = float(sum(g.norm() for g in gradients))
    return _clip(gradients, max_norm, total), total


@mistake(question="Is the length of (3, 4) 5, or 25?")
def clip_gradient_norm__forgets_the_root(gradients, max_norm):
    """a total norm that is the sum of squares, without the root"""
    total = float(sum(g.square().sum() for g in gradients))
    return _clip(gradients, max_norm, total), total


@mistake(question="Which norm is meant, the length or the largest number?")
def clip_gradient_norm__takes_the_largest_number(gradients, max_norm):
    """a total norm that is the largest absolute value"""
    total = max((float(g.abs().max()) for g in gradients if g.numel()), default=0.0)
    return _clip(gradients, max_norm, total), total


@mistake(question="Which norm is returned, that before clipping or that after?")
def clip_gradient_norm__returns_the_norm_afterwards(gradients, max_norm):
    """the right gradients, with their norm after clipping"""
    clipped, _ = reference.clip_gradient_norm(gradients, max_norm)
    return clipped, reference.clip_gradient_norm(clipped, max_norm)[1]


@mistake(question="What is divided by a norm of zero?")
def clip_gradient_norm__divides_by_zero(gradients, max_norm):
    """gradients that are divided by their norm, even if it is zero"""
    _, total = reference.clip_gradient_norm(gradients, max_norm)
    total = torch.tensor(total, dtype=torch.float64)
    factor = float((max_norm / total).clamp(max=1.0)) if total else float("nan")
    return [g * factor for g in gradients], float(total)


@mistake(
    question="What is added to the norm before it divides?",
    rounding="test_clip_agrees_with_torch_digits",
)
def clip_gradient_norm__forgets_the_epsilon(gradients, max_norm):
    """gradients that are divided by the norm itself, without the 1e-6"""
    _, total = reference.clip_gradient_norm(gradients, max_norm)
    factor = max_norm / total if total > max_norm else 1.0
    return [g * factor for g in gradients], total


@mistake(question="Which value do you return first?")
def clip_gradient_norm__returns_the_norm_first(gradients, max_norm):
    """the norm, and the gradients after it"""
    clipped, total = reference.clip_gradient_norm(gradients, max_norm)
    return total, clipped


@mistake(question="What is stacked if there is nothing?")
def clip_gradient_norm__stacks_the_norms(gradients, max_norm):
    """norms that are stacked, though there may be none"""
    torch.stack([g.norm() for g in gradients])
    return reference.clip_gradient_norm(gradients, max_norm)


def _states(x, h0, weight_ih, weight_hh, bias=0.0):
    states = [h0]
    for x_t in x:
        z = x_t @ weight_ih.T + states[-1] @ weight_hh.T + bias
        states.append(z.tanh())
    return torch.stack(states)


def _last_row(grad_outputs):
    keep = torch.zeros_like(grad_outputs)
    keep[-1:] = grad_outputs[-1:]
    return keep


def _scaled(grads, factor):
    return {
        name: grad if name in ("x", "h0") else grad * factor
        for name, grad in grads.items()
    }


def _clip(gradients, max_norm, total):
    factor = min(1.0, max_norm / (total + 1e-6))
    return [g * factor for g in gradients]


def _norms(
    x,
    h0,
    weight_ih,
    weight_hh,
    slope=lambda h, before: 1 - h**2,
    norm=lambda jacobian: jacobian.square().sum().sqrt(),
):
    states = _states(x, h0, weight_ih, weight_hh)
    jacobian, norms = torch.eye(len(weight_hh)).to(x), []
    for t in reversed(range(len(x))):
        jacobian = jacobian * slope(states[t + 1], states[t]) @ weight_hh
        norms.append(norm(jacobian))
    return torch.stack(norms[::-1]) if norms else x.new_zeros(0)


def _grad_z(
    x,
    h0,
    weight_ih,
    weight_hh,
    bias_ih,
    bias_hh,
    grad_outputs,
    cut=lambda t: False,
    slope=lambda h, before, z: 1 - h**2,
    back=lambda grad_z, weight_hh: grad_z @ weight_hh,
    forwards=False,
):
    """The gradients of the sums z_t, with one thing or another done otherwise."""
    bias = bias_ih + bias_hh
    states = _states(x, h0, weight_ih, weight_hh, bias)
    found, later = torch.zeros_like(grad_outputs), torch.zeros_like(h0)
    order = range(len(x)) if forwards else reversed(range(len(x)))
    for t in order:
        z = x[t] @ weight_ih.T + states[t] @ weight_hh.T + bias
        sloped = slope(states[t + 1], states[t], z)
        found[t] = (grad_outputs[t] + later) * sloped
        later = back(found[t], weight_hh)
        if t > 0 and cut(t):
            later = torch.zeros_like(later)
    return found


def _walk(x, h0, weight_ih, weight_hh, bias_ih, bias_hh, grad_outputs, **changes):
    """All gradients, with one thing or another done otherwise."""
    arguments = x, h0, weight_ih, weight_hh, bias_ih, bias_hh, grad_outputs
    grad_z = _grad_z(*arguments, **changes)
    states = _states(x, h0, weight_ih, weight_hh, bias_ih + bias_hh)
    back = changes.get("back", lambda grad, weight: grad @ weight)
    end = grad_z[-1:] if changes.get("forwards") else grad_z[:1]
    return {
        "x": grad_z @ weight_ih,
        "h0": back(end[0], weight_hh) if len(end) else torch.zeros_like(h0),
        "weight_ih": torch.einsum("tnh,tni->hi", grad_z, x),
        "weight_hh": torch.einsum("tnh,tnk->hk", grad_z, states[:-1]),
        "bias_ih": grad_z.sum((0, 1)),
        "bias_hh": grad_z.sum((0, 1)),
    }


def _in_chunks(x, h0, *weights_and_more, begin):
    """All gradients, where each chunk begins with what ``begin`` says."""
    *weights, grad_outputs, chunk = weights_and_more
    total = reference.bptt(x[:chunk], h0, *weights, grad_outputs[:chunk])
    grad_x = [total["x"]]
    for start in range(chunk, len(x), chunk):
        part = slice(start, start + chunk)
        h = begin(h0, None)
        grads = reference.bptt(x[part], h, *weights, grad_outputs[part])
        grad_x.append(grads["x"])
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            total[name] = total[name] + grads[name]
    return {**total, "x": torch.cat(grad_x)}
