import Net

/// The services that speak with a vendor's own protocol, and Concya's dialogue.
extension ServiceStandIns {
    /// Answers their requests; false for others.
    func handleVoice(_ request: HTTPRequest, _ responder: HTTPResponder) -> Bool {
        if let found = PiperStandIn.read(request) ?? Self.read(request) {
            answer(found, responder)
            return true
        }
        switch (request.method, request.path) {
        case ("POST", "/conversation"): converse(request, responder)
        case ("GET", _):
            guard let socket = ElevenLabsStandIn(request, services: self, loop: responder.loop)
            else { return false }
            _ = responder.acceptWebSocket(handler: socket)
        default: return false
        }
        return true
    }

    private static func read(_ request: HTTPRequest) -> SpeechRequest? {
        switch (request.method, request.path) {
        case ("POST", "/v1/speak"): DeepgramSpeakStandIn.read(request)
        case ("POST", "/speak"): ConcyaStandIn.readSpeech(request)
        default: nil
        }
    }

    private func answer(_ found: SpeechRequest, _ responder: HTTPResponder) {
        let send = speechPlayer(responder)
        switch found {
        case .refuse(let plan): send(plan, "refused")
        case .speak(let order):
            speech.speak(
                order, firstNanos: draw(.tts, options.speechFirst), completion: send)
        }
    }

    private func converse(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let arrived = begin(.llm, responder)
        var (plan, note) = ConcyaStandIn.converse(request, reply: options.reply)
        // The whole reply is waited for before any of it is sent.
        var delay = draw(.llm, options.chatFirst)
        for _ in options.reply.split(separator: " ") { delay += draw(.llm, options.chatToken) }
        for index in plan.pieces.indices { plan.pieces[index].atNanos = delay }
        play(plan, note, .llm, arrived, responder)
    }
}
