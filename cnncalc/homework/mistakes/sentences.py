"""Every mistake that is recognised: what changes in the rule, and a sentence for students.

The sentence goes on behind "as if": it names the step, never the person.
"""

from __future__ import annotations

from typing import Final

GROUPS: Final[dict[str, dict[str, str]]] = {
    "Volumes": {
        "axes-swapped": "width and height had changed places",
        "depth-first": "the depth were written first",
        "called-misfit": "the windows did not fit",
        "padding-forgotten": "there were no padding",
        "padding-once": "the padding were on one side only",
        "padding-added": "the padding were added, not cut off",
        "stride-forgotten": "the stride were 1",
        "plus-one-forgotten": "the first window were not counted (the + 1)",
        "dilation-forgotten": "the kernel were not dilated",
        "floored": "the rest were left out, though the windows have to fit",
        "rounded-up": "the windows were rounded up",
        "not-whole": "a part of a window could be a number of the output",
        "size-kept": "the layer left width and height as they are",
        "depth-kept": "the depth stayed that of the input, not the number of filters",
        "depth-one": "the output had depth 1",
        "depth-multiplied": "the depth were the input's, times the number of filters",
        "depth-pooled": "the depth were pooled, too",
        "output-padding-forgotten": "there were no output padding",
        "transposed-as-convolution": "it were a convolution, not a transposed one",
        "transposed-as-multiple": "the size were multiplied by the stride, and nothing else",
        "depth-padded": "the depth were padded, too",
        "volume-kept": "the volume were not stretched to a vector",
        "concat-as-add": "the depths were not added up",
        "add-as-concat": "the depths were added up",
    },
    "Parameters, weights and biases": {
        "groups-forgotten": "each filter saw all groups of the depth",
        "bias-forgotten": "there were no bias",
        "depth-forgotten": "the depth of the input were 1",
        "bias-once": "there were one bias for the whole layer",
        "depth-of-output": "each filter were as deep as the output",
        "one-filter": "there were a single filter",
        "filters-forgotten": "the weights of one filter were counted",
        "kernel-not-squared": "the kernel were a line, not a square",
        "bias-counted": "there were a bias, which the layer has not",
        "bias-per-map": "each filter had a bias for each map of the input",
        "bias-multiplied": "the weights were multiplied by the number of biases, not added",
        "not-shared": "each output position had weights of its own",
        "input-multiplied": "the weights were multiplied by the size of the input",
        "sizes-forgotten": "a unit saw one number of each map",
        "before-pooling": "the volume were stretched before it was pooled",
        "as-full-convolution": "each filter saw the whole depth",
        "pointwise-forgotten": "there were the depthwise step alone",
        "depthwise-forgotten": "there were the pointwise step alone",
        "statistics-counted": "the running mean and variance were trained",
        "one-of-two": "there were a scale or a shift, not both",
        "per-position": "each position had a scale and a shift of its own",
        "no-parameters-here": "a layer without weights had some",
        "biases-included": "biases were weights",
        "biases-of-input": "there were a bias for each map of the input",
    },
    "Operations, neurons, receptive fields": {
        "flops-for-macs": "a multiply-accumulate counted as two operations",
        "macs-for-flops": "a multiply-accumulate counted as one operation",
        "positions-forgotten": "the filters were used at one position",
        "input-positions": "the filters were used at each position of the input",
        "biases-in-macs": "adding a bias were a multiply-accumulate",
        "no-macs-here": "the layer multiplied by weights",
        "neurons-of-input": "the numbers of the input were counted",
        "strides-forgotten": "the layers below had stride 1",
        "kernel-only": "the layer saw its own kernel of the input",
        "own-stride-counted": "the layer's own stride counted for its own window",
        "kernels-added": "the windows were added up, with all of each",
        "pooling-forgotten": "the pooling layers were not there",
    },
    "Totals of a network": {
        "biases-left-out": "no bias were counted",
        "layer-left-out": "one layer were left out",
    },
    "Marking": {
        "rounded": "the number were rounded",
        "carried": "this follows from an answer further up",
    },
}
"""By what they are about: code → what is then as if."""
SENTENCES: Final = {code: text for group in GROUPS.values() for code, text in group.items()}
"""Every code with its sentence."""
