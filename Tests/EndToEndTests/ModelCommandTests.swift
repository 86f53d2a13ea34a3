import Foundation
import Testing

/// `streamd model`, as a process, against a server of models.
@Suite struct ModelCommandTests {
    private struct Output: Sendable {
        var code: Int32
        var text: String
        var errors: String
    }

    private final class Place: Sendable {
        let folder: String

        init() throws {
            folder = NSTemporaryDirectory() + "streamd-models-" + UUID().uuidString
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func path(_ name: String) -> String { folder + "/models/" + name }
        var files: [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: folder + "/models")) ?? [])
                .sorted()
        }
    }

    private static let sum = ModelServer.sum(ModelServer.contents)

    /// - Parameter hasTerminal: whether it writes to a terminal; all of it comes as `text` then.
    private func run(
        _ words: [String], in place: Place, from address: String? = nil,
        hasTerminal: Bool = false
    ) async throws -> Output {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let process = Process()
        let program = URL(filePath: own).deletingLastPathComponent().appending(path: "streamd")
        process.executableURL = hasTerminal ? URL(filePath: "/usr/bin/script") : program
        let command = ["model"] + words
        process.arguments =
            hasTerminal
            ? ["-qec", ([program.path] + command).joined(separator: " "), "/dev/null"] : command
        process.currentDirectoryURL = URL(filePath: place.folder)
        var environment = ProcessInfo.processInfo.environment
        environment["STREAMD_CACHE"] = place.folder
        environment["STREAMD_MODELS_URL"] = address
        process.environment = environment
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        let running = process
        return try await blocking {
            try running.run()
            // Little enough that neither pipe fills while the other is read.
            let text = output.fileHandleForReading.readDataToEndOfFile()
            let complaints = errors.fileHandleForReading.readDataToEndOfFile()
            running.waitUntilExit()
            return Output(
                code: running.terminationStatus, text: String(decoding: text, as: UTF8.self),
                errors: String(decoding: complaints, as: UTF8.self))
        }
    }

    @Test func aModelIsPulledAndListed() async throws {
        let place = try Place()
        let server = try ModelServer(.whole)
        let pull = ["pull", "mini", "--sha256", Self.sum.uppercased()]
        let output = try await run(pull, in: place, from: server.address + "/")
        #expect(output.code == 0, "\(output.errors)")
        #expect(
            output.text
                == "mini: \(ModelServer.contents.count) bytes in \(place.path("ggml-mini.bin"))\n")
        #expect(output.errors.contains("mini 100 % of 0 MB\n") && !output.errors.contains("\r"))
        #expect(place.files == ["ggml-mini.bin"])
        let bytes = try Data(contentsOf: URL(filePath: place.path("ggml-mini.bin")))
        #expect(Array(bytes) == ModelServer.contents)
        #expect(server.asked == ["/models/ggml-mini.bin all"])
        // What is there and right is not fetched again.
        #expect(try await run(pull, in: place, from: server.address).code == 0)
        #expect(server.asked.count == 1)
        let list = try await run(["list"], in: place)
        #expect(list.code == 0)
        #expect(list.text.contains(place.path("ggml-mini.bin")))
        #expect(list.text.contains("base.en") && list.text.contains("streamd model pull base.en"))
    }

    @Test func aTerminalSeesABar() async throws {
        let place = try Place()
        let server = try ModelServer(.whole)
        let output = try await run(
            ["pull", "mini", "--sha256", Self.sum], in: place, from: server.address,
            hasTerminal: true)
        #expect(output.code == 0)
        #expect(output.text.contains("\rmini ██"), "\(output.text)")
        #expect(output.text.contains(" 100 % of 0 MB\r\n"), "\(output.text)")
    }

    @Test func aBrokenDownloadIsGoneOnWith() async throws {
        let place = try Place()
        let server = try ModelServer(.cutOnce(after: 100_000))
        let pull = ["pull", "mini", "--sha256", Self.sum]
        let first = try await run(pull, in: place, from: server.address)
        #expect(first.code == 69)
        #expect(first.errors.contains("bytes are kept, pull again to go on"), "\(first.errors)")
        #expect(place.files == ["ggml-mini.bin.part"])
        let second = try await run(pull, in: place, from: server.address)
        #expect(second.code == 0, "\(second.errors)")
        #expect(server.asked.last == "/models/ggml-mini.bin bytes=100000-")
        #expect(place.files == ["ggml-mini.bin"])
    }

    @Test func aServerWithoutRangesBeginsAnew() async throws {
        let place = try Place()
        let server = try ModelServer(.withoutRanges(cutAfter: 100_000))
        let pull = ["pull", "mini", "--sha256", Self.sum]
        #expect(try await run(pull, in: place, from: server.address).code == 69)
        let second = try await run(pull, in: place, from: server.address)
        #expect(second.code == 0, "\(second.errors)")
        #expect(place.files == ["ggml-mini.bin"])
    }

    @Test func redirectsAreFollowed() async throws {
        let place = try Place()
        let server = try ModelServer(.redirect)
        let output = try await run(
            ["pull", "mini", "--sha256", Self.sum], in: place, from: server.address)
        #expect(output.code == 0, "\(output.errors)")
        #expect(server.asked.last == "/elsewhere/models/ggml-mini.bin all")
    }

    @Test func theWrongContentsAreThrownAway() async throws {
        let place = try Place()
        let server = try ModelServer(.whole)
        // The sum of the true base.en is known.
        let other = try await run(["pull", "base.en"], in: place, from: server.address)
        #expect(other.code == 65)
        #expect(other.errors.contains("what came has the SHA-256 \(Self.sum), not a03779c8"))
        let page = Array("<html>not found</html>".utf8)
        let pages = try ModelServer(.whole, contents: page)
        let noModel = try await run(
            ["pull", "mini", "--sha256", ModelServer.sum(page)], in: place, from: pages.address)
        #expect(noModel.code == 65)
        #expect(noModel.errors.contains("is not a ggml model of Whisper"))
        #expect(place.files == [])
    }

    @Test(arguments: [(404, 66, "the server has no "), (500, 69, "was answered with 500")])
    func refusalsAreTold(status: Int, code: Int32, words: String) async throws {
        let place = try Place()
        let server = try ModelServer(.status(status))
        let output = try await run(["pull", "base.en"], in: place, from: server.address)
        #expect(output.code == code)
        #expect(output.errors.contains(words), "\(output.errors)")
        #expect(place.files == [])
    }

    static let mistakes: [([String], String?, Int32, String)] = [
        (["pull", "mini"], "http://127.0.0.1:9", 64, "the SHA-256 of 'mini' is not known here"),
        (["pull", "../x"], "http://127.0.0.1:9", 64, "'../x' is not a name of a model"),
        (["pull", "base.en", "--sha256", "12"], "http://127.0.0.1:9", 64, "is not a SHA-256"),
        (["pull", "base.en"], nil, 78, "set models.baseURL, or STREAMD_MODELS_URL"),
        (["pull", "base.en"], "ftp://h", 78, "is not an address of models"),
        (["pull", "base.en"], "http://127.0.0.1:9", 69, "cannot connect"),
        (["push"], nil, 64, "'push' is not known"), ([], nil, 64, "usage: streamd model"),
    ]

    @Test(arguments: mistakes)
    func mistakesAreTold(
        words: [String], address: String?, code: Int32, complaint: String
    ) async throws {
        let output = try await run(words, in: try Place(), from: address)
        #expect(output.code == code)
        #expect(output.errors.contains(complaint), "\(output.errors)")
    }

    @Test func anUnwritableFolderIsTold() async throws {
        let place = try Place()
        try "".write(toFile: place.folder + "/models", atomically: true, encoding: .utf8)
        let output = try await run(["pull", "base.en"], in: place, from: "http://127.0.0.1:9")
        #expect(output.code == 73)
        #expect(output.errors.contains("can't be made"), "\(output.errors)")
    }

    @Test func twoPullsDoNotMix() async throws {
        let place = try Place()
        try FileManager.default.createDirectory(
            atPath: place.folder + "/models", withIntermediateDirectories: true)
        let descriptor = open(place.path("ggml-mini.bin.part"), O_RDWR | O_CREAT, 0o600)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        let output = try await run(
            ["pull", "mini", "--sha256", Self.sum], in: place, from: "http://127.0.0.1:9")
        #expect(output.code == 75)
        #expect(output.errors.contains("another pull is writing"))
    }
}
