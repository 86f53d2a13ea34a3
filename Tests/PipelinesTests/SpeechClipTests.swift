import Foundation
import Pipelines
import TestSupport
import Testing

@Suite struct SpeechClipTests {
    @Test func whatIsAppendedIsReadAcrossBlocks() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let clip = SpeechClip(text: "t", audio: .telephone, secondsMax: 4)
        var model: [UInt8] = []
        while model.count < 30_000 {
            let piece = (0..<Int.random(in: 1...5000, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            let taken = piece.withUnsafeBufferPointer { clip.append($0) }
            #expect(taken == min(piece.count, 32_768 - model.count), "seed \(seed)")
            model += piece.prefix(taken)
            let from = Int.random(in: 0...model.count, using: &generator)
            var target = [UInt8](repeating: 0, count: Int.random(in: 1...9000, using: &generator))
            let count = target.withUnsafeMutableBufferPointer { clip.read(from: from, into: $0) }
            #expect(
                Array(target.prefix(count)) == Array(model[from...].prefix(target.count)),
                "seed \(seed)")
        }
    }

    @Test func beyondTheLimitNothingIsTaken() {
        let clip = SpeechClip(text: "t", audio: .telephone, secondsMax: 1)
        let bytes = [UInt8](repeating: 1, count: 20_000)
        let taken = bytes.withUnsafeBufferPointer { clip.append($0) }
        #expect(taken == 8192)
        #expect(bytes.withUnsafeBufferPointer { clip.append($0) } == 0)
    }

    @Test func readersSeeOnlyWhatIsWhole() {
        let clip = SpeechClip(text: "t", audio: .telephone, secondsMax: 60)
        let total = 400_000
        let writer = Thread {
            var position = 0
            while position < total {
                let piece = (position..<min(total, position + 777)).map { UInt8($0 & 0xFF) }
                piece.withUnsafeBufferPointer { _ = clip.append($0) }
                position += piece.count
            }
            clip.finish()
        }
        writer.start()
        var read = 0
        var buffer = [UInt8](repeating: 0, count: 160)
        var wrong = 0
        while read < total {
            let count = buffer.withUnsafeMutableBufferPointer { clip.read(from: read, into: $0) }
            for index in 0..<count where buffer[index] != UInt8((read + index) & 0xFF) {
                wrong += 1
            }
            read += count
        }
        #expect(wrong == 0)
        while !clip.isFinished { usleep(1000) }
    }

    @Test func failureKeepsWhatWasSaid() {
        let clip = SpeechClip(text: "t", audio: .telephone)
        [UInt8](repeating: 7, count: 100).withUnsafeBufferPointer { _ = clip.append($0) }
        clip.fail(.overloaded(stage: "x"))
        #expect(clip.byteCount == 100)
        #expect(clip.error != nil)
        #expect(!clip.isFinished)
    }
}
