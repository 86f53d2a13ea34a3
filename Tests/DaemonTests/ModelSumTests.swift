import Foundation
import Operations
import Testing

/// What `streamd doctor` holds weights against is what set-up makes.
@Suite struct ModelSumTests {
    @Test func theSumsAreThoseOfSetUp() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "scripts/checksums.txt")
        var sums: [String: String] = [:]
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, words[0].count == 64 else { continue }
            sums[String(words[1])] = String(words[0])
        }
        #expect(Doctor.setUpSums.count == 3)
        for (name, sum) in Doctor.setUpSums { #expect(sums[name] == sum, "\(name)") }
    }
}
