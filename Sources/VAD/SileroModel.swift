import CStreamD

/// The weights of the Silero VAD v6 network, 8 kHz branch, shared by all calls and read-only.
///
/// The network (github.com/snakers4/silero-vad, MIT) hears 256 samples (32 ms) at a time and says how
/// likely they are speech: magnitudes of four short Fourier transforms of 128 samples, four
/// convolutions over them, a recurrent (LSTM) cell of 128 units, one output. It needs no resampler
/// and half the arithmetic of the 16 kHz branch, and hears as well: docs/vad.md has the comparison.
public final class SileroModel: Sendable {
    /// Samples per second the network was trained for.
    public static let sampleRate = 8_000
    /// Samples it takes at once.
    public static let chunkSampleCount = 256

    static let contextCount = 32
    static let windowCount = 128
    static let hopCount = 64
    static let frameCount = 4
    static let binCount = 65
    static let unitCount = 128

    /// Fourier transform as a matrix: real parts of the 65 bins, then imaginary parts.
    let fourier: PackedLayer
    let convolution1: PackedLayer
    let convolution2: PackedLayer
    /// Of the taps of the last two convolutions only those that do not fall on padding.
    let convolution3: PackedLayer
    let convolution4: PackedLayer
    /// Input and recurrent weights side by side, as the gates are the sum of both.
    let gates: PackedLayer
    let output: PackedLayer

    /// Reads the weights from a safetensors file with the tensors `stft_conv.weight` [130, 1, 128],
    /// `conv1…4.weight` and `.bias`, `lstm_cell.weight_ih`, `.weight_hh`, `.bias_ih`, `.bias_hh`,
    /// `final_conv.weight` and `.bias`. Blocks and allocates.
    public init(weightsPath: String) throws(VADError) {
        let file = try SafetensorsFile(path: weightsPath)
        let window = Self.windowCount
        let units = Self.unitCount
        let basis = try file.floats("stft_conv.weight", shape: [2 * Self.binCount, 1, window])
        let convolutions = [
            try Convolution(file, "conv1", outputs: 128, inputs: Self.binCount),
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
            rowCount: 2 * Self.binCount, depth: window,
            biases: Array(repeating: 0, count: 2 * Self.binCount)
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
