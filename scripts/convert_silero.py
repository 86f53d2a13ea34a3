#!/usr/bin/env python3
"""Takes the weights of Silero VAD out of the ONNX model of its Python package.

usage: convert_silero.py WHEEL OUTPUT_FOLDER

Writes `silero_v6_16k.safetensors` and `silero_v6_8k.safetensors`, one for each of the two networks
in `silero_vad.onnx`, where an If node on the sample rate holds them as its branches. (The package's
own .safetensors file holds the weights of another network; the ONNX is what its users run.) Needs
nothing but Python's standard library; the same input always gives the same bytes.
"""

import json
import math
import pathlib
import struct
import sys
import zipfile

MODEL = "silero_vad/data/silero_vad.onnx"

# Name in the ONNX -> name in the output; both branches use the same names behind a prefix.
NAMES = {"stft.forward_basis_buffer": "stft_conv.weight"}
for _part in ("weight", "bias"):
    for _index in range(4):
        NAMES[f"encoder.{_index}.reparam_conv.{_part}"] = f"conv{_index + 1}.{_part}"
    for _kind in ("ih", "hh"):
        NAMES[f"decoder.rnn.{_part}_{_kind}"] = f"lstm_cell.{_part}_{_kind}"
    NAMES[f"decoder.decoder.2.{_part}"] = f"final_conv.{_part}"

# Fields of ONNX's protocol-buffer messages (onnx.proto3) on the way down to the tensors.
MODEL_GRAPH = 7
GRAPH_NODE, GRAPH_INITIALIZER = 1, 5
NODE_OUTPUT, NODE_OPERATOR, NODE_ATTRIBUTE = 2, 4, 5
ATTRIBUTE_NAME, ATTRIBUTE_TENSOR, ATTRIBUTE_GRAPH = 1, 5, 6
TENSOR_DIMENSIONS, TENSOR_TYPE, TENSOR_FLOATS, TENSOR_NAME, TENSOR_RAW = 1, 2, 4, 8, 9
TYPE_FLOAT = 1


def varint(data, position):
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7


def fields(data):
    """The (number, value) pairs of a message: ints for varints, memoryviews for the rest."""
    position = 0
    while position < len(data):
        key, position = varint(data, position)
        number, wire_type = key >> 3, key & 7
        if wire_type == 0:
            value, position = varint(data, position)
        else:
            if wire_type == 2:
                length, position = varint(data, position)
            elif wire_type in (1, 5):
                length = 8 if wire_type == 1 else 4
            else:
                sys.exit(f"{MODEL}: unknown wire type {wire_type}; not a protocol buffer?")
            value = data[position : position + length]
            position += length
        yield number, value


def first(message, number, default=b""):
    return next((value for field, value in fields(message) if field == number), default)


def text(value):
    return bytes(value).decode()


def tensor(message):
    """A float tensor as (shape, little-endian bytes); None for other types."""
    shape, floats, raw = [], bytearray(), b""
    for number, value in fields(message):
        if number == TENSOR_DIMENSIONS:
            if isinstance(value, int):
                shape.append(value)
                continue
            position = 0
            while position < len(value):
                size, position = varint(value, position)
                shape.append(size)
        elif number == TENSOR_FLOATS:
            floats += value
        elif number == TENSOR_RAW:
            raw = bytes(value)
        elif number == TENSOR_TYPE and value != TYPE_FLOAT:
            return None
    data = raw or bytes(floats)
    if len(data) != 4 * math.prod(shape):
        sys.exit(f"{MODEL}: a tensor of shape {shape} has {len(data)} bytes")
    return shape, data


def constants(graph, found):
    """Gathers the float constants of a graph and all graphs inside it, by the names they go by."""
    for number, value in fields(graph):
        if number == GRAPH_INITIALIZER:
            found[text(first(value, TENSOR_NAME))] = tensor(value)
        elif number == GRAPH_NODE:
            for field, attribute in fields(value):
                if field != NODE_ATTRIBUTE:
                    continue
                name = text(first(attribute, ATTRIBUTE_NAME))
                inner = first(attribute, ATTRIBUTE_GRAPH)
                if inner:
                    constants(inner, found)
                elif text(first(value, NODE_OPERATOR)) == "Constant" and name == "value":
                    found[text(first(value, NODE_OUTPUT))] = tensor(
                        first(attribute, ATTRIBUTE_TENSOR))
    return found


def network(found, filter_length):
    """The weights of the branch whose STFT has filters of `filter_length` samples."""
    suffix = "__stft.forward_basis_buffer"
    prefixes = [
        name[: -len(suffix)] for name, value in found.items()
        if name.endswith(suffix) and value and value[0][2] == filter_length]
    if len(prefixes) != 1:
        sys.exit(f"{MODEL}: expected one network with {filter_length}-sample filters, "
                 f"found {len(prefixes)}; was the package changed?")
    weights = {}
    for source, target in NAMES.items():
        value = found.get(f"{prefixes[0]}__{source}")
        if value is None:
            sys.exit(f"{MODEL}: {prefixes[0]}__{source} is missing; was the package changed?")
        weights[target] = value
    return weights


def write_safetensors(path, weights):
    """Format: length of the header as 64 bits, header in JSON, data without gaps."""
    header, offset = {}, 0
    for name in sorted(weights):
        shape, data = weights[name]
        header[name] = {
            "dtype": "F32", "shape": shape, "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 8)  # The data starts at a multiple of 8 bytes.
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(encoded)) + encoded)
        for name in sorted(weights):
            file.write(weights[name][1])
    print(f"{path}: {len(weights)} tensors, {offset // 4} weights")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        model = memoryview(wheel.read(MODEL))
    found = constants(first(model, MODEL_GRAPH), {})
    folder = pathlib.Path(sys.argv[2])
    # 16 ms of signal per filter at either rate.
    write_safetensors(folder / "silero_v6_16k.safetensors", network(found, 256))
    write_safetensors(folder / "silero_v6_8k.safetensors", network(found, 128))


if __name__ == "__main__":
    main()
