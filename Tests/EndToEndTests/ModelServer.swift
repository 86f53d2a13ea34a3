import Foundation
import Net
import Realtime
import Wire

/// A server with one model, and ways of its own to send it. Ends with the object.
final class ModelServer: Sendable {
    enum Manner: Sendable {
        case whole
        /// All but so many bytes are cut off, once; then the rest, where it is asked for.
        case cutOnce(after: Int)
        /// Does not know how to send parts.
        case withoutRanges(cutAfter: Int)
        case redirect
        case status(Int)
    }

    /// Begins like a model of ggml.
    static let contents: [UInt8] =
        Array("lmgg".utf8)
        + (0..<300_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 11) }

    static func sum(_ bytes: [UInt8]) -> String {
        let digest = SHA256()
        bytes.withUnsafeBytes { digest?.update($0) }
        return digest?.finish() ?? ""
    }

    private let group: EventLoopGroup
    private let server: HTTPServer
    private let requests: Requests

    /// What was asked for, from any thread.
    private final class Requests: Sendable {
        private let lines = Locked<[String]>([])
        func add(_ line: String) -> Int {
            lines.withLock {
                $0.append(line)
                return $0.count
            }
        }
        var all: [String] { lines.withLock { $0 } }
    }

    init(_ manner: Manner, contents: [UInt8] = ModelServer.contents) throws {
        group = try EventLoopGroup(count: 1, label: "models")
        let requests = Requests()
        self.requests = requests
        var options = HTTPServerOptions(host: "127.0.0.1", port: 0)
        options.outboundBytesMax = 4_194_304
        server = try HTTPServer(group: group, options: options) { _ in
            { request, responder in
                let range = request.headers["Range"]
                let count = requests.add("\(request.path) \(range ?? "all")")
                let start =
                    range.flatMap { Int($0.dropFirst("bytes=".count).dropLast()) } ?? 0
                Self.answer(responder, request, manner, contents, start, isFirst: count == 1)
            }
        }
    }

    deinit {
        server.close()
        group.shutdown()
    }

    var address: String { "http://127.0.0.1:\(server.port)/models" }
    var asked: [String] { requests.all }

    private static func answer(
        _ responder: HTTPResponder, _ request: HTTPRequest, _ manner: Manner, _ contents: [UInt8],
        _ start: Int, isFirst: Bool
    ) {
        switch manner {
        case .whole: send(contents, from: 0, to: nil, responder)
        case .cutOnce(let end): send(contents, from: start, to: isFirst ? end : nil, responder)
        case .withoutRanges(let end): send(contents, from: 0, to: isFirst ? end : nil, responder)
        case .redirect where request.path.hasPrefix("/models"):
            responder.respond(
                HTTPResponse(status: 302, headers: ["Location": "/elsewhere" + request.path]))
        case .redirect: send(contents, from: 0, to: nil, responder)
        case .status(let status): responder.respond(HTTPResponse(status: status))
        }
    }

    private static func send(
        _ contents: [UInt8], from start: Int, to end: Int?, _ responder: HTTPResponder
    ) {
        guard start < contents.count else {
            return responder.respond(HTTPResponse(status: 416))
        }
        var headers: HTTPHeaders = ["Content-Type": "application/octet-stream"]
        if start > 0 {
            headers["Content-Range"] = "bytes \(start)-\(contents.count - 1)/\(contents.count)"
        }
        let status = start > 0 ? 206 : 200
        guard let end else {
            var whole = HTTPResponse(status: status, headers: headers)
            whole.body = Array(contents[start...])
            return responder.respond(whole)
        }
        responder.startStreaming(HTTPResponse(status: status, headers: headers))
        // Dropped unfinished, the answer ends in the middle.
        _ = Array(contents[start..<end]).withUnsafeBytes { responder.write($0) }
    }
}
