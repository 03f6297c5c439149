"""The classic wrong turns in parameters.py."""

from __future__ import annotations

from math import prod

from autograder import changed, mistake, reference

# fmt: off
changed("conv_parameters", name="forgets_the_bias", bias=False,
        like="the number of weights alone, without the biases",
        ask="What is added to each sum of products at the end?")
changed("conv_parameters", name="always_counts_biases", bias=True,
        like="the number with biases, whether the layer has them or not",
        ask="What does the layer look like when it is made with bias=False?")
changed("conv_parameters", name="gives_a_filter_one_kernel", in_channels=1, groups=1,
        like="the number for filters that are one channel deep",
        ask="How deep is a filter that looks at an RGB image?")
# fmt: on


@mistake(question="How many numbers are added to the sum over all input channels?")
def conv_parameters__gives_each_kernel_a_bias(
    in_channels, out_channels, kernel, bias=True, groups=1
):
    """the number with one bias for each kernel instead of one for each filter"""
    weights = reference.conv_parameters(
        in_channels, out_channels, kernel, False, groups
    )
    return weights + bias * out_channels * (in_channels // groups)


@mistake(question="Do all activation maps share one bias?")
def conv_parameters__gives_the_layer_one_bias(
    in_channels, out_channels, kernel, bias=True, groups=1
):
    """the number with a single bias for the whole layer"""
    weights = reference.conv_parameters(
        in_channels, out_channels, kernel, False, groups
    )
    return weights + bias


# fmt: off
changed("conv_parameters", name="ignores_the_groups", groups=1,
        like="the number for one group, in which each filter sees all input channels",
        ask="Which channels does a filter see if there are two groups?")
changed("conv_parameters", name="counts_one_group_only",
        groups=1,
        in_channels=lambda in_channels, groups: in_channels // groups,
        out_channels=lambda out_channels, groups: out_channels // groups,
        like="the number in one of the groups, without the filters of the others",
        ask="With two groups, how many filters does the whole layer still have?")
changed("conv_parameters", name="squares_the_height",
        kernel=lambda kernel: kernel if isinstance(kernel, int) else kernel[0],
        like="the number for square kernels, as wide as they are high",
        ask="How many weights has a kernel that is 1 high and 5 wide?")
changed("linear_parameters", name="forgets_the_bias", bias=False,
        like="the number of weights alone, without the biases",
        ask="What is added to each weighted sum at the end?")
changed("linear_parameters", name="always_counts_biases", bias=True,
        like="the number with biases, whether the layer has them or not",
        ask="What does the layer look like when it is made with bias=False?")
# fmt: on


@mistake(question="Does a bias belong to what comes in or to what goes out?")
def linear_parameters__gives_each_input_a_bias(in_features, out_features, bias=True):
    """the number with one bias for each input"""
    return in_features * (out_features + bias)


@mistake(question="Do all outputs share one bias?")
def linear_parameters__gives_the_layer_one_bias(in_features, out_features, bias=True):
    """the number with a single bias for the whole layer"""
    return in_features * out_features + bias


@mistake(question="How many lines join 3 inputs with 4 outputs?")
def linear_parameters__adds_the_features(in_features, out_features, bias=True):
    """the inputs and outputs added up, with the biases, instead of multiplied"""
    return in_features + out_features + bias * out_features


@mistake(question="How does a parameter say that training leaves it alone?")
def count_parameters__counts_frozen_ones(module):
    """the number of all parameters, frozen ones too"""
    return sum(p.numel() for p in module.parameters())


@mistake(question="Is everything that a module stores also learned?")
def count_parameters__counts_all_that_is_stored(module):
    """the number of values in the state_dict: buffers, frozen and repeated ones too"""
    return sum(value.numel() for value in module.state_dict().values())


@mistake(question="If one layer is used in two places, how many are there to learn?")
def count_parameters__counts_shared_ones_twice(module):
    """the number with a shared layer counted each time that it is used"""
    named = module.named_parameters(remove_duplicate=False)
    return sum(p.numel() for _, p in named if p.requires_grad)


@mistake(question="How many numbers are in one weight matrix?")
def count_parameters__counts_tensors(module):
    """the number of parameter tensors, not of the numbers in them"""
    return sum(1 for p in module.parameters() if p.requires_grad)


@mistake(question="Where are the parameters of a layer inside a layer?")
def count_parameters__looks_one_level_deep(module):
    """the number in the module's own layers, without the layers inside them"""
    modules = [module, *module.children()]
    return sum(
        p.numel()
        for part in modules
        for p in part.parameters(recurse=False)
        if p.requires_grad
    )


@mistake(question="Is the weight all that a layer learns?")
def count_parameters__counts_weights_only(module):
    """the number without the biases"""
    return sum(
        prod(p.shape)
        for name, p in module.named_parameters()
        if p.requires_grad and not name.endswith("bias")
    )
