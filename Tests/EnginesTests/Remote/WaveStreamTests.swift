import Engines
import Pipelines
import Testing

@Suite struct WaveStreamTests {
    private let samples: [Int16] = (0..<500).map { Int16($0 * 60 - 15_000) }

    private func read(_ file: [UInt8], pieces size: Int) throws -> (bytes: [UInt8], rate: Int?) {
        var wave = WaveStream()
        var bytes: [UInt8] = []
        var start = 0
        while start < file.count {
            bytes += try wave.append(Array(file[start..<min(start + size, file.count)]))
            start += size
        }
        return (bytes, wave.rate)
    }

    @Test func whatIsWrittenIsReadHoweverItIsCut() throws {
        let file = WaveStream.file(samples, rate: 24_000)
        #expect(file.count == 1044)
        for size in [1, 2, 3, 7, 11, 43, 44, 45, 1044] {
            let found = try read(file, pieces: size)
            #expect(found.rate == 24_000)
            #expect(
                found.bytes
                    == samples.flatMap {
                        [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
                    })
        }
    }

    @Test func otherChunksAreSkipped() throws {
        var file = WaveStream.file(samples, rate: 16_000)
        file.insert(contentsOf: Array("LIST".utf8) + [3, 0, 0, 0, 1, 2, 3, 0], at: 36)
        #expect(try read(file, pieces: 5).bytes.count == 1000)
    }

    @Test func whatStandsBehindTheSamplesIsNotHeard() throws {
        let title = Array("LISTtitle of the file".utf8)
        for size in [1, 45, 500, 2000] {
            let file = WaveStream.file(samples, rate: 16_000) + title
            #expect(try read(file, pieces: size).bytes.count == 1000)
        }
        // One that streams does not know how much will come.
        for unknown: [UInt8] in [[0, 0, 0, 0], [255, 255, 255, 255], [255, 255, 255, 127]] {
            var file = WaveStream.file(samples, rate: 16_000)
            file.replaceSubrange(40..<44, with: unknown)
            #expect(try read(file + [0, 0], pieces: 100).bytes.count == 1002)
        }
    }

    @Test func whatIsNoWaveIsRefusedAtOnce() {
        for garbage in ["{\"error\":1}", "<html>", "RIFF....AVI "] {
            #expect(throws: WaveStream.Fault.notWave) {
                _ = try read(Array(garbage.utf8), pieces: 100)
            }
        }
        var stereo = WaveStream.file(samples, rate: 16_000)
        stereo[22] = 2
        #expect(throws: WaveStream.Fault.self) { _ = try read(stereo, pieces: 100) }
    }
}
