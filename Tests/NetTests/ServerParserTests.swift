import Foundation
import FuzzChecks
import Net
import TestSupport
import Testing

/// The parsers without sockets: every way of cutting, and damaged input.
@Suite struct ServerParserTests {
    private static let samples = [
        "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "\r\n\r\nGET /p?q=1 HTTP/1.0\r\nA:b\r\nLong-Name:   padded value \t \r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
            + "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\nabc\r\na;x=y\r\n0123456789\r\n0\r\nT: 1\r\n\r\n"
            + "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
            + "\u{1}\u{2}",
        "POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok",
    ]
    private static let requestCounts = [1, 1, 2, 2, 1, 1]

    private func results(_ text: [UInt8], portions: [UInt8]) -> NetFuzzing.HTTPResult {
        text.withUnsafeBytes { NetFuzzing.httpRequests($0, portions: portions) }
    }

    @Test func everyCutGivesTheSameRequests() {
        for (sample, count) in zip(Self.samples, Self.requestCounts) {
            let bytes = Array(sample.utf8)
            let whole = results(bytes, portions: [])
            #expect(whole.requests.count == count)
            for cut in 1..<min(bytes.count, 255) {
                #expect(results(bytes, portions: [UInt8(cut), 255]) == whole)
            }
            for size in UInt8(1)...20 {
                #expect(results(bytes, portions: [size]) == whole)
            }
        }
    }

    @Test func fieldsAreReadExactly() {
        let text =
            "GET /t HTTP/1.1\r\nHost: h\r\nEmpty:\r\nTabs:\t a \tb\t\r\nDup: 1\r\ndup: 2\r\n\r\n"
        let result = results(Array(text.utf8), portions: [])
        #expect(
            result.requests == [
                "GET /t HTTP/1.1\nHost: h\nEmpty: \nTabs: a \tb\nDup: 1\ndup: 2\n\n"
            ])
    }

    /// The body of the fuzzers, on damaged samples: traps when a promise is broken.
    @Test func damageIsHandledTheSameHoweverItIsCut() {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("damage seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("\r\n\r\n \t:;,0aF5\0%&=+-{}[]\"\\u".utf8) + [0xFF]
        var refused = 0
        for round in 0..<3_000 {
            var bytes = Array(Self.samples[round % Self.samples.count].utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = byte
                case 1: bytes.insert(byte, at: place)
                default: bytes.remove(at: place)
                }
            }
            refused += results(bytes, portions: []).isRefused ? 1 : 0
            let sizes = (0..<3).map { _ in UInt8.random(in: 1...9, using: &generator) }
            ([3] + sizes + bytes).withUnsafeBytes { NetFuzzing.http($0) }
        }
        #expect(refused > 300 && refused < 2_900)
    }

    @Test func headersAreOrderedAndCaseInsensitive() {
        var headers: HTTPHeaders = ["A": "1", "b": "2"]
        headers.add(name: "a", value: "3")
        #expect(headers["a"] == "1" && headers["B"] == "2" && headers["c"] == nil)
        #expect(headers.values(of: "A") == ["1", "3"])
        headers["a"] = "4"
        #expect(headers.map(\.name) == ["b", "a"] && headers.values(of: "A") == ["4"])
        headers["B"] = nil
        #expect(headers.count == 1)
        headers = ["Connection": "keep-alive , Upgrade", "connection": "x"]
        for token in ["upgrade", "KEEP-ALIVE", "x"] {
            #expect(headers.contains(name: "CONNECTION", token: token))
        }
        #expect(!headers.contains(name: "connection", token: "up"))
    }
}
