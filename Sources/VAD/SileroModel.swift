import CStreamD

/// The weights of the Silero VAD v6 network, shared by all calls and read-only.
///
/// The network (github.com/snakers4/silero-vad, MIT) hears 32 ms at a time and says how likely they
/// are speech: magnitudes of four short Fourier transforms, four convolutions over them, a
/// recurrent (LSTM) cell of 128 units, one output. It was trained for 16 kHz and, with other
/// weights and half the samples in every step, for 8 kHz; which one a file holds shows in its
/// shapes.
public final class SileroModel: Sendable {
    static let frameCount = 4
    static let unitCount = 128

    /// Samples per second the weights were trained for: 8,000 or 16,000.
    public let sampleRate: Int
    /// Samples the network takes at once, 32 ms: 256 or 512.
    public let chunkSampleCount: Int

    /// Samples of the former chunk that it hears again, and as many mirrored ones behind the chunk.
    let contextCount: Int
    /// Samples of one transform, from one to the next, and its frequencies.
    let windowCount: Int
    let hopCount: Int
    let binCount: Int

    /// Fourier transform as a matrix: real parts of all bins, then imaginary parts.
    let fourier: PackedLayer
    let convolution1: PackedLayer
    let convolution2: PackedLayer
    /// Of the taps of the last two convolutions only those that do not fall on padding.
    let convolution3: PackedLayer
    let convolution4: PackedLayer
    /// Input and recurrent weights side by side, as the gates are the sum of both.
    let gates: PackedLayer
    let output: PackedLayer

    /// Reads the weights from a safetensors file with the tensors `stft_conv.weight` ([258, 1, 256]
    /// for 16 kHz, [130, 1, 128] for 8 kHz), `conv1…4.weight` and `.bias`, `lstm_cell.weight_ih`,
    /// `.weight_hh`, `.bias_ih`, `.bias_hh`, `final_conv.weight` and `.bias`. Blocks and allocates.
    public init(weightsPath: String) throws(VADError) {
        let file = try SafetensorsFile(path: weightsPath)
        let isNarrow = file.shape(of: "stft_conv.weight") == [130, 1, 128]
        let window = isNarrow ? 128 : 256
        let bins = window / 2 + 1
        sampleRate = isNarrow ? 8_000 : 16_000
        chunkSampleCount = 2 * window
        contextCount = window / 4
        windowCount = window
        hopCount = window / 2
        binCount = bins
        let units = Self.unitCount
        let basis = try file.floats("stft_conv.weight", shape: [2 * bins, 1, window])
        let convolutions = [
            try Convolution(file, "conv1", outputs: 128, inputs: bins),
            try Convolution(file, "conv2", outputs: 64, inputs: 128),
            try Convolution(file, "conv3", outputs: 64, inputs: 64),
            try Convolution(file, "conv4", outputs: 128, inputs: 64),
        ]
        let inputWeights = try file.floats("lstm_cell.weight_ih", shape: [4 * units, units])
        let hiddenWeights = try file.floats("lstm_cell.weight_hh", shape: [4 * units, units])
        let inputBiases = try file.floats("lstm_cell.bias_ih", shape: [4 * units])
        let hiddenBiases = try file.floats("lstm_cell.bias_hh", shape: [4 * units])
        let finalWeights = try file.floats("final_conv.weight", shape: [1, units, 1])
        let finalBias = try file.floats("final_conv.bias", shape: [1])

        // All has been read: from here on nothing throws, so that nothing packed is leaked.
        fourier = PackedLayer(
            rowCount: 2 * bins, depth: window, biases: Array(repeating: 0, count: 2 * bins)
        ) { basis[$0 * window + $1] }
        convolution1 = convolutions[0].packed(taps: 0..<3)
        convolution2 = convolutions[1].packed(taps: 0..<3)
        convolution3 = convolutions[2].packed(taps: 1..<3)
        convolution4 = convolutions[3].packed(taps: 1..<2)
        gates = PackedLayer(
            rowCount: 4 * units, depth: 2 * units, biases: zip(inputBiases, hiddenBiases).map(+)
        ) { row, input in
            input < units
                ? inputWeights[row * units + input] : hiddenWeights[row * units + input - units]
        }
        output = PackedLayer(rowCount: 1, depth: units, biases: finalBias) { finalWeights[$1] }
    }

    deinit {
        for layer in [
            fourier, convolution1, convolution2, convolution3, convolution4, gates, output,
        ] {
            layer.deallocate()
        }
    }

    /// The instruction set the kernels run on here: `avx512`, `avx2` or `baseline`.
    public static var instructionSet: String { String(cString: streamd_vad_instruction_set()) }
}

/// One convolution over time with three taps, as the file holds it: [outputs, inputs, taps].
private struct Convolution {
    let inputs: Int
    let weights: [Float]
    let biases: [Float]

    init(
        _ file: SafetensorsFile, _ name: String, outputs: Int, inputs: Int
    ) throws(VADError) {
        self.inputs = inputs
        weights = try file.floats("\(name).weight", shape: [outputs, inputs, 3])
        biases = try file.floats("\(name).bias", shape: [outputs])
    }

    /// As a matrix whose input is the frames under the taps, one after the other.
    func packed(taps: Range<Int>) -> PackedLayer {
        PackedLayer(rowCount: biases.count, depth: taps.count * inputs, biases: biases) {
            row, input in
            weights[(row * inputs + input % inputs) * 3 + taps.lowerBound + input / inputs]
        }
    }
}
