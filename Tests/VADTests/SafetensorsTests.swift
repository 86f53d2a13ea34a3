import Foundation
import TestSupport
import Testing
import VAD

@Suite struct SafetensorsTests {
    private func file(_ header: String, _ floats: [Float] = []) -> [UInt8] {
        let text = Array(header.utf8)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
        let data = floats.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(8 * $0)) }
        }
        return length + text + data
    }

    private let header = """
        {"__metadata__": {"format": "pt"},
         "a": {"dtype":"F32","shape":[2, 2],"data_offsets":[0,16]},
         "b.\\"c\\"": {"shape":[],"data_offsets":[16,20],"dtype":"F32"},
         "d": {"dtype":"F16","shape":[2],"data_offsets":[16,20]} }
        """

    @Test func readsTensors() throws {
        let read = try SafetensorsFile(bytes: file(header, [1, 2.5, -3, 4, 5]), path: "x")
        #expect(Set(read.names) == ["a", "b.\"c\"", "d"])
        #expect(try read.floats("a", shape: [2, 2]) == [1, 2.5, -3, 4])
        #expect(try read.floats("b.\"c\"", shape: []) == [5])
        #expect(read.shape(of: "d") == [2])
    }

    @Test func saysWhatIsMissing() throws {
        let read = try SafetensorsFile(bytes: file(header, [1, 2, 3, 4, 5]), path: "x")
        #expect(
            throws: VADError.unexpectedTensor(path: "x", name: "z", expected: [1], found: nil)
        ) { try read.floats("z", shape: [1]) }
        #expect(
            throws: VADError.unexpectedTensor(path: "x", name: "a", expected: [4], found: [2, 2])
        ) { try read.floats("a", shape: [4]) }
        #expect(
            throws: VADError.malformed(path: "x", reason: "tensor d is not 2 32-bit floats")
        ) { try read.floats("d", shape: [2]) }
    }

    @Test(arguments: [
        "", "{", "[]", "{\"a\"}", "{\"a\":{}} x", "{\"a\":{}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,99999999999999999999]}}",
        "{\"a\":{\"color\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
    ])
    func refusesWrongHeaders(header: String) {
        #expect(throws: VADError.self) { try SafetensorsFile(bytes: file(header, [1]), path: "x") }
    }

    @Test func refusesEveryTruncationOfTheHeader() {
        let whole = file(header, [1, 2, 3, 4, 5])
        for count in 0..<whole.count {
            #expect(throws: VADError.self) {
                try SafetensorsFile(bytes: Array(whole[..<count]), path: "x")
            }
        }
        var huge = whole
        huge[7] = 0xFF
        #expect(throws: VADError.self) { try SafetensorsFile(bytes: huge, path: "x") }
    }

    /// Damaged files are refused or read; nothing traps.
    @Test func survivesDamage() {
        let seed = UInt64.random(in: 0 ... .max)
        print("safetensors damage, seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let whole = file(header, [1, 2, 3, 4, 5])
        var refused = 0
        for _ in 0..<5_000 {
            var damaged = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] =
                    UInt8.random(in: 0...255, using: &random)
            }
            guard let read = try? SafetensorsFile(bytes: damaged, path: "x") else {
                refused += 1
                continue
            }
            for name in read.names { _ = try? read.floats(name, shape: read.shape(of: name) ?? []) }
        }
        #expect(refused > 1_000 && refused < 5_000, "seed \(seed)")
    }

    @Test func errorsNamePathAndRemedy() throws {
        do {
            _ = try SileroModel(weightsPath: "/nonexistent/weights")
            Issue.record("read a file that is not there")
        } catch {
            #expect("\(error)".contains("/nonexistent/weights: No such file or directory"))
            #expect("\(error)".contains("scripts/setup"))
        }
        let path = NSTemporaryDirectory() + "vad-\(UInt64.random(in: 0 ... .max)).safetensors"
        try Data(file(header, [1, 2, 3, 4, 5])).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(
            throws: VADError.unexpectedTensor(
                path: path, name: "stft_conv.weight", expected: [258, 1, 256], found: nil)
        ) { try SileroModel(weightsPath: path) }
    }
}
