import CAllocationCounter
import DSP
import Foundation
import TestSupport
import Testing

/// Where the agent's voice comes back after any delay up to a second.
@Suite("Echo reference")
struct EchoReferenceTests {
    private static let voices = ["rms", "slt", "awb", "kal"]
    private static let delays = [20, 60, 180, 330, 520, 700, 940]

    /// Recorded speech of one voice, clip after clip.
    private static func speech(_ voice: String) throws -> [Int16] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "audio-fixtures/speech")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.hasSuffix(".\(voice).wav") }
        try #require(files.count >= 3)
        return try files.flatMap { file in
            try AudioFile.read(path: folder.appending(path: file).path).samples16
        }
    }

    /// The line's noise at −65 dBFS and `far`, `delayMs` later and 20 dB down; all as µ-law.
    private static func line(
        _ far: [Int16], delayMs: Int, caller: [Int16] = [], using generator: inout SeededGenerator
    ) -> [Int16] {
        let noise = Signals.noise(far.count, rms: 18, using: &generator)
        return far.indices.map { index in
            let source = index - delayMs * 8
            let echo = source >= 0 ? Double(far[source]) * 0.1 : 0
            let said = index < caller.count ? Double(caller[index]) : 0
            let sum = max(-32_000, min(32_000, noise[index] + echo + said))
            return G711.decodeMuLaw(G711.encodeMuLaw(Int16(sum)))
        }
    }

    private static func frames(
        _ far: [Int16], _ near: [Int16], _ body: (Int, Slice) -> Void
    ) {
        far.withUnsafeBufferPointer { far in
            near.withUnsafeBufferPointer { near in
                for frame in 0..<far.count / 80 {
                    let range = frame * 80..<(frame + 1) * 80
                    body(
                        frame * 10,
                        Slice(far: .init(rebasing: far[range]), near: .init(rebasing: near[range])))
                }
            }
        }
    }

    private struct Slice {
        var far: UnsafeBufferPointer<Int16>
        var near: UnsafeBufferPointer<Int16>
    }

    @Test("finds where the echo is, to 20 ms, within six seconds", arguments: voices, delays)
    func finds(voice: String, delayMs: Int) throws {
        var generator = SeededGenerator(seed: UInt64(delayMs))
        let far = try Self.speech(voice)
        let near = Self.line(far, delayMs: delayMs, using: &generator)
        let finder = EchoDelayFinder()
        var firstMs: Int?
        Self.frames(far, near) { ms, slice in
            finder.take(far: slice.far, near: slice.near)
            if let found = finder.delayMs {
                firstMs = firstMs ?? ms
                if abs(found - delayMs) > 20 { Issue.record("\(found) ms at \(ms) ms") }
            }
        }
        print(
            "echo of \(voice) after \(delayMs) ms: found after \(firstMs.map(String.init) ?? "–") ms"
        )
        #expect(try #require(firstMs) <= 6000)
    }

    /// The caller speaks all the time, louder than the echo by 20 dB, or there is no echo at all.
    @Test("what the caller says is not taken for an echo", arguments: [nil, 400])
    func doubleTalk(delayMs: Int?) throws {
        for (agent, caller) in zip(Self.voices, Self.voices.dropFirst() + Self.voices.prefix(1)) {
            var generator = SeededGenerator(seed: 7)
            let far = try Self.speech(agent)
            let near = Self.line(
                far, delayMs: delayMs ?? far.count, caller: try Self.speech(caller),
                using: &generator)
            let finder = EchoDelayFinder()
            Self.frames(far, near) { _, slice in finder.take(far: slice.far, near: slice.near) }
            let found = finder.delayMs
            print("\(caller) over \(agent): \(found.map(String.init) ?? "–") ms")
            #expect(found == nil || delayMs.map { abs($0 - (found ?? 0)) <= 20 } ?? false)
        }
    }

    @Test(
        "with the reference, the canceller removes an echo that it does not reach",
        arguments: delays)
    func cancels(delayMs: Int) throws {
        var generator = SeededGenerator(seed: 3)
        let far = try Self.speech("slt")
        var near = Self.line(far, delayMs: delayMs, using: &generator)
        let before = near
        var options = AudioProcessingOptions()
        options.echoControl = .full(.moderate)
        let processing = try AudioProcessing(options: options)
        let reference = EchoReference(leadMs: 200, firstDelayMs: 100)
        let sent = G711.decodedMuLaw(G711.encodedMuLaw(far))
        var allocations: UInt64 = 0
        // Sent 200 ms ahead, as a lead is.
        sent.withUnsafeBufferPointer { sent in
            near.withUnsafeMutableBufferPointer { near in
                reference.append(.init(rebasing: sent[..<1600]))
                for frame in 0..<far.count / 80 {
                    if frame == 200 { allocations = streamd_allocations_of_this_thread() }
                    let next = 1600 + frame * 80
                    if next + 80 <= sent.count {
                        reference.append(.init(rebasing: sent[next..<next + 80]))
                    }
                    let slice = UnsafeMutableBufferPointer(
                        rebasing: near[frame * 80..<(frame + 1) * 80])
                    processing.analyse(far: reference.next(near: UnsafeBufferPointer(slice)))
                    processing.process(near: slice)
                }
                allocations = streamd_allocations_of_this_thread() - allocations
            }
        }
        let settled = far.count / 2..<far.count
        let loss =
            Signals.decibels(Signals.power(before[settled]))
            - Signals.decibels(Signals.power(near[settled]))
        print("echo after \(delayMs) ms: \(loss) dB less, taken for \(reference.delayMs) ms")
        #expect(loss >= 15)
        if streamd_allocations_are_counted() { #expect(allocations == 0) }
    }

    @Test("what was thrown away is not a reference, and the order stays")
    func order() {
        let reference = EchoReference(leadMs: 200, firstDelayMs: 0)
        let silence = [Int16](repeating: 0, count: 80)
        func next() -> [Int16] {
            silence.withUnsafeBufferPointer { Array(reference.next(near: $0)) }
        }
        func append(_ value: Int16, _ count: Int) {
            [Int16](repeating: value, count: count)
                .withUnsafeBufferPointer { reference.append($0) }
        }
        append(1000, 100)
        #expect(next().allSatisfy { $0 == 1000 })
        #expect(next().map { $0 == 1000 }.filter(\.self).count == 20)
        append(1000, 400)
        _ = next()
        reference.clear()
        #expect(next() == silence)
        append(5000, 80)
        #expect(next().allSatisfy { $0 == 5000 })
        // Held back by 200 ms: what was played before comes later.
        let late = EchoReference(leadMs: 200, firstDelayMs: 300)
        #expect(late.delayMs == 300)
        [Int16](repeating: 1000, count: 80).withUnsafeBufferPointer { late.append($0) }
        for frame in 0...20 {
            let heard = silence.withUnsafeBufferPointer { late.next(near: $0)[0] }
            #expect(heard == (frame == 20 ? 1000 : 0))
        }
    }
}
