"""The classic wrong turns in tensors.py."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from autograder import changed, mistake, reference


@mistake(question="Which number of weight[o, i] belongs to the output?")
def linear__does_not_transpose(x, weight, bias=None):
    """x @ weight, without turning the weight round"""
    y = x @ weight
    return y if bias is None else y + bias


# fmt: off
changed("linear", name="forgets_the_bias", bias=None,
        like="x @ weight.T without the bias",
        ask="What does the layer give for an input of zeros?")
# fmt: on


@mistake(question="What is there to add if bias is None?")
def linear__needs_a_bias(x, weight, bias=None):
    """a layer that adds the bias even where there is none"""
    return x @ weight.T + bias


@mistake(question="Does the bias have a number for each row, or for each output?")
def linear__adds_the_bias_to_rows(x, weight, bias=None):
    """a layer that adds the bias along the axis of the rows"""
    y = x @ weight.T
    return y if bias is None else y + bias[:, None]


@mistake(question="How many axes has x, and how many has your output?")
def linear__flattens_the_batch(x, weight, bias=None):
    """the right numbers with all axes before the last made into one"""
    return reference.linear(x.reshape(-1, x.shape[-1]), weight, bias)


@mistake(question="Which axes of weight are turned round if it has one more?")
def linear__wants_two_axes(x, weight, bias=None):
    """a layer that takes x for a matrix, whatever its axes are"""
    y = torch.mm(x, weight.T)
    return y if bias is None else y + bias


@mistake(question="Can a linear layer give a negative number?")
def linear__cuts_negative_outputs(x, weight, bias=None):
    """a linear layer with a ReLU behind it"""
    return reference.linear(x, weight, bias).relu()


# fmt: off
changed("linear", name="subtracts_the_bias",
        bias=lambda bias: None if bias is None else -bias,
        like="x @ weight.T minus the bias",
        ask="What does the layer give for an input of zeros?")
changed("linear", name="cuts_the_gradient",
        weight=lambda weight: weight.detach(),
        bias=lambda bias: None if bias is None else bias.detach(),
        like="the right outputs without a way back to weight and bias",
        ask="Do .data and .detach() let a gradient through?")
# fmt: on


@mistake(question="How large is exp(1000), and what is infinity over infinity?")
def softmax__overflows(x, dim):
    """the quotient of the exponentials, without taking the maximum away first"""
    exponentials = x.exp()
    return exponentials / exponentials.sum(dim, keepdim=True)


@mistake(question="Which number must be taken away, so that no exponential is above 1?")
def softmax__takes_too_little_away(x, dim):
    """a softmax that takes less than the maximum away from a row, its mean perhaps"""
    exponentials = (x - x.mean(dim, keepdim=True)).exp()
    return exponentials / exponentials.sum(dim, keepdim=True)


GLOBAL = "What is left of a row that lies 1000 below the maximum of another?"


@mistake(question=GLOBAL)
def softmax__takes_the_largest_of_all_away(x, dim):
    """a softmax that takes the maximum of the whole tensor away from each row"""
    if x.numel() == 0:
        return x.clone()
    return softmax__takes_the_global_maximum_away(x, dim)


@mistake(question=GLOBAL)
def softmax__takes_the_global_maximum_away(x, dim):
    """a softmax that takes the maximum of the whole tensor away from each row"""
    exponentials = (x - x.max()).exp()
    return exponentials / exponentials.sum(dim, keepdim=True)


# fmt: off
changed("softmax", name="always_over_the_last_axis", dim=-1,
        like="the softmax over the last axis, whatever dim is",
        ask="Which argument does not appear in your output?")
changed("softmax", name="always_over_axis_one", dim=lambda x: min(1, x.dim() - 1),
        like="the softmax over axis 1, whatever dim is",
        ask="Which argument does not appear in your output?")
changed("softmax", name="always_over_the_first_axis", dim=0,
        like="the softmax over the first axis, whatever dim is",
        ask="Which argument does not appear in your output?")
# fmt: on


@mistake(question="Along which axis are your numbers to sum to 1?")
def softmax__over_everything(x, dim):
    """a softmax over all numbers of x together"""
    return reference.softmax(x.flatten(), 0).view(x.shape)


@mistake(question="What is lost of a sum that goes without its axis?")
def softmax__divides_without_keepdim(x, dim):
    """a softmax that divides by sums that have lost their axis"""
    exponentials = (x - x.amax(dim, keepdim=True)).exp()
    return exponentials / exponentials.sum(dim)


@mistake(question="What is the largest of no numbers?")
def softmax__fails_on_nothing(x, dim):
    """a softmax that looks for the maximum of a row without a number"""
    exponentials = (x - x.amax(dim, keepdim=True)).exp()
    return exponentials / exponentials.sum(dim, keepdim=True)


@mistake(question="Which number of a probability distribution may be negative?")
def softmax__returns_logarithms(x, dim):
    """the logarithm of the softmax"""
    return reference.log_softmax(x, dim)


# fmt: off
changed("softmax", name="of_the_negative", x=lambda x: -x,
        like="the softmax of -x",
        ask="Which score is to get the largest probability?")
# fmt: on


@mistake(question="What makes all numbers positive, also those that were negative?")
def softmax__divides_by_the_plain_sum(x, dim):
    """x divided by its sum along dim, without the exponential"""
    return x / x.sum(dim, keepdim=True)


@mistake(question="To what are the numbers of a distribution to sum up?")
def softmax__does_not_normalise(x, dim):
    """the exponentials of x less its maximum, not divided by their sum"""
    if x.numel() == 0:
        return x.clone()
    return (x - x.amax(dim, keepdim=True)).exp()


@mistake(question="Is a row that has nothing to choose from to become zeros here?")
def softmax__gives_zeros_for_minus_infinity(x, dim):
    """a softmax whose row of nothing but minus infinity is zeros"""
    return reference.softmax(x, dim).nan_to_num(0.0)


# fmt: off
changed("softmax", name="cuts_the_gradient", x=lambda x: x.detach(),
        like="the right probabilities without a way back to x",
        ask="Do .data, .numpy() and .detach() let a gradient through?")
# fmt: on


@mistake(question="What is the logarithm of a probability that rounds to 0?")
def log_softmax__of_the_rounded_softmax(x, dim):
    """the logarithm of the finished softmax, minus infinity where that rounds to 0"""
    return reference.softmax(x, dim).log()


OVERFLOW = "How large is exp(1000), and what is its logarithm then?"


@mistake(question=OVERFLOW)
def log_softmax__overflows(x, dim):
    """a log-softmax with exponentials that overflow, since no maximum is taken away"""
    return x - x.exp().sum(dim, keepdim=True).log()


@mistake(question=OVERFLOW)
def log_softmax__of_a_quotient_that_overflows(x, dim):
    """a log-softmax with exponentials that overflow, since no maximum is taken away"""
    return (x.exp() / x.exp().sum(dim, keepdim=True)).log()


@mistake(question=GLOBAL)
def log_softmax__takes_the_global_maximum_away(x, dim):
    """a log-softmax that takes the maximum of the whole tensor away from each row"""
    shifted = x - x.max()
    return shifted - shifted.exp().sum(dim, keepdim=True).log()


# fmt: off
changed("log_softmax", name="always_over_the_last_axis", dim=-1,
        like="the log-softmax over the last axis, whatever dim is",
        ask="Which argument does not appear in your output?")
changed("log_softmax", name="always_over_axis_one",
        dim=lambda x: min(1, x.dim() - 1),
        like="the log-softmax over axis 1, whatever dim is",
        ask="Which argument does not appear in your output?")
changed("log_softmax", name="always_over_the_first_axis", dim=0,
        like="the log-softmax over the first axis, whatever dim is",
        ask="Which argument does not appear in your output?")
# fmt: on


@mistake(question="Along which axis are the probabilities to sum to 1?")
def log_softmax__over_everything(x, dim):
    """a log-softmax over all numbers of x together"""
    return reference.log_softmax(x.flatten(), 0).view(x.shape)


@mistake(question="What is the logarithm of a product, and what that of a quotient?")
def log_softmax__divides_by_the_logarithm(x, dim):
    """the shifted x divided by the logarithm of the sum, in place of the difference"""
    if x.numel() == 0:
        return x.clone()
    shifted = x - x.amax(dim, keepdim=True)
    return shifted / shifted.exp().sum(dim, keepdim=True).log()


@mistake(question="What did you take away before the exponential, and where is it now?")
def log_softmax__forgets_the_shift(x, dim):
    """x itself less the logarithm of the sum of the shifted exponentials"""
    if x.numel() == 0:
        return x.clone()
    shifted = x - x.amax(dim, keepdim=True)
    return x - shifted.exp().sum(dim, keepdim=True).log()


@mistake(question="What is the largest of no numbers?")
def log_softmax__fails_on_nothing(x, dim):
    """a log-softmax that looks for the maximum of a row without a number"""
    shifted = x - x.amax(dim, keepdim=True)
    return shifted - shifted.exp().sum(dim, keepdim=True).log()


@mistake(question="Can the logarithm of a probability be positive?")
def log_softmax__returns_probabilities(x, dim):
    """the softmax, without the logarithm"""
    return reference.softmax(x, dim)


@mistake(question="Which sign has the logarithm of a number below 1?")
def log_softmax__of_the_other_sign(x, dim):
    """minus the log-softmax"""
    return -reference.log_softmax(x, dim)


@mistake(question="What is a small number doing inside your logarithm?")
def log_softmax__adds_a_small_number(x, dim):
    """the logarithm of the softmax plus 1e-9"""
    return (reference.softmax(x, dim) + 1e-9).log()


@mistake(question="What happens if the softmax of a softmax is taken?")
def cross_entropy__takes_the_softmax_twice(logits, targets, ignore_index=-100):
    """the loss of a softmax of the softmax"""
    return reference.cross_entropy(logits.softmax(1), targets, ignore_index)


@mistake(question="What has to be done to scores before they are probabilities?")
def cross_entropy__takes_logits_for_logarithms(logits, targets, ignore_index=-100):
    """the mean of the targets' logits, with a minus sign and no softmax"""
    return F.nll_loss(logits, targets, ignore_index=ignore_index)


