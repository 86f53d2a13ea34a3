import CallSimulator
import Net
import Realtime
import TestSupport
import Wire

/// Speech to text, a language model and text to speech that speak OpenAI's wire protocol and take as
/// long as they are told to. For tests and benchmarks: they cost little, and can be made to fail.
///
/// Twilio's REST API for messages and numbers is one of them: ``TwilioRESTStandIn``.
///
/// Routes: `POST /v1/audio/transcriptions`, `/v1/chat/completions`, `/v1/audio/speech`, and
/// Anthropic's `/v1/messages`; those of other vendors in `ServiceStandIns+Voices.swift`; WebSockets at
/// the paths of ``StreamedRecognisers``;
/// `GET /v1/models`, `/healthz`, `/stats`; `DELETE /stats`; `POST /faults`.
public final class ServiceStandIns: Sendable {
    /// What they did. Any thread.
    public let statistics = ServiceStatistics()
    /// What is to go wrong. Any thread.
    public let faults = FaultBoard()
    let options: ServiceStandInOptions
    private let generators: Locked<[StandInService: SeededGenerator]>
    private let transcription: TranscriptionStandIn
    private let chat: ChatStandIn
    let speech: SpeechStandIn
    private let recognisers: StreamedRecognisers
    /// Twilio's REST API.
    public let twilio: TwilioRESTStandIn
    private let server = Locked<HTTPServer?>(nil)

    /// Answers from the loops of the group at once.
    /// - Parameter index: the fixtures that are known by their sound; nil for none.
    public init(
        group: EventLoopGroup, options: ServiceStandInOptions, index: FixtureIndex?
    ) throws(NetError) {
        self.options = options
        var generators: [StandInService: SeededGenerator] = [:]
        // Each service draws from its own numbers, so that one does not disturb the other's.
        for (place, service) in StandInService.allCases.enumerated() {
            generators[service] = SeededGenerator(seed: options.seed &* 3 &+ UInt64(place))
        }
        self.generators = Locked(generators)
        transcription = TranscriptionStandIn(index: index, transcript: options.transcript)
        chat = ChatStandIn(options: options)
        speech = SpeechStandIn(speedup: options.speechSpeedup)
        recognisers = StreamedRecognisers(
            StreamedHearing(
                index: index, options: options, statistics: statistics, faults: faults))
        twilio = TwilioRESTStandIn(
            accountSid: options.twilioAccountSid, authToken: options.twilioAuthToken)
        var listening = HTTPServerOptions(host: options.host, port: options.port)
        listening.bodyBytesMax = options.bodyBytesMax
        listening.serverName = "stand-in"
        listening.outboundBytesMax = 4_194_304
        let made = try HTTPServer(group: group, options: listening) { [weak self] _ in
            { request, responder in self?.handle(request, responder) }
        }
        server.withLock { $0 = made }
    }

    deinit { close() }

    /// The port they listen on.
    public var port: Int { server.withLock { $0?.port ?? 0 } }

    /// Speaks the reply beforehand, whole and by sentences, so that nobody waits for its synthesis.
    /// Any thread; returns at once, the work takes a second or so.
    public func prepareReply() { speech.prepare(options.reply) }

    /// Cuts all connections and listens no more. Any thread.
    public func close() {
        server.withLock { server in
            server?.close()
            server = nil
        }
    }

    // MARK: - Requests

    private func handle(_ request: HTTPRequest, _ responder: HTTPResponder) {
        if request.path.hasPrefix(TwilioRESTStandIn.prefix) { return message(request, responder) }
        switch (request.method, request.path) {
        case ("POST", "/v1/audio/transcriptions"): transcribe(request, responder)
        case ("POST", "/v1/chat/completions"): complete(request, .openAI, responder)
        case ("POST", "/v1/messages"): complete(request, .anthropic, responder)
        case ("POST", "/v1/audio/speech"): speak(request, responder)
        case ("GET", let path) where StreamedRecognisers.paths.contains(path):
            recognisers.accept(request, responder)
        case ("GET", "/v1/models"): responder.respond(HTTPResponse(status: 200, json: Self.models))
        case ("GET", "/healthz"):
            responder.respond(
                HTTPResponse(status: 200, contentType: "text/plain; charset=utf-8", body: "ok\n"))
        case ("GET", "/stats"):
            responder.respond(HTTPResponse(status: 200, json: statistics.json))
        case ("DELETE", "/stats"):
            statistics.reset()
            responder.respond(HTTPResponse(status: 204))
        case ("POST", "/faults"): setFault(request, responder)
        default:
            if handleVoice(request, responder) { return }
            let plan = AnswerPlan(
                status: 404, message: "Invalid URL (\(request.method) \(request.path))")
            responder.respond(HTTPResponse(status: 404, json: Self.json(plan)))
        }
    }

