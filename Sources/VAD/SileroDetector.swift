import CStreamD
import Glibc

/// One call's network: its memory between chunks and all working memory, allocated once.
///
/// One thread at a time. Nothing but the initialiser allocates; nothing blocks.
public final class SileroDetector {
    private let model: SileroModel
    /// Samples of the former chunk that a chunk is heard with.
    package var contextCount: Int { model.contextCount }
    /// The end of the former chunk, this chunk, then its end mirrored.
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
    /// What a glance must not change: the end of the former chunk, the cell and its results.
    private let saved: UnsafeMutablePointer<Float>

    private let signalCount: Int
    private let spectrumStride: Int

    /// Makes a network that has heard nothing yet. Allocates.
    public init(model: SileroModel) {
        self.model = model
        signalCount = 2 * model.contextCount + model.chunkSampleCount
        spectrumStride = model.fourier.blockCount * PackedLayer.blockRows
        signal = PackedLayer.allocate(signalCount)
        spectrum = PackedLayer.allocate(spectrumStride * SileroModel.frameCount)
        magnitudes = PackedLayer.allocate(model.binCount * 6)
        frames1 = PackedLayer.allocate(128 * 6)
        frames2 = PackedLayer.allocate(64 * 2)
        frame3 = PackedLayer.allocate(64)
        cellInput = PackedLayer.allocate(256)
        cell = PackedLayer.allocate(128)
        gates = PackedLayer.allocate(512)
        saved = PackedLayer.allocate(model.contextCount + 256)
    }

    deinit {
        for memory in [
            signal, spectrum, magnitudes, frames1, frames2, frame3, cellInput, cell, gates,
            saved,
        ] {
            memory.deallocate()
        }
    }

    /// Forgets all it has heard.
    public func reset() {
        signal.update(repeating: 0, count: signalCount)
        cellInput.update(repeating: 0, count: 256)
        cell.update(repeating: 0, count: 128)
    }

    /// The probability, 0…1, that the model's next 32 ms of samples (full scale ±32,768) are
    /// speech, given what was heard before. Traps on another count than the model's
    /// `chunkSampleCount`.
    public func probability(of chunk: UnsafeBufferPointer<Int16>) -> Float {
        precondition(chunk.count == model.chunkSampleCount, "a chunk is 32 ms")
        let start = signal + model.contextCount
        for index in 0..<chunk.count { start[index] = Float(chunk[index]) * (1 / 32_768) }
        return run()
    }

    /// The same for samples whose full scale is ±1.
    public func probability(of chunk: UnsafeBufferPointer<Float>) -> Float {
        precondition(chunk.count == model.chunkSampleCount, "a chunk is 32 ms")
        let start = signal + model.contextCount
        for index in 0..<chunk.count { start[index] = chunk[index] }
        return run()
    }

    /// The probability that 32 ms between two chunks are speech, given what was heard before them;
    /// what follows is judged as if this had not been asked. `samples`, ±1, are the `contextCount`
    /// before those 32 ms, then those. Traps on another count.
    package func glance(at samples: UnsafeBufferPointer<Float>) -> Float {
        let context = model.contextCount
        precondition(samples.count == context + model.chunkSampleCount, "context and 32 ms")
        saved.update(from: signal, count: context)
        (saved + context).update(from: cellInput + 128, count: 128)
        (saved + context + 128).update(from: cell, count: 128)
        for index in 0..<samples.count { signal[index] = samples[index] }
        let probability = run()
        signal.update(from: saved, count: context)
        (cellInput + 128).update(from: saved + context, count: 128)
        cell.update(from: saved + context + 128, count: 128)
        return probability
    }

    private func run() -> Float {
        let context = model.contextCount
        let end = context + model.chunkSampleCount
        // Mirrored around the last sample, which is not repeated.
        for index in 0..<context { signal[end + index] = signal[end - 2 - index] }
        transform()
        encode()
        model.gates.apply(
            to: cellInput, stride: 0, columns: 1, into: gates, stride: 0, clamp: false)
        streamd_vad_lstm(gates, cell, cellInput + 128, 128)
        for index in 0..<context {
            signal[index] = signal[model.chunkSampleCount + index]
        }
        return decide()
    }

    /// Signal to the magnitudes of all bins in four frames.
    private func transform() {
        model.fourier.apply(
            to: signal, stride: model.hopCount, columns: SileroModel.frameCount,
            into: spectrum, stride: spectrumStride, clamp: false)
        let bins = model.binCount
        for frame in 0..<SileroModel.frameCount {
            let parts = spectrum + frame * spectrumStride
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
            to: magnitudes, stride: model.binCount, columns: 4,
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
            let hidden = max(0, cellInput[128 + unit])
            sum += model.output.weights[unit * PackedLayer.blockRows] * hidden
        }
        return 1 / (1 + exp(-sum))
    }
}
