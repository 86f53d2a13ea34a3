/// Where the answer to one request goes: a connection, or whoever asked within the process.
///
/// What each member does is said by the method of ``HTTPResponder`` that calls it.
protocol HTTPExchange: AnyObject {
    /// True while an answer would reach somebody, as far as is known.
    var isOpen: Bool { get }
    func respond(_ response: HTTPResponse)
    /// - Returns: whether the pieces are to be chunks.
    func beginStreaming(_ head: HTTPResponse) -> Bool
    func dropsBody(_ status: Int) -> Bool
    func writePiece(_ bytes: UnsafeRawBufferPointer, asChunk: Bool) -> Bool
    func finishStreaming(asChunks: Bool)
    /// The responder of the numbered request was let go without an end.
    func abandoned(_ number: UInt64, didBegin: Bool)
    func detach(_ number: UInt64) -> (stream: ByteStream, unread: [UInt8])?
}

/// An exchange without a connection: keeps the answer together and hands it over when it is whole.
final class InProcessExchange: HTTPExchange {
    private var answered: ((HTTPResponse) -> Void)?
    private var head: HTTPResponse?
    private let isHead: Bool

    init(_ request: HTTPRequest, answered: @escaping (HTTPResponse) -> Void) {
        self.answered = answered
        isHead = request.method == "HEAD"
    }

    var isOpen: Bool { answered != nil }

    func respond(_ response: HTTPResponse) {
        let answered = self.answered
        self.answered = nil
        answered?(response)
    }

    func beginStreaming(_ head: HTTPResponse) -> Bool {
        self.head = head
        self.head?.body = []
        return false
    }

    func dropsBody(_ status: Int) -> Bool { isHead }

    func writePiece(_ bytes: UnsafeRawBufferPointer, asChunk: Bool) -> Bool {
        head?.body.append(contentsOf: bytes)
        return true
    }

    func finishStreaming(asChunks: Bool) {
        if let head { respond(head) }
    }

    func abandoned(_ number: UInt64, didBegin: Bool) { respond(HTTPResponse(status: 500)) }

    /// There is no stream to be had.
    func detach(_ number: UInt64) -> (stream: ByteStream, unread: [UInt8])? { nil }
}