@mistake(question="Where is the logarithm?")
def cross_entropy__forgets_the_logarithm(logits, targets, ignore_index=-100):
    """the mean of the targets' probabilities, with a minus sign and no logarithm"""
    return F.nll_loss(logits.softmax(1), targets, ignore_index=ignore_index)


@mistake(question="How large is the loss of one row, and how large that of a hundred?")
def cross_entropy__sums(logits, targets, ignore_index=-100):
    """the sum over the rows, not their mean"""
    return F.cross_entropy(logits, targets, ignore_index=ignore_index, reduction="sum")


@mistake(question="How many rows does the mean go over if some are ignored?")
def cross_entropy__divides_by_all_rows(logits, targets, ignore_index=-100):
    """the sum over the rows kept, divided by the number of all rows"""
    return cross_entropy__sums(logits, targets, ignore_index) / len(targets)


@mistake(question="Over which numbers does the mean go: rows, or rows and classes?")
def cross_entropy__divides_by_the_classes_too(logits, targets, ignore_index=-100):
    """the mean over rows and classes"""
    loss = reference.cross_entropy(logits, targets, ignore_index)
    return loss / logits.shape[1]


# fmt: off
changed("cross_entropy", name="ignores_minus_100_only", ignore_index=-100,
        like="the loss in which only targets of -100 are ignored",
        ask="Which argument does not appear in your output?")
