"""The classic wrong turns in heads.py."""

from __future__ import annotations

from autograder import changed, mistake, reference

# fmt: off
changed("MultiHeadAttention.forward", mask=None, name="sees_everything",
        like="attention as if there were no mask",
        ask="Which argument does not appear in your output?")
changed("MultiHeadAttention.forward", name="reads_the_keys",
        value=lambda key: key,
        like="attention that reads from the keys and not from the values",
        ask="What is a key for, and what is a value for?")
# fmt: on


@mistake(question="What becomes of the scores when heads grow wider?")
class MultiHeadAttention__without_scale(reference.MultiHeadAttention):
    """attention whose scores are not divided by the root of the heads' width"""

    def __init__(self, d_model, num_heads, bias=True):
        super().__init__(d_model, num_heads, bias)
        louder = (d_model / num_heads) ** 0.5
        self.q_proj.register_forward_hook(lambda layer, x, out: out * louder)


@mistake(question="Which of your layers has no part in the output?")
class MultiHeadAttention__forgets_the_last_layer(reference.MultiHeadAttention):
    """attention whose heads are put side by side, and no layer mixes them"""

    def __init__(self, d_model, num_heads, bias=True):
        super().__init__(d_model, num_heads, bias)
        self.out_proj.register_forward_hook(lambda layer, x, out: x[0])


@mistake(question="With 6 features and 2 heads, which features has the first head?")
class MultiHeadAttention__deals_the_features_out(reference.MultiHeadAttention):
    """attention whose heads take the features in turn, as playing cards are dealt"""

    def __init__(self, d_model, num_heads, bias=True):
        super().__init__(d_model, num_heads, bias)
        for layer in (self.q_proj, self.k_proj, self.v_proj):
            layer.register_forward_hook(
                lambda layer, x, out: out.unflatten(-1, (-1, num_heads)).mT.flatten(-2)
            )
