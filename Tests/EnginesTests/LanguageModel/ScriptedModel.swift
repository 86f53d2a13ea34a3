import Net
import Realtime
import Wire

/// A server with OpenAI's chat interface that answers as it is told, one request after the other, and
/// keeps what it was asked.
final class ScriptedModel: Sendable {
    enum Answer: Sendable {
        case say(String)
        /// Calls of tools, each with its arguments, after these words.
        case call([(name: String, arguments: String)], saying: String = "")
        /// Events as they are, and then the end of the answer.
        case events([String])
        /// Words, and then nothing.
        case stall(after: String)
        case status(Int)
        /// A parameter is refused, in the words of OpenAI's server.
        case refuse(parameter: String)
        /// A refusal of which nothing but these words tells what is refused.
        case refuseSaying(String)
    }

    let port: Int
    private let group: EventLoopGroup
    private let server: HTTPServer
    private let book: Book

    init(_ answers: [Answer]) throws {
        let book = Book(answers)
        self.book = book
        let stalled = Stalled()
        group = try EventLoopGroup(count: 1, label: "model")
        server = try HTTPServer(
            group: group, options: HTTPServerOptions(host: "127.0.0.1", port: 0)
        ) { _ in
            { request, responder in
                guard let body = try? request.jsonBody() else {
                    return responder.respond(HTTPResponse(status: 400, json: .null))
                }
                if !Self.play(book.take(body), to: responder) { stalled.keep(responder) }
            }
        }
        port = server.port
    }

    deinit {
        server.close()
        group.shutdown()
    }

    /// What was asked so far, in order.
    var requests: [JSONValue] { book.requests }

    private final class Book: Sendable {
        private let state: Locked<(answers: [Answer], requests: [JSONValue])>
        init(_ answers: [Answer]) { state = Locked((answers, [])) }
        var requests: [JSONValue] { state.withLock { $0.requests } }

        /// The next answer; silence when there are no more.
        func take(_ request: JSONValue) -> Answer {
            state.withLock { state in
                state.requests.append(request)
                return state.answers.isEmpty ? .stall(after: "") : state.answers.removeFirst()
            }
        }
    }

    /// Answers that never end: a responder that is let go cuts its connection. On the one loop only.
    private final class Stalled: @unchecked Sendable {
        private var responders: [HTTPResponder] = []
        func keep(_ responder: HTTPResponder) { responders.append(responder) }
    }

    /// - Returns: whether the answer is whole.
    private static func play(_ answer: Answer, to responder: HTTPResponder) -> Bool {
        if case .status(let status) = answer {
            let error = JSONValue.object([.init("error", .string("told to"))])
            responder.respond(HTTPResponse(status: status, json: error))
            return true
        }
        if case .refuse(let parameter) = answer {
            let error = JSONValue.object([
                .init(
                    "message",
                    .string(
                        "Unsupported parameter: '\(parameter)' is not supported with this model.")),
                .init("type", .string("invalid_request_error")),
                .init("param", .string(parameter)), .init("code", .string("unsupported_parameter")),
            ])
            responder.respond(HTTPResponse(status: 400, json: .object([.init("error", error)])))
            return true
        }
        if case .refuseSaying(let message) = answer {
            let error = JSONValue.object([.init("message", .string(message))])
            responder.respond(HTTPResponse(status: 400, json: .object([.init("error", error)])))
            return true
        }
        responder.startStreaming(
            HTTPResponse(status: 200, headers: ["Content-Type": "text/event-stream"]))
        var events: [String] = []
        var isWhole = true
        switch answer {
        case .say(let text): events = pieces(of: text) + [end("stop"), "[DONE]"]
        case .call(let calls, let text):
            events = pieces(of: text)
            for (index, call) in calls.enumerated() { events += pieces(of: call, index) }
            events += [end("tool_calls"), "[DONE]"]
        case .events(let given): events = given
        case .stall(let text):
            events = pieces(of: text)
            isWhole = false
        case .status, .refuse, .refuseSaying: break
        }
        let bytes = Array(events.map { "data: \($0)\n\n" }.joined().utf8)
        _ = bytes.withUnsafeBytes { responder.write($0) }
        if isWhole { responder.finish() }
        return isWhole
    }

    private static func pieces(of text: String) -> [String] {
        text.split(separator: " ").map {
            #"{"choices":[{"delta":{"content":\#(quoted("\($0) "))}}]}"#
        }
    }

    /// The name first, the arguments in two halves.
    private static func pieces(
        of call: (name: String, arguments: String), _ index: Int
    ) -> [String] {
        let middle = call.arguments.index(
            call.arguments.startIndex, offsetBy: call.arguments.count / 2)
        let halves = [call.arguments[..<middle], call.arguments[middle...]].map(String.init)
        func event(_ function: String, _ id: String) -> String {
            #"{"choices":[{"delta":{"tool_calls":[{"index":\#(index)\#(id),"function":{\#(function)}}]}}]}"#
        }
        return [event(#""name":\#(quoted(call.name)),"arguments":"""#, #","id":"c\#(index)""#)]
            + halves.map { event(#""arguments":\#(quoted($0))"#, "") }
    }

    private static func end(_ reason: String) -> String {
        #"{"choices":[{"delta":{},"finish_reason":"\#(reason)"}]}"#
    }

    private static func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).encoded(), as: UTF8.self)
    }
}
