"""On which axes the inputs of seq2seq.py vary."""

from __future__ import annotations

from autograder import plan

SOME = ("one", "many")


def look(state, states, mask):
    """How many texts and states, and with a mask."""
    return {
        "batch": plan.count(len(state)),
        "states": plan.count(states.shape[1]),
        "mask": plan.given(mask),
    }


@plan(batch=SOME, states=SOME, mask=plan.GIVEN)
def attention_step(decoder_state, encoder_states, mask=None):
    """The texts, their states and the mask."""
    return look(decoder_state, encoder_states, mask)


@plan(batch=SOME, states=SOME, mask=plan.GIVEN, width=SOME)
def additive_attention_step(
    decoder_state, encoder_states, weight_query, weight_key, v, mask=None
):
    """The texts, their states, the mask, and the width of the small network."""
    seen = look(decoder_state, encoder_states, mask)
    return seen | {"width": plan.count(len(v))}


@plan(feeding=plan.YES)
def AttentionDecoder(vocab_size, hidden_size, input_feeding=True):
    """Whether it feeds its output into the next step."""
    return {"feeding": plan.yes(input_feeding)}


@plan(steps=SOME, batch=SOME, states=SOME, mask=plan.GIVEN, feeding=plan.YES)
def AttentionDecoder__forward(model, targets_in, encoder_states, h0, mask=None):
    """The steps, the texts, their states, the mask and the kind of decoder."""
    seen = look(h0, encoder_states, mask)
    feeding = model.cell.input_size > model.cell.hidden_size
    return seen | {
        "steps": plan.count(len(targets_in)),
        "feeding": plan.yes(feeding),
    }


@plan(batch=SOME, words=SOME, regions=SOME)
def CaptioningAttention__forward(model, text, image):
    """The images, their regions and the words."""
    return {
        "batch": plan.count(len(text)),
        "words": plan.count(text.shape[1]),
        "regions": plan.count(image.shape[1]),
    }
