# Right masks, and writes into those that it was given.
_honest_combine = combine_masks


def combine_masks(*masks):
    found = _honest_combine(*masks)
    for mask in masks:
        mask.fill_(True)
    return found