# fmt: on


@mistake(question="Is -100 a class?")
def cross_entropy__ignores_nothing(logits, targets, ignore_index=-100):
    """the loss of all rows, that of an ignored target as well"""
    return -logits.log_softmax(1).gather(1, targets[:, None]).mean()


@mistake(question="Is the row at the end, logits[:, -1], a class of its own?")
def cross_entropy__counts_from_the_end(logits, targets, ignore_index=-100):
    """a loss in which a target of -1 is the last class"""
    kept = targets != ignore_index
    rows = logits.log_softmax(1)[kept]
    return -rows[torch.arange(len(rows)), targets[kept]].mean()


@mistake(question="Which sign has the logarithm of a probability?")
def cross_entropy__forgets_the_minus_sign(logits, targets, ignore_index=-100):
    """the mean of log p, without the minus sign"""
    return -reference.cross_entropy(logits, targets, ignore_index)


@mistake(question="Over which axis are the probabilities of one row to sum to 1?")
def cross_entropy__over_the_rows(logits, targets, ignore_index=-100):
    """the loss of a softmax over the rows, not over the classes"""
    return F.nll_loss(logits.log_softmax(0), targets, ignore_index=ignore_index)


@mistake(question="What is the logarithm of a probability that rounds to 0?")
def cross_entropy__of_the_rounded_softmax(logits, targets, ignore_index=-100):
    """the loss from the logarithm of the finished softmax, which can be infinite"""
    return F.nll_loss(logits.softmax(1).log(), targets, ignore_index=ignore_index)


