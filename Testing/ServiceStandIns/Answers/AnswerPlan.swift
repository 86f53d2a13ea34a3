/// What a request will be answered with, and when: decided before the first byte is sent, so that
/// faults can be worked into it and tests need no clock.
public struct AnswerPlan: Sendable, Equatable {
    /// Bytes and their moment, counted from the arrival of the request.
    public struct Piece: Sendable, Equatable {
        public var atNanos: UInt64
        public var bytes: [UInt8]

        public init(atNanos: UInt64, bytes: [UInt8]) {
            self.atNanos = atNanos
            self.bytes = bytes
        }
    }

    /// What happens behind the last piece.
    public enum Ending: Sendable, Equatable {
        case finish
        /// Nothing more comes, and the connection stays.
        case hang
        /// The connection is cut.
        case cut
    }

    public var status = 200
    public var contentType: String
    /// Sent in pieces as they become due; otherwise one body at the first piece's moment.
    public var isStreamed: Bool
    public var pieces: [Piece]
    public var ending = Ending.finish
    /// The Date that is told, in place of now.
    public var date: String?

    /// - Parameter pieces: in the order of their moments.
    public init(contentType: String, isStreamed: Bool, pieces: [Piece]) {
        self.contentType = contentType
        self.isStreamed = isStreamed
        self.pieces = pieces
    }

    /// All bytes of the body.
    public var body: [UInt8] { pieces.flatMap(\.bytes) }
}