    private func setFault(_ request: HTTPRequest, _ responder: HTTPResponder) {
        guard let json = try? request.jsonBody() else {
            return responder.respond(HTTPResponse(status: 400, json: .string("not JSON")))
        }
        if let complaint = faults.obey(json) {
            responder.respond(HTTPResponse(status: 400, json: .string(complaint)))
        } else {
            responder.respond(HTTPResponse(status: 204))
        }
    }

    private func transcribe(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let arrived = begin(.stt, responder)
        var (plan, note) = transcription.answer(request)
        let delay = draw(.stt, options.transcription)
        for index in plan.pieces.indices { plan.pieces[index].atNanos = delay }
        play(plan, note, .stt, arrived, responder)
    }

    private func complete(
        _ request: HTTPRequest, _ form: ChatStandIn.Form, _ responder: HTTPResponder
    ) {
        let arrived = begin(.llm, responder)
        let (plan, note) = chat.answer(request, form: form) { draw(.llm, $0) }
        play(plan, note, .llm, arrived, responder)
    }

    private func speak(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let firstNanos = draw(.tts, options.speechFirst)
        speech.answer(request, firstNanos: firstNanos, completion: speechPlayer(responder))
    }

    /// Sends the plan of a request that has come now, from whatever thread it is handed over.
    func speechPlayer(
        _ responder: HTTPResponder
    ) -> @Sendable (_ plan: AnswerPlan, _ note: String) -> Void {
        let arrived = begin(.tts, responder)
        let loop = responder.loop
        let bound = LoopBound(WaitingClient(responder), loop: loop)
        return { [self] plan, note in
            if loop.isCurrent {
                play(plan, note, arrived, bound.value)
            } else {
                loop.execute { [self] in play(plan, note, arrived, bound.value) }
            }
        }
    }

    private func play(
        _ plan: AnswerPlan, _ note: String, _ arrived: UInt64, _ client: WaitingClient
    ) {
        guard !client.hasLeft else { return statistics.ended(.tts, cancelled: true) }
        play(plan, note, .tts, arrived, client.responder)
    }

    /// A client that may go away while its speech is made. Lives on the connection's loop.
    private final class WaitingClient {
        let responder: HTTPResponder
        private(set) var hasLeft = false

        init(_ responder: HTTPResponder) {
            self.responder = responder
            responder.onPeerEnded = { [weak self] in self?.hasLeft = true }
        }
    }

    private func message(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let arrived = begin(.twilio, responder)
        let fault = faults.take(.twilio)
        var status: Int?
        // What fails with a status was not done; whatever else goes wrong, the message was taken.
        if case .status(let told)? = fault { status = told }
        var (plan, note) = twilio.answer(request, failing: status)
        let delay = draw(.twilio, options.twilio)
        for index in plan.pieces.indices { plan.pieces[index].atNanos = delay }
        if options.twilioClockSeconds != 0 {
            plan.date = TwilioRESTStandIn.date(secondsAhead: options.twilioClockSeconds)
        }
        statistics.note(.twilio, note)
        if let fault {
            statistics.suffered(.twilio)
            if status == nil { plan = plan.suffering(fault) }
        }
        AnswerPlayer(
            plan, to: responder, service: .twilio, startNanos: arrived, statistics: statistics
        ).start()
    }

    func begin(_ service: StandInService, _ responder: HTTPResponder) -> UInt64 {
        statistics.began(service)
        return responder.loop.nowNanos
    }

    func draw(_ service: StandInService, _ distribution: LatencyDistribution) -> UInt64 {
        generators.withLock { distribution.drawNanos(using: &$0[service, default: .init(seed: 0)]) }
    }

    func play(
        _ plan: AnswerPlan, _ note: String, _ service: StandInService, _ arrived: UInt64,
        _ responder: HTTPResponder
    ) {
        statistics.note(service, note)
        var plan = plan
        if let fault = faults.take(service) {
            statistics.suffered(service)
            plan = plan.suffering(fault)
        }
        AnswerPlayer(
            plan, to: responder, service: service, startNanos: arrived, statistics: statistics
        ).start()
    }

    private static let models = JSONValue.object([
        .init("object", .string("list")),
        .init(
            "data",
            .array(
                ["whisper-1", "gpt-4o-mini", "tts-1"].map { name in
                    .object([
                        .init("id", .string(name)), .init("object", .string("model")),
                        .init("created", .integer(1_700_000_000)),
                        .init("owned_by", .string("stand-in")),
                    ])
                })),
    ])

    private static func json(_ plan: AnswerPlan) -> JSONValue {
        (try? JSONValue(parsing: plan.body.span)) ?? .null
    }
}