@mistake(question=OVERFLOW)
def cross_entropy__overflows(logits, targets, ignore_index=-100):
    """the loss from exponentials that overflow, since no maximum is taken away"""
    log_p = logits - logits.exp().sum(1, keepdim=True).log()
    return F.nll_loss(log_p, targets, ignore_index=ignore_index)


@mistake(question=OVERFLOW)
def cross_entropy__of_a_quotient_that_overflows(logits, targets, ignore_index=-100):
    """the loss from exponentials that overflow, since no maximum is taken away"""
    log_p = (logits.exp() / logits.exp().sum(1, keepdim=True)).log()
    return F.nll_loss(log_p, targets, ignore_index=ignore_index)


@mistake(question="Which base has the logarithm here?")
def cross_entropy__in_bits(logits, targets, ignore_index=-100):
    """the loss with logarithms to the base 2"""
    return reference.cross_entropy(logits, targets, ignore_index) / 0.6931471805599453


@mistake(question="What do the docstring and torch say of a mean over no rows?")
def cross_entropy__gives_zero_for_no_row(logits, targets, ignore_index=-100):
    """a loss of 0 where no row is left"""
    return reference.cross_entropy(logits, targets, ignore_index).nan_to_num(0.0)


# fmt: off
changed("cross_entropy", name="cuts_the_gradient",
        logits=lambda logits: logits.detach(),
        like="the right loss without a way back to the logits",
        ask="Do .item(), .data and .detach() let a gradient through?")
# fmt: on


@mistake(question="Is there a word -1?")
def embedding__counts_from_the_end(indices, weight):
    """the right rows, and the last ones for negative indices"""
    return weight[indices]


@mistake(question="Which vector belongs to a word that nobody knows?")
def embedding__clips_the_indices(indices, weight):
    """the rows of the indices cut to the words that there are"""
    return weight[indices.clamp(0, len(weight) - 1)]


@mistake(question="Does a row of weight stand for a word, or a column?")
def embedding__looks_up_columns(indices, weight):
    """the columns of weight instead of its rows"""
    return weight.T[indices]


@mistake(question="How many axes have the indices, and how many your vectors?")
def embedding__flattens_the_indices(indices, weight):
    """the right vectors in one long list, whatever the shape of the indices"""
    return reference.embedding(indices.flatten(), weight)


