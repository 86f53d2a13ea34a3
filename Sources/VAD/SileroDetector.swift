import CStreamD
import Glibc

/// One call's network: its memory between chunks and all working memory, allocated once.
///
/// One thread at a time. Nothing but the initialiser allocates; nothing blocks.
public final class SileroDetector {
    private let model: SileroModel
    /// 32 samples of the former chunk, this chunk's 256, then 32 mirrored ones.
    private let signal: UnsafeMutablePointer<Float>
    private let spectrum: UnsafeMutablePointer<Float>
    /// Layers' results, frame after frame, with a frame of zeros where the convolution reaches over
    /// the edge.
    private let magnitudes: UnsafeMutablePointer<Float>
    private let frames1: UnsafeMutablePointer<Float>
    private let frames2: UnsafeMutablePointer<Float>
    private let frame3: UnsafeMutablePointer<Float>
    /// What the recurrent cell sees: the last layer's 128 results, then its own former 128.
    private let cellInput: UnsafeMutablePointer<Float>
    private let cell: UnsafeMutablePointer<Float>
    private let gates: UnsafeMutablePointer<Float>

    private static let signalCount =
        2 * SileroModel.contextCount + SileroModel.chunkSampleCount
    private static let spectrumStride = 144

    /// Makes a network that has heard nothing yet. Allocates.
    public init(model: SileroModel) {
        self.model = model
        signal = PackedLayer.allocate(Self.signalCount)
        spectrum = PackedLayer.allocate(Self.spectrumStride * SileroModel.frameCount)
        magnitudes = PackedLayer.allocate(SileroModel.binCount * 6)
        frames1 = PackedLayer.allocate(128 * 6)
        frames2 = PackedLayer.allocate(64 * 2)
        frame3 = PackedLayer.allocate(64)
        cellInput = PackedLayer.allocate(256)
        cell = PackedLayer.allocate(128)
        gates = PackedLayer.allocate(512)
    }

    deinit {
        for memory in [
            signal, spectrum, magnitudes, frames1, frames2, frame3, cellInput, cell, gates,
        ] {
            memory.deallocate()
        }
    }

    /// Forgets all it has heard.
    public func reset() {
        signal.update(repeating: 0, count: Self.signalCount)
        cellInput.update(repeating: 0, count: 256)
        cell.update(repeating: 0, count: 128)
    }

    /// The probability, 0…1, that the next 256 samples at 8 kHz are speech, given what was heard
    /// before. Traps on any other count.
    public func probability(of chunk: UnsafeBufferPointer<Int16>) -> Float {
        precondition(chunk.count == SileroModel.chunkSampleCount, "a chunk is 256 samples")
        let start = signal + SileroModel.contextCount
        for index in 0..<SileroModel.chunkSampleCount {
            start[index] = Float(chunk[index]) * (1 / 32_768)
        }
        return run()
    }

    /// The probability, 0…1, that the next 256 samples (full scale ±1) at 8 kHz are speech, given
    /// what was heard before. Traps on any other count.
    public func probability(of chunk: UnsafeBufferPointer<Float>) -> Float {
        precondition(chunk.count == SileroModel.chunkSampleCount, "a chunk is 256 samples")
        for index in 0..<SileroModel.chunkSampleCount {
            signal[SileroModel.contextCount + index] = chunk[index]
        }
        return run()
    }

    private func run() -> Float {
        let context = SileroModel.contextCount
        let end = context + SileroModel.chunkSampleCount
        // Mirrored around the last sample, which is not repeated.
        for index in 0..<context { signal[end + index] = signal[end - 2 - index] }
        transform()
        encode()
        model.gates.apply(
            to: cellInput, stride: 0, columns: 1, into: gates, stride: 0, clamp: false)
        streamd_vad_lstm(gates, cell, cellInput + 128, 128)
        for index in 0..<context {
            signal[index] = signal[SileroModel.chunkSampleCount + index]
        }
        return decide()
    }

    /// Signal to magnitudes of 65 bins in four frames.
    private func transform() {
        model.fourier.apply(
            to: signal, stride: SileroModel.hopCount, columns: SileroModel.frameCount,
            into: spectrum, stride: Self.spectrumStride, clamp: false)
        let bins = SileroModel.binCount
        for frame in 0..<SileroModel.frameCount {
            let parts = spectrum + frame * Self.spectrumStride
            let results = magnitudes + (frame + 1) * bins
            for bin in 0..<bins {
                let real = parts[bin]
                let imaginary = parts[bin + bins]
                results[bin] = (real * real + imaginary * imaginary).squareRoot()
            }
        }
    }

    /// Magnitudes to the recurrent cell's input. A frame's neighbours lie beside it in memory, so
    /// the frames under a convolution's taps are one run of floats.
    private func encode() {
        model.convolution1.apply(
            to: magnitudes, stride: SileroModel.binCount, columns: 4,
            into: frames1 + 128, stride: 128, clamp: true)
        model.convolution2.apply(
            to: frames1, stride: 2 * 128, columns: 2, into: frames2, stride: 64, clamp: true)
        model.convolution3.apply(
            to: frames2, stride: 0, columns: 1, into: frame3, stride: 0, clamp: true)
        model.convolution4.apply(
            to: frame3, stride: 0, columns: 1, into: cellInput, stride: 0, clamp: true)
    }

    private func decide() -> Float {
        var sum = model.output.biases[0]
        for unit in 0..<SileroModel.unitCount {
            sum += model.output.weights[unit * PackedLayer.blockRows] * max(0, cellInput[128 + unit])
        }
        return 1 / (1 + exp(-sum))
    }
}
