import DSP
import Wire

/// How audio goes to a service.
package struct WireAudio: Sendable {
    package enum Coding: Sendable {
        /// As it came from the telephone network.
        case muLaw8k
        case linear8k
        case linear16k
    }

    package enum Envelope: Sendable {
        case binary
        /// In Base64 between two pieces of a JSON text.
        case json(before: String, after: String)
    }

    package var coding: Coding
    package var envelope = Envelope.binary
    /// How much goes into one message; the rest of an utterance goes when it is asked for.
    package var chunkMs: Int

    package init(coding: Coding, envelope: Envelope = .binary, chunkMs: Int) {
        self.coding = coding
        self.envelope = envelope
        self.chunkMs = chunkMs
    }

    var chunkSampleCount: Int { CallAudio.listening.sampleCount(ms: chunkMs) }
}

/// Makes messages of audio in a buffer of its own. Bound to a loop; allocates only when made.
package final class WireAudioFrame {
    private let audio: WireAudio
    private let upsampler: Upsampler8to16?
    private let linear: UnsafeMutableBufferPointer<Int16>
    /// The coded audio.
    private let coded: UnsafeMutableRawBufferPointer
    /// The whole message where it is text: what stands before, and room behind it.
    private let text: UnsafeMutableRawBufferPointer
    private let before: [UInt8]
    private let after: [UInt8]
    let isText: Bool

    package init(_ audio: WireAudio) {
        self.audio = audio
        let count = audio.chunkSampleCount
        upsampler = audio.coding == .linear16k ? Upsampler8to16() : nil
        linear = .allocate(capacity: count * 2)
        coded = .allocate(byteCount: count * 4, alignment: 16)
        switch audio.envelope {
        case .binary:
            (before, after, isText) = ([], [], false)
            text = .allocate(byteCount: 0, alignment: 16)
        case .json(let before, let after):
            (self.before, self.after, isText) = (Array(before.utf8), Array(after.utf8), true)
            let room = Base64.encodedCount(count * 4) + self.before.count + self.after.count
            text = .allocate(byteCount: room, alignment: 16)
            text.copyBytes(from: self.before)
        }
        G711.warmUp()
        Base64.warmUp()
    }

    deinit {
        linear.deallocate()
        coded.deallocate()
        text.deallocate()
    }

    /// The most samples of one message.
    var sampleCountMax: Int { audio.chunkSampleCount }

    /// The most bytes of one message.
    var byteCountMax: Int { max(coded.count, text.count) }

    /// The message with these samples at 8 kHz, at most ``sampleCountMax``; valid until the next one.
    /// Does not allocate.
    package func message(_ samples: UnsafeBufferPointer<Int16>) -> UnsafeRawBufferPointer {
        precondition(samples.count <= sampleCountMax, "more audio than fits a message")
        let bytes = UnsafeRawBufferPointer(rebasing: coded[..<code(samples)])
        guard isText else { return bytes }
        let room = UnsafeMutableRawBufferPointer(rebasing: text[before.count...])
        guard let count = Base64.encode(bytes, into: room) else {
            preconditionFailure("the buffer was made for the longest message")
        }
        let end = before.count + count
        UnsafeMutableRawBufferPointer(rebasing: text[end...]).copyBytes(from: after)
        return UnsafeRawBufferPointer(rebasing: text[..<(end + after.count)])
    }

    private func code(_ samples: UnsafeBufferPointer<Int16>) -> Int {
        switch audio.coding {
        case .muLaw8k:
            return G711.encodeMuLaw(samples, into: coded.assumingMemoryBound(to: UInt8.self))
        case .linear8k: return write(samples)
        case .linear16k:
            let count = upsampler?.process(samples, into: linear) ?? 0
            return write(UnsafeBufferPointer(rebasing: linear[..<count]))
        }
    }

    /// Little-endian, whatever this machine is.
    private func write(_ samples: UnsafeBufferPointer<Int16>) -> Int {
        for (index, sample) in samples.enumerated() {
            coded.storeBytes(of: sample.littleEndian, toByteOffset: index * 2, as: Int16.self)
        }
        return samples.count * 2
    }
}