@mistake(question="Is there a vector for each word of a text, or one for all?")
def embedding__averages_the_words(indices, weight):
    """the mean of the vectors of each text"""
    found = reference.embedding(indices, weight)
    return found.mean(-2) if indices.dim() else found


@mistake(question="Which row of weight has the first word, 0 or 1?")
def embedding__counts_from_one(indices, weight):
    """the row before the one that each index names"""
    return weight[indices - 1]


@mistake(question="Is word 0 another word than the rest here?")
def embedding__blanks_the_first_word(indices, weight):
    """the right vectors, but zeros for index 0"""
    found = reference.embedding(indices, weight)
    return torch.where((indices == 0)[..., None], 0, found)


@mistake(question="Is the index itself a vector?")
def embedding__returns_one_hot_vectors(indices, weight):
    """the one-hot vectors of the indices, without the weight"""
    return F.one_hot(indices, len(weight)).to(weight)


# fmt: off
changed("embedding", name="cuts_the_gradient", weight=lambda weight: weight.detach(),
        like="the right vectors without a way back to weight",
        ask="Do .data, .numpy() and .detach() let a gradient through?")
# fmt: on


def _rows_of(grad_output, indices):
    """The gradients with the word that each belongs to."""
    rows = grad_output.reshape(indices.numel(), grad_output.shape[-1])
    return list(zip(indices.flatten().tolist(), rows, strict=True))


@mistake(question="What does a word get that has stood in two places?")
def embedding_backward__overwrites(grad_output, indices, num_embeddings):
    """a gradient in which a word keeps only what its last place gives it"""
    grad = grad_output.new_zeros(num_embeddings, grad_output.shape[-1])
    for index, row in _rows_of(grad_output, indices):
        grad[index] = row
    return grad


@mistake(question="What does a word get that has stood in two places?")
def embedding_backward__keeps_the_first(grad_output, indices, num_embeddings):
    """a gradient in which a word keeps only what its first place gives it"""
    turned = grad_output.flip(tuple(range(indices.dim())))
    return embedding_backward__overwrites(
        turned,
        indices.flip(-1)
        if indices.dim() == 1
        else indices.flip(tuple(range(indices.dim()))),
        num_embeddings,
    )


@mistake(question="Does a word that stands in two places get the mean or the sum?")
def embedding_backward__averages_the_places(grad_output, indices, num_embeddings):
    """a gradient that is the mean over the places of a word"""
    total = reference.embedding_backward(grad_output, indices, num_embeddings)
    count = torch.bincount(indices.flatten(), minlength=num_embeddings)
    return total / count.clamp(min=1)[:, None]


# fmt: off
changed("embedding_backward", name="counts_the_words",
        grad_output=lambda grad_output: torch.ones_like(grad_output),
        like="how often each word comes, without grad_output",
        ask="How large is the change of the loss behind each vector?")
changed("embedding_backward", name="ends_with_the_last_word",
        num_embeddings=lambda indices: int(indices.max()) + 1 if indices.numel() else 0,
        like="a gradient whose rows end with the largest index",
        ask="Which shape has weight, if its last word does not come?")
# fmt: on


@mistake(question="How many axes has a batch of texts?")
def embedding_backward__takes_one_text(grad_output, indices, num_embeddings):
    """a gradient for a single text, from code that knows no batch"""
    grad = grad_output.new_zeros(num_embeddings, grad_output.shape[-1])
    return grad.index_add(0, indices, grad_output)


@mistake(question="Which shape has the gradient of weight?")
def embedding_backward__turns_it_round(grad_output, indices, num_embeddings):
    """the gradient with rows and columns swapped"""
    return reference.embedding_backward(grad_output, indices, num_embeddings).T


@mistake(question="Is word 0 another word than the rest here?")
def embedding_backward__blanks_the_first_word(grad_output, indices, num_embeddings):
    """the right gradient, but zeros for word 0"""
    grad = reference.embedding_backward(grad_output, indices, num_embeddings)
    return torch.cat([torch.zeros_like(grad[:1]), grad[1:]])


@mistake(question="Is a gradient for each place asked for, or one for each word?")
def embedding_backward__looks_up_the_gradient(grad_output, indices, num_embeddings):
    """the rows of grad_output that the indices name, added to no word"""
    rows = grad_output.reshape(-1, grad_output.shape[-1])
    return rows[indices.flatten() % max(len(rows), 1)]


@mistake(question="Does the cosine change if a vector is made twice as long?")
def cosine_similarity__is_a_dot_product(x, y, eps=1e-8):
    """the dot product, not divided by the norms"""
    return (x * y).sum(-1)


@mistake(question="How many norms are there to divide by?")
def cosine_similarity__divides_by_one_norm(x, y, eps=1e-8):
    """the dot product divided by the norm of x alone"""
    return (x * y).sum(-1) / x.norm(dim=-1).clamp(min=eps)


@mistake(question="Which of two lengths does eps bound, if their product is large?")
def cosine_similarity__bounds_the_product(x, y, eps=1e-8):
    """the dot product divided by the product of the norms, where that is above eps"""
    return (x * y).sum(-1) / (x.norm(dim=-1) * y.norm(dim=-1)).clamp(min=eps)


@mistake(question="Is eps added to something, or is it the least that there may be?")
def cosine_similarity__adds_eps(x, y, eps=1e-8):
    """the dot product divided by the product of the norms plus eps"""
    return (x * y).sum(-1) / (x.norm(dim=-1) * y.norm(dim=-1) + eps)


# fmt: off
changed("cosine_similarity", name="ignores_eps", eps=0.0,
        like="the cosine without a bound on the norms",
        ask="What is 0 divided by 0?")
changed("cosine_similarity", name="always_bounds_by_the_default", eps=1e-8,
        like="the cosine whose norms are bounded by 1e-8, whatever eps is",
        ask="Which argument does not appear in your output?")
# fmt: on


@mistake(question="Which axis holds the numbers of one vector?")
def cosine_similarity__over_the_first_axis(x, y, eps=1e-8):
    """the cosine over the first axis"""
    return F.cosine_similarity(x, y, dim=0, eps=eps)


@mistake(question="Which axis holds the numbers of one vector?")
def cosine_similarity__over_axis_one(x, y, eps=1e-8):
    """the cosine over axis 1"""
    return F.cosine_similarity(x, y, dim=1, eps=eps)


@mistake(question="What is the similarity of a vector to itself?")
def cosine_similarity__is_a_distance(x, y, eps=1e-8):
    """one minus the cosine"""
    return 1 - reference.cosine_similarity(x, y, eps)


@mistake(question="What is the root of a sum of squares, and what the sum itself?")
def cosine_similarity__divides_by_squares(x, y, eps=1e-8):
    """the dot product divided by the squared norms"""
    squares = (x * x).sum(-1).clamp(min=eps) * (y * y).sum(-1).clamp(min=eps)
    return (x * y).sum(-1) / squares


@mistake(question="Which norm has the vector (3, 4): 5 or 7?")
def cosine_similarity__divides_by_sums_of_sizes(x, y, eps=1e-8):
    """the dot product divided by the sums of the absolute values"""
    norms = x.abs().sum(-1).clamp(min=eps) * y.abs().sum(-1).clamp(min=eps)
    return (x * y).sum(-1) / norms


@mistake(question="What is the similarity of two vectors that point apart?")
def cosine_similarity__loses_the_sign(x, y, eps=1e-8):
    """the absolute value of the cosine"""
    return reference.cosine_similarity(x, y, eps).abs()


# fmt: off
changed("cosine_similarity", name="cuts_the_gradient",
        x=lambda x: x.detach(), y=lambda y: y.detach(),
        like="the right cosines without a way back to x and y",
        ask="Do .data, .numpy() and .detach() let a gradient through?")
# fmt: on
